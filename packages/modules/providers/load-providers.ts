import { remember, systemCaller, type Context, type Runtime, type Tenant } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { loadPackages } from './adapters/load-packages.ts'
import type { Connection } from './connection.ts'
import type { CircuitBreaker } from './cooldowns/circuit-breaker.ts'
import { readCooldowns } from './cooldowns/share-cooldowns.ts'
import { kinds, providerKinds, usualAddress, type ConnectionSettings, type ProviderKind } from './kinds.ts'
import { providerChains, providerConnections, providerRoutes, type ChainTarget } from './schema.ts'

type Row = typeof providerConnections.$inferSelect

/** Where a key is sealed. */
export function keyPlace(slug: string) {
  return { table: 'provider_connections', column: 'sealed_key', row: slug }
}

export interface StoredChain {
  targets: ChainTarget[]
  source: 'own' | 'agency'
}

/** A route with whose it is, seen from the tenant that asks. */
export type StoredRoute = typeof providerRoutes.$inferSelect & { source: 'own' | 'agency' }

interface Providers {
  /** Those that a chain asks first come first. */
  connections: readonly Connection[]
  /** The order that the tenant or its agency has set; null = the default one. */
  chain: StoredChain | null
  /** Those of the tenant (with its projects'), then those of its agency. */
  routes: readonly StoredRoute[]
}

/** What one tenant has entered, with open keys: stays in the process. */
interface Stored {
  connections: readonly Connection[]
  chain: ChainTarget[] | null
  routes: readonly StoredRoute[]
}

/** Notices of this topic, with a tenant's id, say that its keys, its chain or its routes have changed. */
export const providersTopic = 'providers'

export interface ProviderStore {
  /**
   * The providers that a tenant can reach: its own, its agency's where it has none of that name, then those of the
   * configuration. Remembered until a notice forgets it. Holds open keys: for the gateway only, never for an output.
   */
  of(ctx: Context): Promise<Providers>
  /** The same from the database, with what was last heard of each connection. */
  fresh(ctx: Context): Promise<Providers>
}

/** @param breaker learns which of the circuits are open already when a tenant is read */
export function createProviderStore(runtime: Runtime, breaker: CircuitBreaker): ProviderStore {
  /** Tenants by id, since what is remembered is asked for by id alone. */
  const known = new Map<string, Tenant>()
  const load = (id: string) => {
    const tenant = known.get(id) ?? { id, kind: 'agency', slug: '', name: '', agencyId: id }
    return readStored(runtime.context(systemCaller(tenant, 'Provider gateway')), breaker)
  }
  const remembered = remember<Stored>({
    broadcast: runtime.broadcast,
    topic: providersTopic,
    load,
    maxAgeMs: 5 * 60_000,
    maxEntries: 500,
  })
  const combined = new WeakMap<Stored, { inherited: Stored | null; providers: Providers }>()

  function combine(own: Stored, inherited: Stored | null, agencyId: string): Providers {
    const before = combined.get(own)
    if (before && before.inherited === inherited) return before.providers
    const providers = {
      connections: merge(environmentConnections(runtime, agencyId), inherited?.connections ?? [], own.connections),
      chain: chainOf(own, inherited),
      routes: [...own.routes, ...(inherited?.routes ?? []).map((route) => ({ ...route, source: 'agency' as const }))],
    }
    combined.set(own, { inherited, providers })
    return providers
  }

  async function both(ctx: Context, get: (id: string) => Stored | Promise<Stored>): Promise<Providers> {
    const { id, kind, agencyId } = ctx.tenant
    if (known.size > 2_000) known.clear()
    known.set(id, ctx.tenant)
    const inherited = kind === 'client' ? get(agencyId) : null
    const providers = combine(await get(id), await inherited, agencyId)
    const loading = loadPackages(providers.connections)
    if (loading) await loading
    return providers
  }

  return {
    of: (ctx) => both(ctx, (id) => remembered.peek(id) ?? remembered.get(id)),
    fresh: (ctx) => both(ctx, load),
  }
}

