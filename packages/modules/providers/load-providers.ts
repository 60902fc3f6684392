import { systemCaller, tenants, type Context, type Runtime, type Tenant } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import type { Connection, ConnectionSource } from './connection.ts'
import { kinds, providerKinds } from './kinds.ts'
import { providerChains, providerConnections, type ChainTarget } from './schema.ts'

type Row = typeof providerConnections.$inferSelect

/** Where a key is sealed. */
export function keyPlace(slug: string) {
  return { table: 'provider_connections', column: 'sealed_key', row: slug }
}

export interface StoredChain {
  targets: ChainTarget[]
  source: 'own' | 'agency'
}

export interface Providers {
  /** Those that a chain asks first come first. */
  connections: Connection[]
  /** The order that the tenant or its agency has set; null = the default one. */
  chain: StoredChain | null
}

/**
 * The providers that a tenant can reach: its own, its agency's where it has none of that name, then those of the
 * configuration. Holds open keys: for the gateway only, never for an output.
 */
export async function loadProviders(runtime: Runtime, ctx: Context): Promise<Providers> {
  const own = await readStored(ctx)
  const agency = own.agency ? agencyContext(runtime, ctx, own.agency) : null
  const inherited = agency ? await readStored(agency) : null
  const connections = [
    ...environmentConnections(runtime),
    ...(agency && inherited ? await openRows(agency, inherited.rows, 'agency') : []),
    ...(await openRows(ctx, own.rows, 'own')),
  ]
  const bySlug = new Map(connections.map((connection) => [connection.slug, connection]))
  return {
    connections: [...bySlug.values()].toSorted((a, b) => order(a) - order(b) || (a.slug < b.slug ? -1 : 1)),
    chain: own.chain
      ? { targets: own.chain, source: 'own' }
      : inherited?.chain
        ? { targets: inherited.chain, source: 'agency' }
        : null,
  }
}

const order = (connection: Connection) => providerKinds.indexOf(connection.kind)

interface Stored {
  rows: Row[]
  chain: ChainTarget[] | null
  /** The tenant above a client. */
  agency: typeof tenants.$inferSelect | undefined
}

function readStored(ctx: Context): Promise<Stored> {
  const { id, kind, agencyId } = ctx.tenant
  return ctx.transaction(
    async ({ db }) => {
      const rows = await db.select().from(providerConnections).where(eq(providerConnections.tenantId, id))
      const [chain] = await db.select().from(providerChains).where(eq(providerChains.tenantId, id))
      const [agency] = kind === 'client' ? await db.select().from(tenants).where(eq(tenants.id, agencyId)) : []
      return { rows, chain: chain?.targets ?? null, agency }
    },
    { readOnly: true },
  )
}

/** The agency as a context of its own: its rows and its data key are out of reach for the client's context. */
function agencyContext(runtime: Runtime, ctx: Context, agency: NonNullable<Stored['agency']>): Context {
  const { id, kind, slug, name, agencyId } = agency
  const tenant: Tenant = { id, kind, slug, name, agencyId }
  return runtime.context(systemCaller(tenant, 'Provider gateway'), { requestId: ctx.requestId, signal: ctx.signal })
}

async function openRows(
  ctx: Context,
  rows: readonly Row[],
  source: Exclude<ConnectionSource, 'environment'>,
): Promise<Connection[]> {
  const opened = await Promise.all(rows.map((row) => openRow(ctx, row, source)))
  return opened.filter((connection) => connection !== null)
}

async function openRow(
  ctx: Context,
  row: Row,
  source: Exclude<ConnectionSource, 'environment'>,
): Promise<Connection | null> {
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
  const { slug, kind, label, last4, lastOkAt, lastError, lastErrorAt } = row
  return {
    slug,
    kind,
    label,
    source,
    ownerId: row.tenantId,
    id: `${row.tenantId}:${slug}`,
    baseUrl: row.baseUrl ?? kinds[kind].baseUrl ?? '',
    apiKey,
    last4,
    models: row.models.length > 0 ? row.models : kinds[kind].models,
    lastOkAt,
    lastError,
    lastErrorAt,
  }
}

/** Keys that the installation's configuration brings for everybody. */
export function environmentConnections({ config }: Runtime): Connection[] {
  return providerKinds.flatMap((kind): Connection[] => {
    const { variable, title, baseUrl, models } = kinds[kind]
    const apiKey = variable ? config[variable] : undefined
    if (!apiKey || baseUrl === null) return []
    const seen = { lastOkAt: null, lastError: null, lastErrorAt: null }
    return [
      {
        slug: kind,
        kind,
        label: title,
        source: 'environment',
        ownerId: null,
        id: `environment:${kind}`,
        baseUrl,
        apiKey,
        last4: apiKey.slice(-4),
        models,
        ...seen,
      },
    ]
  })
}
