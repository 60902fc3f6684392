import { Timestamp, type Context, type Database } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { forecast, monthOf } from './month.ts'
import { budgetMonths, budgets, budgetScopes, budgetSlices } from './schema.ts'
import { percentOf } from './thresholds.ts'

/** The most that is taken for a budget: a thousand million USD. */
export const largestBudgetMicros = 1_000_000_000_000_000

export const BudgetState = z.object({
  id: z.string(),
  scope: z
    .enum(budgetScopes)
    .describe('Whose money: all of this tenant, one client of the agency, key, project, agent, person'),
  scopeId: z.string().describe('Id in that scope; empty for `tenant`'),
  monthlyMicros: z.number().describe('USD micro-units per month (UTC)'),
  whenSpent: z.enum(['refuse', 'downgrade']),
  downgradeTo: z.string().nullable().describe('Route or model that is asked instead once it is spent'),
  month: z.string().describe('`YYYY-MM`, UTC'),
  spentMicros: z.number().describe('USD micro-units that this month has cost so far'),
  heldMicros: z.number().describe('USD micro-units set aside for calls that are under way'),
  percent: z.int().describe('Spent, rounded down; 100 and more = calls are refused or downgraded'),
  forecastMicros: z
    .number()
    .nullable()
    .describe('USD micro-units at the end of the month if it goes on like this; null on its first day'),
  unpricedCalls: z.int().describe('Calls whose cost nobody knew: with some, what was spent is "at least"'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

/** Budgets of the current tenant with this month's counters. */
export async function readBudgets(
  db: Database,
  ctx: Pick<Context, 'tenant' | 'now'>,
  id?: string,
): Promise<z.input<typeof BudgetState>[]> {
  const at = ctx.now()
  const month = monthOf(at)
  const tenantId = ctx.tenant.id
  // Slices of processes that are silent for longer than their lease are as good as returned.
  const held = sql<number>`(
    select coalesce(sum(${budgetSlices.heldMicros}), 0)::float8 from ${budgetSlices}
    where ${budgetSlices.tenantId} = ${budgets.tenantId} and ${budgetSlices.budgetId} = ${budgets.id}
      and ${budgetSlices.month} = ${month} and ${budgetSlices.leaseUntil} >= now()
  )`
  const rows = await db
    .select({ budget: budgets, counter: budgetMonths, heldMicros: held })
    .from(budgets)
    .leftJoin(
      budgetMonths,
      and(
        eq(budgetMonths.tenantId, budgets.tenantId),
        eq(budgetMonths.budgetId, budgets.id),
        eq(budgetMonths.month, month),
      ),
    )
    .where(and(eq(budgets.tenantId, tenantId), id === undefined ? undefined : eq(budgets.id, id)))
    .orderBy(budgets.scope, budgets.createdAt, budgets.id)
  return rows.map(({ budget, counter, heldMicros }) => {
    const spentMicros = counter?.spentMicros ?? 0
    return {
      ...budget,
      month,
      spentMicros,
      heldMicros,
      percent: percentOf(spentMicros, budget.monthlyMicros),
      forecastMicros: forecast(spentMicros, month, at),
      unpricedCalls: counter?.unpricedCalls ?? 0,
    }
  })
}
