import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Embedded } from './embed.ts'
import type { Capability, ConnectionSettings, ProviderKind } from './kinds.ts'
import type { StoredRoute } from './load-providers.ts'
import type { WalkEvent } from './routes/walk-route.ts'
import type { ChainTarget, RouteTarget } from './schema.ts'

/** A provider as people see it: never its key. */
export interface ConnectionState {
  /** Slug: path segment of its operations, first part of `provider/model`. */
  kind: string
  type: ProviderKind
  name: string
  configured: 'here' | 'inherited' | 'environment' | 'none'
  last4: string | null
  /** Null for an inherited one, whose address is its owner's business. */
  baseUrl: string | null
  /** Empty for an inherited one. */
  settings: ConnectionSettings
  models: { id: string; capabilities: Capability[] }[]
  capabilities: Capability[]
  state: 'ok' | 'failing' | 'untested' | 'none'
  /** Milliseconds of the last answered call of this process. */
  latencyMs: number | null
  lastError: string | null
  checkedAt: Date | null
  /** Milliseconds until it is asked again after failures; 0 = now. */
  pausedMs: number
}

export interface TestResult {
  ok: boolean
  latencyMs: number
  detail: string
  model: string | null
  runId: string | null
}

export interface RouteTestResult {
  /** Null = nobody could be asked. */
  runId: string | null
  /** Who would answer the next call; null = nobody. */
  wouldAnswer: { provider: string; model: string } | null
  targets: (RouteTarget & { ok: boolean; ms: number; costMicros: number | null; detail: string; coolingMs: number })[]
}

/** A connection, or one model of it, that has failed lately. */
export interface Circuit {
  provider: string
  /** Null = the whole connection. */
  model: string | null
  state: 'open' | 'half-open'
  /** Milliseconds until it is tried again. */
  openForMs: number
  reason: string | null
}

/** What the operations and endpoints of this module need beyond the port. */
export interface ProviderAdministration {
  /** Private hosts that an address may name. */
  readonly allowedHosts: ReadonlySet<string>
  states(ctx: Context): Promise<ConnectionState[]>
  /** One tiny real call, past any open circuit; closes the circuit when it is answered. */
  test(ctx: Context, slug: string): Promise<TestResult>
  chain(ctx: Context): Promise<{ targets: ChainTarget[]; source: 'own' | 'agency' | 'default' }>
  /** Slugs that a chain of this tenant may name. */
  slugs(ctx: Context): Promise<string[]>
  /** The tenant's routes with its projects', then its agency's. */
  routes(ctx: Context): Promise<StoredRoute[]>
  /** Asks every target once, past any cooldown. */
  testRoute(ctx: Context, route: StoredRoute): Promise<RouteTestResult>
  /** Asks a route as a caller would, and tells each step as it is made. */
  walkRoute(
    ctx: Context,
    route: StoredRoute,
    question: string,
    watching: { tell: (event: WalkEvent) => void; signal: AbortSignal },
  ): Promise<void>
  /** Circuits that are not closed. */
  circuits(ctx: Context): Promise<Circuit[]>
  /** A key or address was changed: forgets failures of the old one. */
  changed(tenantId: string, slug: string): void
  /** Models that `/v1/models` offers. */
  models(ctx: Context): Promise<{ id: string; ownedBy: string }[]>
  /** @throws Problem 404 for a model that no provider here has, `not-configured` when none embeds */
  embed(ctx: Context, model: string, texts: readonly string[], run: RunHandle): Promise<Embedded>
}

declare module '@guildhall/kernel' {
  interface Services {
    providerAdministration: ProviderAdministration
  }
}
