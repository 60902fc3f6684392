import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Role } from './permissions.ts'
import type { Database } from './database.ts'
import type { Operation } from './operation.ts'
import type { Job } from './job.ts'
import type { Vault } from './vault.ts'

/** Who acts. `key` of an actor in the audit trail is `type:id`. */
export type Actor =
  | { type: 'user'; id: string; name: string; email: string }
  | { type: 'api-key'; id: string; name: string }
  | { type: 'agent'; id: string; name: string }
  | { type: 'job'; id: string; name: string }
  | { type: 'system'; id: 'system'; name: string }
  | { type: 'anonymous'; id: 'anonymous'; name: string }

/** An agency, or one of its clients: the unit of isolation. */
export interface Tenant {
  id: string
  kind: 'agency' | 'client'
  slug: string
  name: string
  /** The agency above a client; an agency's own id for the agency itself. */
  agencyId: string
}

/** A request's author, resolved for the one tenant that the request names. */
export interface Caller {
  actor: Actor
  tenant: Tenant | null
  /** Role in `tenant`; null when there is no tenant. */
  role: Role | null
  /** Scopes of an API key; null = not narrowed. */
  scopes: readonly string[] | null
  method: 'session' | 'api-key' | 'internal' | 'none'
}

/**
 * Ports that modules offer to each other and to operations. Each module adds its own by declaration merging:
 * `declare module '@guildhall/kernel' { interface Services { files: FileStore } }`.
 */
export interface Services {}

/** Everything an operation may touch. */
export interface Context {
  readonly caller: Caller
  readonly actor: Actor
  /** The tenant of this request. Throws a 400 problem when an operation that needs one is called without. */
  readonly tenant: Tenant
  readonly services: Services
  /** Seals and opens secrets under the tenant's data key. */
  readonly vault: Vault
  readonly requestId: string
  readonly signal: AbortSignal
  readonly log: Logger
  now: () => Date
  /** One short transaction with the tenant set. Never await the outside world inside. */
  transaction<T>(work: (ctx: TransactionContext) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Calls another operation as the same caller, in a transaction of its own. */
  call<I extends z.ZodType, O extends z.ZodType>(operation: Operation<I, O>, input: z.input<I>): Promise<z.output<O>>
}

export interface TransactionOptions {
  readOnly?: boolean
  /** Tenants whose rows may also be read (agency-wide views); resolved from grants, never from input. */
  alsoRead?: readonly string[]
}

/** A context inside a transaction. */
export interface TransactionContext extends Context {
  readonly db: Database
  /** Writes an event to the outbox, in this transaction. */
  emit(event: string, payload: Record<string, unknown>): void
  /** Adds what the audit row should name: targets and facts beyond the operation and the actor. */
  audit(facts: { targets?: { type: string; id: string; name?: string }[]; metadata?: Record<string, unknown> }): void
  /** Tells every process of the installation what has changed, once this transaction has committed. */
  notice(topic: string, subject: string): void
  /** Queues durable work, in this transaction. */
  enqueue<P extends z.ZodType>(job: Job<P>, payload: z.input<P>, options?: EnqueueOptions): void
}

export interface EnqueueOptions {
  /** Not before this moment. */
  runAt?: Date
  /** At most one queued job of this name per key and tenant. */
  key?: string
}
