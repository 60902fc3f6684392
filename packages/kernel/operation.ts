import type { z } from 'zod'
import type { Context, TransactionContext } from './context.ts'
import type { Requirement } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Route = `${Method} /${string}`

interface OperationBase<I extends z.ZodType, O extends z.ZodType> {
  /** `area.verb`, for instance `projects.create`: the name in the CLI, in MCP and in the audit trail. */
  name: `${string}.${string}`
  summary: string
  /** Longer text for API readers and for models that choose tools. */
  description?: string
  /** Method and path below `/api`; `{name}` marks a path parameter, which is also a member of `input`. */
  route: Route
  permission: Requirement
  /**
   * Which tenants it makes sense for: `any` (default), `agency`, `client`, or `none` for what is above tenants
   * (the caller's own account, public pages).
   */
  tenant?: 'any' | 'agency' | 'client' | 'none'
  input: I
  output: O
  /** Status of a success; 201 for a POST that creates, else 200. */
  status?: 200 | 201 | 202
  /** Left out of the agent tool list and of MCP (credentials, destructive administration). Default true. */
  tool?: boolean
  /** Field names of the input that never reach the audit trail or a log. */
  secret?: readonly string[]
  /** Events it may emit, for the reference. */
  emits?: readonly string[]
  /** Largest request body in bytes; default 1 MiB. */
  maxBody?: number
  /** No audit row although it is not a GET: a search or a computation that changes nothing. */
  readOnly?: boolean
}

export interface LocalOperation<I extends z.ZodType, O extends z.ZodType> extends OperationBase<I, O> {
  external?: false
  run(input: z.output<I>, ctx: TransactionContext): Promise<z.input<O>>
}

/** Waits on the outside world (a model, a mail server): gets no transaction, only `ctx.transaction` for short units. */
export interface ExternalOperation<I extends z.ZodType, O extends z.ZodType> extends OperationBase<I, O> {
  external: true
  run(input: z.output<I>, ctx: Context): Promise<z.input<O>>
}

export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> =
  | LocalOperation<I, O>
  | ExternalOperation<I, O>

/** Any operation, for catalogues that hold all of them. Method syntax of `run` keeps this assignable. */
export type AnyOperation = Operation

/**
 * Defines an operation, the atom of the product. The kernel authenticates, checks the permission, opens the
 * transaction, validates both ways, audits, emits and answers retries with the same idempotency key; transports
 * (REST, MCP, agent tool, command line) only translate.
 */
export function operation<I extends z.ZodType, O extends z.ZodType>(
  definition: ExternalOperation<I, O>,
): ExternalOperation<I, O>
export function operation<I extends z.ZodType, O extends z.ZodType>(
  definition: LocalOperation<I, O>,
): LocalOperation<I, O>
export function operation<I extends z.ZodType, O extends z.ZodType>(definition: Operation<I, O>): Operation<I, O> {
  return definition
}

export function methodOf(route: Route): Method {
  const method = route.slice(0, route.indexOf(' '))
  if (method === 'GET' || method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE')
    return method
  throw new Error(`Route ${route} does not start with a method`)
}

export function pathOf(route: Route): string {
  return route.slice(route.indexOf(' ') + 1)
}

export function isRead(operation: Pick<AnyOperation, 'route' | 'readOnly'>): boolean {
  return operation.readOnly === true || methodOf(operation.route) === 'GET'
}

/** Names of the path parameters of a route, in order. */
export function pathParameters(route: Route): string[] {
  return [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
}
