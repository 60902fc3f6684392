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

/**
 * The providers that a tenant can reach: its own, its agency's where it has none of that name, then those of the
 * configuration. Holds open keys: for the gateway only, never for an output.
 */
export async function loadConnections(runtime: Runtime, ctx: Context): Promise<Connection[]> {
  const own = await openRows(ctx, 'own')
  const agency = await agencyContext(runtime, ctx)
  const inherited = agency ? await openRows(agency, 'agency') : []
  const bySlug = new Map(
    [...environmentConnections(runtime), ...inherited, ...own].map((connection) => [connection.slug, connection]),
  )
  return [...bySlug.values()].toSorted((a, b) => order(a) - order(b) || (a.slug < b.slug ? -1 : 1))
}

const order = (connection: Connection) => providerKinds.indexOf(connection.kind)

export interface StoredChain {
  targets: ChainTarget[]
  source: 'own' | 'agency'
}

/** The chain that a tenant or its agency has set; null = the default order. */
export async function loadChain(runtime: Runtime, ctx: Context): Promise<StoredChain | null> {
  const own = await readChain(ctx)
  if (own) return { targets: own, source: 'own' }
  const agency = await agencyContext(runtime, ctx)
  const inherited = agency ? await readChain(agency) : null
  return inherited ? { targets: inherited, source: 'agency' } : null
}

async function readChain(ctx: Context): Promise<ChainTarget[] | null> {
  const [row] = await ctx.transaction(
    (tx) => tx.db.select().from(providerChains).where(eq(providerChains.tenantId, ctx.tenant.id)),
    { readOnly: true },
  )
  return row?.targets ?? null
}

/**
 * The agency above a client, as a context of its own: its rows and its data key are out of reach for the client's
 * context. Null for an agency.
 */
async function agencyContext(runtime: Runtime, ctx: Context): Promise<Context | null> {
  if (ctx.tenant.kind === 'agency') return null
  const [agency] = await ctx.transaction(
    (tx) => tx.db.select().from(tenants).where(eq(tenants.id, ctx.tenant.agencyId)),
    { readOnly: true },
  )
  if (!agency) return null
  const { id, kind, slug, name, agencyId } = agency
  const tenant: Tenant = { id, kind, slug, name, agencyId }
  return runtime.context(systemCaller(tenant, 'Provider gateway'), { requestId: ctx.requestId, signal: ctx.signal })
}

async function openRows(ctx: Context, source: Exclude<ConnectionSource, 'environment'>): Promise<Connection[]> {
  const rows = await ctx.transaction(
    (tx) => tx.db.select().from(providerConnections).where(eq(providerConnections.tenantId, ctx.tenant.id)),
    { readOnly: true },
  )
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
