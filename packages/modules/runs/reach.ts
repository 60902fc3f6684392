import { tenants, type Context } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'

/** A tenant whose runs somebody may read. */
export interface ReachableTenant {
  id: string
  name: string
}

/**
 * Whose runs the caller may read: owners and admins of an agency reach all of its clients, everybody else their own
 * tenant only. Never from input.
 */
export async function reachableTenants(ctx: Context): Promise<ReachableTenant[]> {
  const { tenant, caller } = ctx
  const own = { id: tenant.id, name: tenant.name }
  if (tenant.kind !== 'agency' || (caller.role !== 'owner' && caller.role !== 'admin')) return [own]
  const rows = await ctx.transaction(
    (tx) => tx.db.select({ id: tenants.id, name: tenants.name }).from(tenants).where(eq(tenants.agencyId, tenant.id)),
    { readOnly: true },
  )
  return [own, ...rows.filter((row) => row.id !== tenant.id)]
}
