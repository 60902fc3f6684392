import type { ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Context } from './context.ts'
import type { Method } from './operation.ts'
import type { Requirement } from './permissions.ts'
import type { Problem } from './problem.ts'

/**
 * A surface that is not one JSON in, one JSON out: an upload, a download with ranges, a stream, or a protocol that
 * somebody else defined. Authentication, tenant, permission, limits and errors are the kernel's, as for operations.
 */
export interface Endpoint {
  /** `area.verb`, unique among operations and endpoints. */
  name: `${string}.${string}`
  summary: string
  /** Absolute: endpoints may stand outside `/api` (`/v1/chat/completions`). `{name}` is one segment, `{name...}` the rest. */
  route: `${Method} /${string}`
  permission: Requirement
  tenant?: 'any' | 'agency' | 'client' | 'none'
  /** Largest request body in bytes; default 1 MiB. Null = the endpoint counts itself while streaming. */
  maxBody?: number | null
  /** Described in the reference; not validated by the kernel. */
  request?: { contentType: string; schema?: z.ZodType }
  response?: { contentType: string; schema?: z.ZodType }
  /** Renders a problem in the dialect of the protocol; default `application/problem+json`. */
  renderProblem?(problem: Problem, requestId: string): Response
  /** Cross-origin callers without cookies are welcome (protocol surfaces used from browsers). */
  cors?: boolean
  run(request: Request, ctx: Context, params: Record<string, string>): Promise<Response>
  /**
   * The same on the connection itself, for answers that are passed on as bytes: per call, the platform's Request,
   * Response and streams cost more than all the rest. Only for routes without parameters.
   * @returns false when `run` shall answer instead; nothing may have been written then
   */
  raw?(exchange: RawExchange, ctx: Context): Promise<boolean>
}

/** A request whose body has been read within its limit, and the connection that waits for the answer. */
export interface RawExchange {
  readonly headers: Headers
  readonly body: Buffer
  /** `performance.now()` when the head of the request had arrived. */
  readonly receivedMs: number
  /** Starts the answer; adds what every answer of this server carries. The body is then written to `response`. */
  start(status: number, headers: Record<string, string>): void
  readonly response: ServerResponse
}

export function endpoint(definition: Endpoint): Endpoint {
  return definition
}
