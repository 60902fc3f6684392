import { notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { BudgetState, largestBudgetMicros, readBudgets } from '../budget-output.ts'
import { budgetScopes } from '../schema.ts'
import { storeBudget } from '../store-budget.ts'

export const putBudget = operation({
  name: 'budgets.put',
  summary: 'Set what a tenant, client, key, project, agent or person may spend per month',
  description:
    'One budget per scope: a second one replaces the first. It covers the whole month (UTC), what was spent before it was set included, and holds at once. ' +
    'A call that fits several budgets needs room in all of them. At 50, 80 and 100 % the event `budget.reached` is emitted, and owners and admins are mailed, once each per amount.',
  route: 'PUT /budgets',
  permission: 'budgets:admin',
  tool: false,
  emits: ['budget.reached'],
  input: z.object({
    scope: z
      .enum(budgetScopes)
      .describe(
        '`tenant`: all of this tenant; `client`: one client of the agency, set by the agency; else one key, project, agent or person',
      ),
    scopeId: z
      .string()
      .max(100)
      .default('')
      .describe('Id of the client, key, project, agent or person; empty for `tenant`'),
    monthlyMicros: z.int().min(0).max(largestBudgetMicros).describe('USD micro-units per month: 1,000,000 = 1 USD'),
    whenSpent: z
      .enum(['refuse', 'downgrade'])
      .default('refuse')
      .describe('Refuse further calls, or ask `downgradeTo` instead'),
    downgradeTo: z.string().trim().min(1).max(200).nullable().default(null).describe('Route or `provider/model`'),
  }),
  output: BudgetState,
  async run(input, ctx) {
    const stored = await storeBudget(ctx, input)
    ctx.audit({
      targets: [{ type: 'budget', id: stored.id, name: `${input.scope} ${input.scopeId}`.trim() }],
      metadata: { monthlyMicros: input.monthlyMicros, whenSpent: input.whenSpent },
    })
    const [state] = await readBudgets(ctx.db, ctx, stored.id)
    if (!state) throw notFound('budget', stored.id)
    return state
  },
})
