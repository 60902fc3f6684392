import type { TransactionContext } from '@guildhall/kernel'
import type { SpentBy } from '@guildhall/modules/ledger'
import { and, eq } from 'drizzle-orm'
import type { Budget } from './book.ts'
import { keyPolicies } from './schema.ts'

/** What of the ledger a budget covers: that of a person also what the keys made for them have used. */
export async function spentBy(
  { db, tenant }: Pick<TransactionContext, 'db' | 'tenant'>,
  { scope, scopeId }: Pick<Budget, 'scope' | 'scopeId'>,
): Promise<SpentBy> {
  if (scope !== 'user') return { scope, scopeId }
  const keys = await db
    .select({ id: keyPolicies.keyId })
    .from(keyPolicies)
    .where(and(eq(keyPolicies.tenantId, tenant.id), eq(keyPolicies.userId, scopeId)))
  return { scope, scopeId, keyIds: keys.map(({ id }) => id) }
}
