import { operation } from '@guildhall/kernel'
import { desc, inArray } from 'drizzle-orm'
import { z } from 'zod'
import { clientOf, Override } from '../ledger-output.ts'
import { listVersion } from '../price.ts'
import { reachableTenants } from '../reach.ts'
import { priceOverrides } from '../schema.ts'

export const listPrices = operation({
  name: 'ledger.prices',
  summary: 'Prices that differ from the published list, or that no list knows',
  route: 'GET /ledger/prices',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({}),
  output: z.object({
    list: z.string().describe('The published list that applies to all else'),
    items: z.array(Override),
  }),
  external: true,
  async run(_input, ctx) {
    const reach = await reachableTenants(ctx, 'ledger:admin')
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    const tenantIds = [...byId.keys()]
    const rows = await ctx.transaction(
      ({ db }) =>
        db
          .select()
          .from(priceOverrides)
          .where(inArray(priceOverrides.tenantId, tenantIds))
          .orderBy(priceOverrides.provider, priceOverrides.model, desc(priceOverrides.validFrom)),
      { readOnly: true, alsoRead: tenantIds },
    )
    return { list: listVersion, items: rows.map((row) => ({ ...row, client: clientOf(byId.get(row.tenantId)) })) }
  },
})
