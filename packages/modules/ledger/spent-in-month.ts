import { tenants, type Context, type Database, type TransactionContext } from '@guildhall/kernel'
import { and, desc, eq, gt, inArray, or, sql, type SQL } from 'drizzle-orm'
import { usageEntries } from './schema.ts'

/** Part of what a tenant uses: all of it, or what one client, key, project, agent or person has used. */
export interface SpentBy {
  scope: 'tenant' | 'client' | 'key' | 'project' | 'agent' | 'user'
  /** Id in that scope; empty for `tenant`. */
  scopeId: string
  /** For `user`: keys that were made for that person, whose calls count for them. */
  keyIds?: readonly string[]
}

export interface Spender {
  /** Of a person, key or agent; `provider/model` where one key or person is looked at. */
  name: string
  /** USD micro-units. */
  costMicros: number
}

/** What a month has cost so far in USD micro-units, and the calls whose cost is not known. */
export async function spentInMonth(
  ctx: Context,
  by: SpentBy,
  month: string,
): Promise<{ spentMicros: number; unpricedCalls: number }> {
  const readable = await tenantsOf(ctx, by)
  const [row] = await reading(ctx, readable, (db) =>
    db
      .select({
        spentMicros: sql<number>`coalesce(sum(${usageEntries.costMicros}), 0)::float8`,
        unpricedCalls: sql<number>`count(*) filter (where ${usageEntries.costMicros} is null)::int`,
      })
      .from(usageEntries)
      .where(and(inArray(usageEntries.tenantId, readable), eq(usageEntries.month, month), ofScope(by))),
  )
  return { spentMicros: Math.max(0, row?.spentMicros ?? 0), unpricedCalls: row?.unpricedCalls ?? 0 }
}

/** Who has spent most of it, the first first: people, keys and agents, or of one key or person its models. */
export async function spendersInMonth(ctx: Context, by: SpentBy, month: string, most: number): Promise<Spender[]> {
  const readable = await tenantsOf(ctx, by)
  const byModel = by.scope === 'key' || by.scope === 'user'
  const key = byModel
    ? sql<string>`${usageEntries.provider} || '/' || ${usageEntries.model}`
    : sql<string>`${usageEntries.actorType} || ':' || ${usageEntries.actorId}`
  const name = byModel ? key : sql<string>`max(${usageEntries.actorName})`
  const costMicros = sql<number>`coalesce(sum(${usageEntries.costMicros}), 0)::float8`
  return reading(ctx, readable, (db) =>
    db
      .select({ name: name.as('name'), costMicros: costMicros.as('cost_micros') })
      .from(usageEntries)
      .where(and(inArray(usageEntries.tenantId, readable), eq(usageEntries.month, month), ofScope(by)))
      .groupBy(key)
      .having(gt(costMicros, 0))
      .orderBy(desc(costMicros))
      .limit(most),
  )
}

/** In the caller's own transaction where that reads all there is: one that waits for a second connection can wait for ever. */
function reading<T>(ctx: Context, tenantIds: readonly string[], work: (db: Database) => Promise<T>): Promise<T> {
  const others = tenantIds.filter((id) => id !== ctx.tenant.id)
  if (others.length === 0 && isTransaction(ctx)) return work(ctx.db)
  return ctx.transaction((tx) => work(tx.db), { readOnly: true, alsoRead: others })
}

function isTransaction(ctx: Context): ctx is TransactionContext {
  return 'db' in ctx
}

/** A key of an agency is used for its clients, too; their entries are theirs. */
async function tenantsOf(ctx: Context, { scope, scopeId }: SpentBy): Promise<string[]> {
  if (scope === 'client') return [scopeId]
  if (scope !== 'key' || ctx.tenant.kind !== 'agency') return [ctx.tenant.id]
  const rows = await reading(ctx, [ctx.tenant.id], (db) =>
    db.select({ id: tenants.id }).from(tenants).where(eq(tenants.agencyId, ctx.tenant.id)),
  )
  return [...new Set([ctx.tenant.id, ...rows.map((row) => row.id)])]
}

function ofScope({ scope, scopeId, keyIds = [] }: SpentBy): SQL | undefined {
  switch (scope) {
    case 'tenant':
    case 'client':
      return undefined
    case 'key':
      return and(eq(usageEntries.actorType, 'api-key'), eq(usageEntries.actorId, scopeId))
    case 'user':
      return or(
        and(eq(usageEntries.actorType, 'user'), eq(usageEntries.actorId, scopeId)),
        and(eq(usageEntries.actorType, 'api-key'), inArray(usageEntries.actorId, [...keyIds])),
      )
    case 'project':
      return sql`${usageEntries.projectId}::text = ${scopeId}`
    case 'agent':
      return sql`${usageEntries.agentId}::text = ${scopeId}`
  }
}
