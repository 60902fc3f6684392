import { invalidInput, newId, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { limitsTopic, type Budget } from './book.ts'
import { refuse, unknownModel, unknownSubjects } from './check-named.ts'
import { monthOf } from './month.ts'
import { budgetMonths, budgets, budgetSlices } from './schema.ts'
import { spentBy } from './spent-by.ts'
import { reached, tellThresholds } from './thresholds.ts'

export interface NewBudget {
  scope: Budget['scope']
  scopeId: string
  monthlyMicros: number
  whenSpent: 'refuse' | 'downgrade'
  downgradeTo: string | null
}

/** Sets the budget of a scope, new or changed. It holds in every process once the transaction has committed. */
export async function storeBudget(ctx: TransactionContext, budget: NewBudget): Promise<Budget> {
  await requireScope(ctx, budget)
  const tenantId = ctx.tenant.id
  const month = monthOf(ctx.now())
  const { monthlyMicros, whenSpent, downgradeTo } = budget
  const [stored] = await ctx.db
    .insert(budgets)
    .values({ id: newId(), tenantId, ...budget })
    .onConflictDoUpdate({
      target: [budgets.tenantId, budgets.scope, budgets.scopeId],
      set: { monthlyMicros, whenSpent, downgradeTo, updatedAt: ctx.now() },
    })
    .returning()
  if (!stored) throw new Error('The budget was not stored')
  const ofMonth = and(
    eq(budgetMonths.tenantId, tenantId),
    eq(budgetMonths.budgetId, stored.id),
    eq(budgetMonths.month, month),
  )
  let [counter] = await ctx.db.select().from(budgetMonths).where(ofMonth).for('update')
  if (!counter) {
    const before = await ctx.services.ledger.spentInMonth(ctx, await spentBy(ctx, budget), month)
    await ctx.db
      .insert(budgetMonths)
      .values({ tenantId, budgetId: stored.id, month, ...before })
      .onConflictDoNothing()
    ;[counter] = await ctx.db.select().from(budgetMonths).where(ofMonth).for('update')
    if (!counter) throw new Error('The counter of the budget was not stored')
  }
  const { spentMicros, toldPercent } = counter
  // What a higher budget has not reached yet is told again when it is.
  const still = Math.min(toldPercent, reached(spentMicros, monthlyMicros))
  const told = tellThresholds(ctx, stored, { month, spentMicros, monthlyMicros, toldPercent: still })
  await ctx.db.update(budgetMonths).set({ toldPercent: told }).where(ofMonth)
  ctx.notice(limitsTopic, tenantId)
  return stored
}

const wrong = (field: string, message: string) => invalidInput([{ field, message }])

/** @throws Problem 400 for a scope that makes no sense here, or that names what is not there */
async function requireScope(ctx: TransactionContext, { scope, scopeId, whenSpent, downgradeTo }: NewBudget) {
  if (scope === 'tenant' && scopeId !== '') throw wrong('scopeId', 'must be empty for the scope `tenant`')
  if (scope !== 'tenant' && scopeId === '')
    throw wrong('scopeId', `must name the ${scope === 'user' ? 'person' : scope}`)
  if (whenSpent === 'downgrade' && downgradeTo === null)
    throw wrong('downgradeTo', 'must name the route or model that is asked once the budget is spent')
  if (scope === 'client' && ctx.tenant.kind !== 'agency')
    throw wrong('scope', '`client` is for budgets that an agency sets for its clients')
  refuse([
    ...(scope === 'tenant' ? [] : await unknownSubjects(ctx, [{ field: 'scopeId', scope, id: scopeId }])),
    ...(downgradeTo === null ? [] : await unknownModel(ctx, 'downgradeTo', downgradeTo)),
  ])
}

/** Removes a budget of the current tenant with its counters. @returns what it was for; null = there was none */
export async function removeBudget(
  ctx: TransactionContext,
  id: string,
): Promise<Pick<Budget, 'scope' | 'scopeId'> | null> {
  const tenantId = ctx.tenant.id
  // Locks in the order in which calls are counted.
  const ofBudget = and(eq(budgetMonths.tenantId, tenantId), eq(budgetMonths.budgetId, id))
  await ctx.db.select({ id: budgetMonths.budgetId }).from(budgetMonths).where(ofBudget).for('update')
  const [gone] = await ctx.db
    .delete(budgets)
    .where(and(eq(budgets.tenantId, tenantId), eq(budgets.id, id)))
    .returning({ scope: budgets.scope, scopeId: budgets.scopeId })
  if (!gone) return null
  await ctx.db.delete(budgetMonths).where(ofBudget)
  await ctx.db.delete(budgetSlices).where(and(eq(budgetSlices.tenantId, tenantId), eq(budgetSlices.budgetId, id)))
  ctx.notice(limitsTopic, tenantId)
  return gone
}
