import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { BudgetState, readBudgets } from '../budget-output.ts'

export const listBudgets = operation({
  name: 'budgets.list',
  summary: 'Budgets of this tenant: what is spent this month, and what it will come to',
  description:
    'The figures are those that calls are admitted by. Money is in USD micro-units (1,000,000 = 1 USD), months are UTC.',
  route: 'GET /budgets',
  permission: 'budgets:read',
  input: z.object({}),
  output: z.object({ items: z.array(BudgetState) }),
  async run(_input, ctx) {
    return { items: await readBudgets(ctx.db, ctx) }
  },
})
