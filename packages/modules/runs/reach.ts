import { allows, tenants, type Context, type Tenant, type TransactionContext } from '@guildhall/kernel'
import { ownMemberships, reachOf } from '@guildhall/modules/identity'
import { and, eq } from 'drizzle-orm'

/** A tenant whose runs somebody may read. */
export type ReachableTenant = Pick<Tenant, 'id' | 'kind' | 'slug' | 'name'>

/**
 * Whose runs the caller may read besides those of the tenant they act for: at an agency, its owners and admins reach all
 * of its clients, other staff those that they hold a grant for. Never from input.
 */
export async function reachableTenants(ctx: Context): Promise<ReachableTenant[]> {
  if (ctx.tenant.kind !== 'agency') return [ctx.tenant]
  const clients = await ctx.transaction(reachableClients, { readOnly: true })
  return [ctx.tenant, ...clients]
}

async function reachableClients({ db, tenant, actor, caller }: TransactionContext): Promise<ReachableTenant[]> {
  if (caller.role === 'owner' || caller.role === 'admin')
    return db
      .select({ id: tenants.id, kind: tenants.kind, slug: tenants.slug, name: tenants.name })
      .from(tenants)
      .where(and(eq(tenants.agencyId, tenant.id), eq(tenants.kind, 'client')))
  // A key has no grants: it is the agency's, and names one client at a time.
  if (actor.type !== 'user') return []
  const reach = await reachOf(db, actor.id, await ownMemberships(db, actor.id))
  return reach
    .filter((each) => each.tenant.kind === 'client' && each.tenant.agencyId === tenant.id)
    .filter((each) => allows(each.role, caller.scopes, 'runs:read'))
    .map((each) => each.tenant)
}
