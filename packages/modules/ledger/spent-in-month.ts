import { tenants, type Context } from '@guildhall/kernel'
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { usageEntries } from './schema.ts'

/** Part of what a tenant uses: all of it, or what one client, key, project, agent or person has used. */
export interface SpentBy {
  scope: 'tenant' | 'client' | 'key' | 'project' | 'agent' | 'user'
  /** Id in that scope; empty for `tenant`. */
  scopeId: string
}

/** What a month has cost so far in USD micro-units, and the calls whose cost is not known. */
export async function spentInMonth(
  ctx: Context,
  { scope, scopeId }: SpentBy,
  month: string,
): Promise<{ spentMicros: number; unpricedCalls: number }> {
  const readable = await tenantsOf(ctx, scope, scopeId)
  const [row] = await ctx.transaction(
    (tx) =>
      tx.db
        .select({
          spentMicros: sql<number>`coalesce(sum(${usageEntries.costMicros}), 0)::float8`,
          unpricedCalls: sql<number>`count(*) filter (where ${usageEntries.costMicros} is null)::int`,
        })
        .from(usageEntries)
        .where(and(inArray(usageEntries.tenantId, readable), eq(usageEntries.month, month), ofScope(scope, scopeId))),
    { readOnly: true, alsoRead: readable.filter((id) => id !== ctx.tenant.id) },
  )
  return { spentMicros: Math.max(0, row?.spentMicros ?? 0), unpricedCalls: row?.unpricedCalls ?? 0 }
}

/** A key of an agency is used for its clients, too; their entries are theirs. */
async function tenantsOf(ctx: Context, scope: SpentBy['scope'], scopeId: string): Promise<string[]> {
  if (scope === 'client') return [scopeId]
  if (scope !== 'key' || ctx.tenant.kind !== 'agency') return [ctx.tenant.id]
  const rows = await ctx.transaction(
    (tx) => tx.db.select({ id: tenants.id }).from(tenants).where(eq(tenants.agencyId, ctx.tenant.id)),
    { readOnly: true },
  )
  return [...new Set([ctx.tenant.id, ...rows.map((row) => row.id)])]
}

function ofScope(scope: SpentBy['scope'], scopeId: string): SQL | undefined {
  switch (scope) {
    case 'tenant':
    case 'client':
      return undefined
    case 'key':
      return and(eq(usageEntries.actorType, 'api-key'), eq(usageEntries.actorId, scopeId))
    case 'user':
      return and(eq(usageEntries.actorType, 'user'), eq(usageEntries.actorId, scopeId))
    case 'project':
      return sql`${usageEntries.projectId}::text = ${scopeId}`
    case 'agent':
      return sql`${usageEntries.agentId}::text = ${scopeId}`
  }
}
