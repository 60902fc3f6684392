import { Id, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { removeBudget } from '../store-budget.ts'

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
    const gone = await removeBudget(ctx, id)
    if (!gone) throw notFound('budget', id)
    ctx.audit({ targets: [{ type: 'budget', id, name: `${gone.scope} ${gone.scopeId}`.trim() }] })
    return { id }
  },
})
