import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { clientOf, Money, Month } from '../ledger-output.ts'
import { monthOf } from '../months.ts'
import { exactNumber } from '../micros.ts'
import { profitOf } from '../profit.ts'
import { reachableTenants } from '../reach.ts'

const Figures = z.object({
  calls: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  costMicros: Money.describe('What the providers charge, USD micro-units'),
  priceMicros: Money.nullable().describe('What the client pays, USD micro-units; null for the agency’s own use'),
  profitMicros: Money.describe('Price less cost'),
  unpriced: z
    .int()
    .describe('Calls without a known price: above 0 cost and price are “at least”, and the profit is not certain'),
})

export const getProfit = operation({
  name: 'ledger.profit',
  summary: 'Cost, price and profit by client in a month',
  description:
    'Price of a client = fixed + (cost - included, at least 0) × multiplier of the rule that applies to the month; without a rule what its usage costs. The agency’s own use is a cost without a price.',
  route: 'GET /ledger/profit',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({ month: Month.optional().describe('Default: this month') }),
  output: z.object({
    month: z.string(),
    rows: z.array(
      Figures.extend({
        client: z.object({ slug: z.string(), name: z.string() }).nullable().describe('Null = the agency’s own use'),
        rule: z.object({ multiplierPermille: z.int(), fixedMicros: Money, includedMicros: Money }).nullable(),
        closed: z.boolean(),
      }),
    ),
    total: Figures.extend({ priceMicros: Money }),
  }),
  external: true,
  async run(input, ctx) {
    const month = input.month ?? monthOf(ctx.now())
    const reach = await reachableTenants(ctx, 'ledger:admin')
    const tenantIds = reach.map((tenant) => tenant.id)
    const found = await ctx.transaction(({ db }) => profitOf(db, { month, agencyId: ctx.tenant.id, tenantIds }), {
      readOnly: true,
      alsoRead: tenantIds,
    })
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    const sum = (value: (row: (typeof found)[number]) => number) =>
      exactNumber(found.reduce((total, row) => total + BigInt(value(row)), 0n))
    return {
      month,
      rows: found
        .map(({ tenantId, ...row }) => ({ ...row, client: clientOf(byId.get(tenantId)) }))
        .filter((row) => row.client !== null || row.calls > 0)
        .toSorted((a, b) => b.costMicros - a.costMicros),
      total: {
        calls: sum((row) => row.calls),
        tokensIn: sum((row) => row.tokensIn),
        tokensOut: sum((row) => row.tokensOut),
        costMicros: sum((row) => row.costMicros),
        priceMicros: sum((row) => row.priceMicros ?? 0),
        profitMicros: sum((row) => row.profitMicros),
        unpriced: sum((row) => row.unpriced),
      },
    }
  },
})
