import type { TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { limitsTopic } from './book.ts'
import { keyPolicies } from './schema.ts'

export type NewKeyPolicy = Omit<typeof keyPolicies.$inferSelect, 'tenantId' | 'keyId' | 'updatedAt'>

/** Sets what a key of the current tenant may call. It holds in every process once the transaction has committed. */
export async function setKeyPolicy(ctx: TransactionContext, keyId: string, policy: NewKeyPolicy): Promise<void> {
  const tenantId = ctx.tenant.id
  if (Object.values(policy).every((value) => value === null))
    await ctx.db.delete(keyPolicies).where(and(eq(keyPolicies.tenantId, tenantId), eq(keyPolicies.keyId, keyId)))
  else {
    const values = { ...policy, updatedAt: ctx.now() }
    await ctx.db
      .insert(keyPolicies)
      .values({ tenantId, keyId, ...values })
      .onConflictDoUpdate({ target: [keyPolicies.tenantId, keyPolicies.keyId], set: values })
  }
  ctx.notice(limitsTopic, tenantId)
}
