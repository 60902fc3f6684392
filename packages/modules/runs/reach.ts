import { tenants, type Context, type Tenant } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'

/** A tenant whose runs somebody may read. */
export type ReachableTenant = Pick<Tenant, 'id' | 'kind' | 'slug' | 'name'>

/**
 * Whose runs the caller may read: owners and admins of an agency reach all of its clients, everybody else their own
 * tenant only. Never from input.
 */
export async function reachableTenants(ctx: Context): Promise<ReachableTenant[]> {
  const { tenant, caller } = ctx
  if (tenant.kind !== 'agency' || (caller.role !== 'owner' && caller.role !== 'admin')) return [tenant]
  const rows = await ctx.transaction(
    (tx) =>
      tx.db
        .select({ id: tenants.id, kind: tenants.kind, slug: tenants.slug, name: tenants.name })
        .from(tenants)
        .where(eq(tenants.agencyId, tenant.id)),
    { readOnly: true },
  )
  return [tenant, ...rows.filter((row) => row.id !== tenant.id)]
}
