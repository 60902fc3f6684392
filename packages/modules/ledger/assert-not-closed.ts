import { conflict, type TransactionContext } from '@guildhall/kernel'
import { and, desc, eq, gte } from 'drizzle-orm'
import { lockMonth } from './lock-month.ts'
import { nextMonth } from './months.ts'
import { ledgerMonths } from './schema.ts'

/**
 * What clients pay for a closed month does not change any more. The agency's months are closed together with its clients'.
 * @throws Problem 409 when a month at or after this one is closed
 */
export async function assertNotClosed(tx: TransactionContext, from: string): Promise<void> {
  await lockMonth(tx.db, tx.tenant.id, from, 'book')
  const [closed] = await tx.db
    .select({ month: ledgerMonths.month })
    .from(ledgerMonths)
    .where(and(eq(ledgerMonths.tenantId, tx.tenant.id), gte(ledgerMonths.month, from)))
    .orderBy(desc(ledgerMonths.month))
    .limit(1)
  if (closed)
    throw conflict(
      `${closed.month} is closed, and what clients pay for it stays. Choose ${nextMonth(closed.month)} or later.`,
      [{ field: 'from', message: `must be ${nextMonth(closed.month)} or later` }],
    )
}
