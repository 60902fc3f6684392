import { conflict, Problem, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { compareMonth, type Comparison } from './compare-journal.ts'
import { sumMonth, type MonthFigures } from './digest.ts'
import type { Journal } from './journal.ts'
import { lockMonth } from './lock-month.ts'
import { endOf, graceMs, mayClose } from './months.ts'
import { ledgerMonths } from './schema.ts'

export type ClosedMonth = typeof ledgerMonths.$inferSelect

type MonthContext = Pick<TransactionContext, 'db' | 'tenant' | 'now' | 'actor'>

/**
 * Closes a month of one tenant: from here on it counts no further entry. Waits for transactions that are booking into it
 * and keeps new ones waiting. A month that is closed already stays as it is.
 * @throws Problem 409 while the month runs or late entries are waited for; 409 `ledger-differs` when the ledger and the
 * journal do not say the same, with the runs
 */
export async function closeMonth(ctx: MonthContext, journal: Journal, month: string): Promise<ClosedMonth> {
  const { db, tenant, actor } = ctx
  assertOver(month, ctx.now())
  await lockMonth(db, tenant.id, month, 'close')
  const before = await closedMonth(db, tenant.id, month)
  if (before) return before
  const comparison = await compareMonth(db, journal, { tenantId: tenant.id, month })
  if (comparison.differing > 0) throw differs(tenant.name, month, comparison)
  const figures = await sumMonth(db, tenant.id, month)
  const [closed] = await db
    .insert(ledgerMonths)
    .values({
      ...figures,
      tenantId: tenant.id,
      month,
      closedAt: ctx.now(),
      closedBy: `${actor.type}:${actor.id}`,
      closedByName: actor.name,
    })
    .returning()
  if (!closed) throw new Error('The closing was not written')
  return closed
}

/** @throws Problem 409 for a month that cannot be closed yet */
export function assertOver(month: string, now: Date): void {
  if (mayClose(month, now)) return
  const from = new Date(endOf(month).getTime() + graceMs)
  throw conflict(`${month} can be closed from ${from.toISOString()} on: late entries are waited for until then.`, [
    { field: 'month', message: 'is not over' },
  ])
}

export async function closedMonth(
  db: MonthContext['db'],
  tenantId: string,
  month: string,
): Promise<ClosedMonth | null> {
  const [row] = await db
    .select()
    .from(ledgerMonths)
    .where(and(eq(ledgerMonths.tenantId, tenantId), eq(ledgerMonths.month, month)))
  return row ?? null
}

function differs(name: string, month: string, { differing, differences, ledger, journal }: Comparison): Problem {
  return new Problem({
    status: 409,
    type: 'ledger-differs',
    title: 'The ledger and the runs do not say the same',
    detail: `${month} of ${name} cannot be closed: ${String(differing)} ${differing === 1 ? 'run differs' : 'runs differ'}. The ledger has ${String(ledger.calls)} calls for ${String(ledger.costMicros)} micro-USD, the runs have ${String(journal.calls)} for ${String(journal.costMicros)}. Look at ${differences
      .slice(0, 5)
      .map((each) => each.runId)
      .join(', ')}.`,
    extensions: { month, differing, differences, ledger, journal },
  })
}

export interface Verification extends MonthFigures {
  /** What was written down at the closing. */
  closed: ClosedMonth
  /** Whether the entries are to the last character those that were closed. */
  unchanged: boolean
}

/** Adds a closed month up again and compares it with what its closing wrote down. */
export async function verifyMonth(
  { db, tenant }: Pick<MonthContext, 'db' | 'tenant'>,
  closed: ClosedMonth,
): Promise<Verification> {
  const figures = await sumMonth(db, tenant.id, closed.month)
  return { ...figures, closed, unchanged: figures.digest === closed.digest && figures.costMicros === closed.costMicros }
}
