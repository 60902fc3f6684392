import { notFound, type Context, type TransactionContext } from '@guildhall/kernel'
import { clientsOf, ownMemberships, reachOf, type Reach } from '@guildhall/modules/identity'

/**
 * Clients of the agency that the caller reaches: all for its owners, admins, keys and jobs, those with a grant for
 * others. With `slug`, at most that one.
 */
async function reachableClients(ctx: TransactionContext, slug?: string): Promise<Reach[]> {
  const { actor, caller, tenant } = ctx
  const role = caller.role ?? 'viewer'
  if (actor.type !== 'user' || role === 'owner' || role === 'admin')
    return (await clientsOf(ctx.db, tenant.id, slug)).map((client) => ({ tenant: client, role }))
  const reach = await reachOf(ctx.db, actor.id, await ownMemberships(ctx.db, actor.id), slug)
  return reach.filter((each) => each.tenant.kind === 'client' && each.tenant.agencyId === tenant.id)
}

/** @throws Problem 404, the same for a client that is not there and for one out of reach. */
export async function requireClient(ctx: TransactionContext, slug: string): Promise<Reach> {
  const [client] = await reachableClients(ctx, slug)
  if (!client) throw notFound('client', slug)
  return client
}

/** The same before a transaction that reads for several tenants. */
export async function clientsInReach(ctx: Context): Promise<Reach[]> {
  return await ctx.transaction((transaction) => reachableClients(transaction), { readOnly: true })
}
