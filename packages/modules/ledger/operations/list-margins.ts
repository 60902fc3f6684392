import { operation, Timestamp } from '@guildhall/kernel'
import { desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { clientOf, Money } from '../ledger-output.ts'
import { monthOf } from '../months.ts'
import { reachableTenants } from '../reach.ts'
import { marginRules } from '../schema.ts'

export const Margin = z.object({
  id: z.uuid(),
  client: z
    .object({ slug: z.string(), name: z.string() })
    .nullable()
    .describe('Null = clients without a rule of their own'),
  from: z.string().describe('First month, YYYY-MM'),
  multiplierPermille: z.int().describe('Parts per thousand of the cost: 1500 = cost and half again'),
  fixedMicros: Money.describe('USD micro-units per month, whatever is used'),
  includedMicros: Money.describe('Cost in USD micro-units per month that the fixed price includes'),
  createdAt: Timestamp,
  createdBy: z.string(),
})

export const listMargins = operation({
  name: 'ledger.margins',
  summary: 'What clients pay for their usage, by month of start',
  route: 'GET /ledger/margins',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({}),
  output: z.object({ items: z.array(Margin) }),
  external: true,
  async run(_input, ctx) {
    const byId = new Map((await reachableTenants(ctx, 'ledger:admin')).map((tenant) => [tenant.id, tenant]))
    const rows = await ctx.transaction(
      ({ db }) =>
        db
          .select()
          .from(marginRules)
          .where(eq(marginRules.tenantId, ctx.tenant.id))
          .orderBy(desc(marginRules.validFrom), marginRules.id),
      { readOnly: true },
    )
    return {
      // A rule of a client that was erased says nothing any more.
      items: rows
        .filter((row) => row.clientId === null || byId.has(row.clientId))
        .map((row) => ({
          ...row,
          client: row.clientId === null ? null : clientOf(byId.get(row.clientId)),
          from: monthOf(row.validFrom),
        })),
    }
  },
})
