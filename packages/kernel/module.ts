import type { Caller, Context, Services } from './context.ts'
import type { Endpoint } from './endpoint.ts'
import type { Job } from './job.ts'
import type { AnyOperation } from './operation.ts'
import type { Runtime } from './runtime.ts'

/** What a subscriber gets of an event. */
export interface DomainEvent {
  id: string
  name: string
  tenantId: string
  payload: Record<string, unknown>
}

/** One capability of the product: all that the composition root needs to know about it. */
export interface Module {
  name: string
  operations?: readonly AnyOperation[]
  endpoints?: readonly Endpoint[]
  jobs?: readonly Job[]
  /** Offers its ports. Runs once per process, in the order of the composition; earlier modules' ports are there. */
  services?(runtime: Runtime): Partial<Services> | Promise<Partial<Services>>
  /** Starts what runs beside requests; the returned function stops it. */
  start?(runtime: Runtime): void | (() => Promise<void>) | Promise<void | (() => Promise<void>)>
  /** Says how well its outside parts are, as far as the caller's tenant is concerned. */
  health?(runtime: Runtime, ctx: Context): Promise<readonly HealthReport[]>
}

export interface HealthReport {
  /** Dependency, for instance `database`, `provider:openai`. */
  name: string
  state: 'ok' | 'degraded' | 'down' | 'off'
  /** One plain sentence; for anything but `ok` it says what happens instead and what to do. */
  detail: string
  latencyMs: number | null
  lastError?: { message: string; at: string } | null
}

export function defineModule(definition: Module): Module {
  return definition
}

/** Resolves who sends a request and for which tenant; offered by the identity module. */
export interface Authenticator {
  /**
   * @param headers of the request: session cookie or bearer key, and `x-guildhall-client` for the tenant.
   * @throws Problem 401 for a key or session that is not valid, 403/404 for a tenant out of reach.
   */
  authenticate(headers: Headers): Promise<Caller>
}

declare module './context.ts' {
  interface Services {
    authenticator: Authenticator
  }
}
