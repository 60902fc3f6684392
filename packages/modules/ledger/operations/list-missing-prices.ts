import { operation, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { missingPrices } from '../missing-prices.ts'
import { reachableTenants } from '../reach.ts'
import { callKinds } from '../schema.ts'

const Missing = z.object({
  provider: z.string(),
  model: z.string(),
  kind: z.enum(callKinds),
  calls: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  tokensCached: z.int(),
  images: z.number(),
  audioSeconds: z.number(),
  characters: z.number(),
  searches: z.number(),
  firstAt: Timestamp,
  lastAt: Timestamp,
  clients: z.array(z.string()).describe('Names of those who used it'),
})

export const listMissingPrices = operation({
  name: 'ledger.missing-prices',
  summary: 'Models that were used and that nobody knows the price of',
  description: 'While there are any, totals say “at least”. Enter a price with `ledger.create-price`.',
  route: 'GET /ledger/missing-prices',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({}),
  output: z.object({ items: z.array(Missing) }),
  external: true,
  async run(_input, ctx) {
    const reach = await reachableTenants(ctx, 'ledger:admin')
    const names = new Map(reach.map((tenant) => [tenant.id, tenant.name]))
    const tenantIds = [...names.keys()]
    const found = await ctx.transaction(({ db }) => missingPrices(db, tenantIds), {
      readOnly: true,
      alsoRead: tenantIds,
    })
    return {
      items: found.map(({ tenantIds: users, ...row }) => ({
        ...row,
        clients: users.map((id) => names.get(id) ?? id).toSorted(),
      })),
    }
  },
})
