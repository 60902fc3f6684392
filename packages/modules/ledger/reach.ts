import {
  allows,
  notFound,
  tenants,
  type Context,
  type Permission,
  type Tenant,
  type TransactionContext,
} from '@guildhall/kernel'
import { actForTenant, clientsOf, ownMemberships, reachOf } from '@guildhall/modules/identity'

/** A tenant whose books somebody may read. */
export type ReachableTenant = Pick<Tenant, 'id' | 'kind' | 'slug' | 'name'>

/**
 * Whose rows the caller may read besides those of the tenant they act for: at an agency, its owners and admins reach all
 * of its clients, other staff those that they hold a grant for. Never from input.
 * @param permission what a grant or the scopes of the caller must cover
 */
export async function reachableTenants(ctx: Context, permission: Permission): Promise<ReachableTenant[]> {
  if (ctx.tenant.kind !== 'agency') return [ctx.tenant]
  const clients = await ctx.transaction((tx) => reachableClients(tx, permission), { readOnly: true })
  return [ctx.tenant, ...clients]
}

async function reachableClients(
  { db, tenant, actor, caller }: TransactionContext,
  permission: Permission,
): Promise<ReachableTenant[]> {
  if (caller.role === 'owner' || caller.role === 'admin') return (await clientsOf(db, tenant.id)).map(nameOf)
  // A key has no grants: it is the agency's, and names one client at a time.
  if (actor.type !== 'user') return []
  const reach = await reachOf(db, actor.id, await ownMemberships(db, actor.id))
  return reach
    .filter((each) => each.tenant.kind === 'client' && each.tenant.agencyId === tenant.id)
    .filter((each) => allows(each.role, caller.scopes, permission))
    .map((each) => nameOf(each.tenant))
}

const nameOf = ({ id, kind, slug, name }: typeof tenants.$inferSelect): ReachableTenant => ({ id, kind, slug, name })

/** The caller's reach, narrowed to the client that a filter names. @throws Problem 404 for one out of reach */
export async function namedTenants(
  ctx: Context,
  permission: Permission,
  client: string | undefined,
): Promise<ReachableTenant[]> {
  const reach = await reachableTenants(ctx, permission)
  if (client === undefined) return reach
  const found = reach.find((each) => each.slug === client && (each.kind === 'client' || each.id === ctx.tenant.id))
  if (!found) throw notFound('client', client)
  return [found]
}

/**
 * Works for one client, or for the agency itself, within a transaction of the agency whose caller reaches all clients
 * (ask for an `admin` permission with `tenant: 'agency'`).
 * @throws Problem 404 when the agency has no such client
 */
export async function forClient<T>(
  tx: TransactionContext,
  client: string | undefined,
  work: (tx: Pick<TransactionContext, 'db' | 'tenant' | 'now' | 'actor'>) => Promise<T>,
): Promise<T> {
  if (client === undefined || client === tx.tenant.slug) return work(tx)
  const [row] = await clientsOf(tx.db, tx.tenant.id, client)
  if (!row) throw notFound('client', client)
  return forTenant(tx, row, work)
}

/** As `forClient`, for a client whose row is at hand. */
export async function forTenant<T>(
  tx: TransactionContext,
  { id, kind, slug, name, agencyId }: Tenant,
  work: (tx: Pick<TransactionContext, 'db' | 'tenant' | 'now' | 'actor'>) => Promise<T>,
): Promise<T> {
  if (agencyId !== tx.tenant.id) throw notFound('client', slug)
  await actForTenant(tx.db, id)
  const result = await work({ db: tx.db, tenant: { id, kind, slug, name, agencyId }, now: tx.now, actor: tx.actor })
  await actForTenant(tx.db, tx.tenant.id)
  return result
}
