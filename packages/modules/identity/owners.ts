import { conflict, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { memberships } from './schema.ts'

/**
 * Locks the owners of the tenant, always in the same order and before any other member, so that two of them cannot
 * leave at once and neither waits for the other.
 * @returns their user ids.
 */
export async function lockOwners({ db, tenant }: TransactionContext): Promise<string[]> {
  const owners = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.tenantId, tenant.id), eq(memberships.role, 'owner')))
    .orderBy(memberships.userId)
    .for('update')
  return owners.map((owner) => owner.userId)
}

/**
 * Keeps the last owner in place, whom nobody could replace. A client may be left without one by its agency, which
 * reaches it anyway, never by its own people.
 * @param owners the locked ones, of whom `userId` is about to be one no more.
 * @throws Problem 409
 */
export async function requireAnotherOwner(
  ctx: TransactionContext,
  owners: readonly string[],
  userId: string,
): Promise<void> {
  const { db, tenant, actor } = ctx
  if (owners.some((owner) => owner !== userId)) return
  if (tenant.kind === 'client' && actor.type === 'user') {
    const one = and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, actor.id))
    if ((await db.$count(memberships, one)) === 0) return
  }
  throw conflict(`This is the last owner of ${tenant.name}. Make somebody else an owner first.`)
}