function merge(
  environment: readonly Connection[],
  inherited: readonly Connection[],
  own: readonly Connection[],
): Connection[] {
  const ofAgency = inherited.map((connection): Connection => ({ ...connection, source: 'agency' }))
  const bySlug = new Map([...environment, ...ofAgency, ...own].map((connection) => [connection.slug, connection]))
  return [...bySlug.values()].toSorted((a, b) => order(a) - order(b) || (a.slug < b.slug ? -1 : 1))
}

const order = (connection: Connection) => providerKinds.indexOf(connection.kind)

function chainOf(own: Stored, inherited: Stored | null): StoredChain | null {
  if (own.chain) return { targets: own.chain, source: 'own' }
  return inherited?.chain ? { targets: inherited.chain, source: 'agency' } : null
}

async function readStored(ctx: Context, breaker: CircuitBreaker): Promise<Stored> {
  const { id } = ctx.tenant
  const read = await ctx.transaction(
    async (tx) => {
      const rows = await tx.db.select().from(providerConnections).where(eq(providerConnections.tenantId, id))
      const [chain] = await tx.db.select().from(providerChains).where(eq(providerChains.tenantId, id))
      const routes = await tx.db.select().from(providerRoutes).where(eq(providerRoutes.tenantId, id))
      return { rows, chain: chain?.targets ?? null, routes, cooldowns: await readCooldowns(tx, id) }
    },
    { readOnly: true },
  )
  for (const { circuit, ...opening } of read.cooldowns) breaker.learn(circuit, opening)
  return {
    connections: await openRows(ctx, read.rows),
    chain: read.chain,
    routes: read.routes.map((row) => ({ ...row, source: 'own' })),
  }
}

async function openRows(ctx: Context, rows: readonly Row[]): Promise<Connection[]> {
  const opened = await Promise.all(rows.map((row) => openRow(ctx, row)))
  return opened.filter((connection) => connection !== null)
}

async function openRow(ctx: Context, row: Row): Promise<Connection | null> {
  let apiKey: string | null
  try {
    apiKey = row.sealedKey === null ? null : await ctx.vault.open(keyPlace(row.slug), row.sealedKey)
  } catch (error) {
    // A key that was sealed under a lost encryption key must not take the other providers down with it.
    ctx.log.error(
      { err: error, provider: row.slug },
      'the key of a provider cannot be opened; enter it again in Settings',
    )
    return null
  }
  const { slug, kind, label, last4, settings, lastOkAt, lastError, lastErrorAt } = row
  return {
    slug,
    kind,
    label,
    source: 'own',
    ownerId: row.tenantId,
    homeId: row.tenantId,
    id: `${row.tenantId}:${slug}`,
    baseUrl: row.baseUrl ?? usualAddress(kind, settings) ?? '',
    apiKey,
    last4,
    settings,
    models: row.models.length > 0 ? row.models : kinds[kind].models,
    lastOkAt,
    lastError,
    lastErrorAt,
  }
}

/**
 * Keys that the installation's configuration brings for everybody.
 * @param agencyId in whose rows their cooldowns are kept
 */
export function environmentConnections({ config }: Runtime, agencyId: string | null): Connection[] {
  return providerKinds.flatMap((kind): Connection[] => {
    const { variable, title } = kinds[kind]
    const apiKey = variable ? config[variable] : undefined
    const settings = environmentSettings(kind, config)
    const baseUrl = usualAddress(kind, settings)
    if (!apiKey || baseUrl === null) return []
    const seen = { lastOkAt: null, lastError: null, lastErrorAt: null }
    return [
      {
        slug: kind,
        kind,
        label: title,
        source: 'environment',
        ownerId: null,
        homeId: agencyId,
        id: `environment:${kind}`,
        baseUrl,
        apiKey,
        last4: apiKey.slice(-4),
        settings,
        models: kind === 'azure' ? config.AZURE_DEPLOYMENTS : kinds[kind].models,
        ...seen,
      },
    ]
  })
}

function environmentSettings(kind: ProviderKind, config: Runtime['config']): ConnectionSettings {
  if (kind === 'azure') return { resource: config.AZURE_RESOURCE_NAME }
  return kind === 'bedrock' ? { region: config.AWS_REGION } : {}
}
