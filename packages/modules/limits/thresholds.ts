import type { TransactionContext } from '@guildhall/kernel'
import type { Budget } from './book.ts'
import { tellBudget } from './jobs/tell-budget.ts'

/** Percent of a budget at which people are told. */
const thresholds = [50, 80, 100] as const

export interface Counted {
  month: string
  spentMicros: number
  monthlyMicros: number
  toldPercent: number
}

/** Percent that is spent, rounded down: 100 means that nothing is left. */
export function percentOf(spentMicros: number, monthlyMicros: number): number {
  if (monthlyMicros <= 0) return 100
  return Math.floor((spentMicros * 100) / monthlyMicros)
}

/** The highest threshold that is reached; 0 = none. A budget of nothing has reached none before something is spent. */
export function reached(spentMicros: number, monthlyMicros: number): number {
  if (spentMicros <= 0) return 0
  const percent = percentOf(spentMicros, monthlyMicros)
  return thresholds.findLast((threshold) => threshold <= percent) ?? 0
}

/**
 * Emits `budget.reached` for each threshold that was not told yet, and has those mailed who can change the budget, about
 * the highest. In the transaction that counts, under the lock of the counter, so each is told once.
 * @returns the highest threshold that has been told by then
 */
export function tellThresholds(
  tx: TransactionContext,
  budget: Pick<Budget, 'id' | 'scope' | 'scopeId'>,
  counted: Counted,
): number {
  const { month, spentMicros, monthlyMicros, toldPercent } = counted
  const percent = reached(spentMicros, monthlyMicros)
  for (const threshold of thresholds)
    if (threshold > toldPercent && threshold <= percent)
      tx.emit('budget.reached', {
        budgetId: budget.id,
        scope: budget.scope,
        scopeId: budget.scopeId,
        month,
        percent: threshold,
        spentMicros,
        monthlyMicros,
      })
  if (percent > toldPercent) tx.enqueue(tellBudget, { budgetId: budget.id, month, percent, spentMicros, monthlyMicros })
  return Math.max(toldPercent, percent)
}
