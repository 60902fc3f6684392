import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { limitsTopic } from '../book.ts'
import { budgetMonths, budgets, budgetSlices } from '../schema.ts'

export const deleteBudget = operation({
  name: 'budgets.delete',
  summary: 'Remove a budget: from now on it limits nothing',
  description: 'Its counters go with it; what was spent stays in the ledger.',
  route: 'DELETE /budgets/{id}',
  permission: 'budgets:admin',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({ id: z.string() }),
  async run({ id }, ctx) {
    const tenantId = ctx.tenant.id
    // Locks in the order in which calls are counted.
    const ofBudget = and(eq(budgetMonths.tenantId, tenantId), eq(budgetMonths.budgetId, id))
    await ctx.db.select({ id: budgetMonths.budgetId }).from(budgetMonths).where(ofBudget).for('update')
    const [gone] = await ctx.db
      .delete(budgets)
      .where(and(eq(budgets.tenantId, tenantId), eq(budgets.id, id)))
      .returning()
    if (!gone) throw notFound('budget', id)
    await ctx.db.delete(budgetMonths).where(ofBudget)
    await ctx.db.delete(budgetSlices).where(and(eq(budgetSlices.tenantId, tenantId), eq(budgetSlices.budgetId, id)))
    ctx.notice(limitsTopic, tenantId)
    ctx.audit({ targets: [{ type: 'budget', id, name: `${gone.scope} ${gone.scopeId}`.trim() }] })
    return { id }
  },
})
