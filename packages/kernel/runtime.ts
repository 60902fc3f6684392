import { silentBroadcast, type Broadcast } from './broadcast.ts'
import type { Catalogue } from './catalogue.ts'
import type { Config } from './config.ts'
import type { Caller, Context, Services, Tenant } from './context.ts'
import { createContext } from './create-context.ts'
import type { TenantDatabase } from './database.ts'
import { execute, type ExecuteOptions } from './execute.ts'
import type { Logger } from './log.ts'
import type { AnyOperation } from './operation.ts'
import type { VaultFactory } from './vault.ts'

/** A started installation: what transports, jobs and modules run on. */
export interface Runtime {
  readonly config: Config
  readonly catalogue: Catalogue
  readonly database: TenantDatabase
  readonly vaults: VaultFactory
  /** News between the processes of this installation. */
  readonly broadcast: Broadcast
  readonly services: Services
  readonly log: Logger
  /** Ends when the process shuts down; long work listens to it. */
  readonly shutdown: AbortSignal
  now: () => Date
  /** Runs an operation for a caller: permission, transaction, validation, audit, events, idempotency. */
  execute(operation: AnyOperation, input: unknown, options: ExecuteOptions): Promise<unknown>
  /** A context outside of an operation: for endpoints and jobs. */
  context(caller: Caller, options?: { requestId?: string; signal?: AbortSignal }): Context
}

export interface RuntimeParts {
  config: Config
  catalogue: Catalogue
  database: TenantDatabase
  vaults: VaultFactory
  /** Default: none, so that nothing is remembered between requests. */
  broadcast?: Broadcast
  log: Logger
  shutdown: AbortSignal
  now?: () => Date
}

/** Builds the runtime and lets each module offer its ports, in the order of the catalogue. */
export async function createRuntime(parts: RuntimeParts): Promise<Runtime> {
  // Filled below, module by module: a port that is asked for too early is undefined and fails loudly at start.
  const services = {} as Services
  const runtime: Runtime = {
    ...parts,
    broadcast: parts.broadcast ?? silentBroadcast(),
    services,
    now: parts.now ?? (() => new Date()),
    execute: (operation, input, options) => execute(runtime, operation, input, options),
    context: (caller, options) => createContext(runtime, caller, options),
  }
  for (const module of parts.catalogue.modules) Object.assign(services, await module.services?.(runtime))
  return runtime
}

/** The caller for work that nobody asked for over the wire: start-up, schedules, jobs. */
export function systemCaller(tenant: Tenant | null, name = 'Guildhall'): Caller {
  return {
    actor: { type: 'system', id: 'system', name },
    tenant,
    role: tenant ? 'owner' : null,
    scopes: null,
    method: 'internal',
  }
}

/** Somebody unknown, on public pages. */
export const anonymousCaller: Caller = {
  actor: { type: 'anonymous', id: 'anonymous', name: 'Anonymous' },
  tenant: null,
  role: null,
  scopes: null,
  method: 'none',
}
