import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { findAnomalies } from '../find-anomalies.ts'
import { reachableTenants } from '../reach.ts'

export const listAnomalies = operation({
  name: 'ledger.anomalies',
  summary: 'What is unusual about spending: jumps, unknown prices, providers that fail',
  description:
    'A client’s spend of today or yesterday against its own last 28 days (robust z-score on median and MAD, from 4 on and at least 0.50 USD more); models without a price; providers whose share of errors in 24 hours is more than ten points and three standard errors above that of the 28 days before.',
  route: 'GET /ledger/anomalies',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        kind: z.enum(['spend-jump', 'price-missing', 'provider-errors']),
        severity: z.enum(['warning', 'error']),
        title: z.string(),
        text: z.string().describe('What happened, and what to do'),
        link: z.string().describe('Page of the console where one can look or act'),
        client: z.string().nullable().describe('Slug of the client it is about'),
      }),
    ),
  }),
  external: true,
  async run(_input, ctx) {
    const reach = await reachableTenants(ctx, 'ledger:admin')
    const items = await ctx.transaction(({ db }) => findAnomalies(db, reach, ctx.now()), {
      readOnly: true,
      alsoRead: reach.map((tenant) => tenant.id),
    })
    return { items }
  },
})
