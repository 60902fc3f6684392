import { conflict, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { memberships } from './schema.ts'

/**
 * Keeps the last owner in place, who else could never be replaced. A client may be left without one by its agency,
 * which reaches it anyway, never by its own people. Locks the owners, so that two of them cannot leave at once.
 * @throws Problem 409
 */
export async function requireAnotherOwner(ctx: TransactionContext, userId: string): Promise<void> {
  const { db, tenant, actor } = ctx
  const owners = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.tenantId, tenant.id), eq(memberships.role, 'owner')))
    .orderBy(memberships.userId)
    .for('update')
  if (owners.some((owner) => owner.userId !== userId)) return
  if (tenant.kind === 'client') {
    const insider = await db.$count(
      memberships,
      and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, actor.id)),
    )
    if (insider === 0 && actor.type === 'user') return
  }
  throw conflict(`This is the last owner of ${tenant.name}. Make somebody else an owner first.`)
}
