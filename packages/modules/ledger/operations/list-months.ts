import { operation } from '@guildhall/kernel'
import { inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { ClientSlug, Money, MonthState } from '../ledger-output.ts'
import { mayClose, monthOf } from '../months.ts'
import { namedTenants } from '../reach.ts'
import { ledgerMonths, usageEntries } from '../schema.ts'
import { stateOf } from './close-month.ts'

export const listMonths = operation({
  name: 'ledger.months',
  summary: 'Months of the books, the latest first: open or closed, with what they come to',
  route: 'GET /ledger/months',
  permission: 'ledger:read',
  input: z.object({ client: ClientSlug.optional() }),
  output: z.object({
    items: z.array(
      z.object({
        month: z.string(),
        state: z.enum(['running', 'open', 'closed']).describe('`open` = over, and may be closed now or soon'),
        mayClose: z.boolean(),
        entries: z.int(),
        costMicros: Money,
        closed: z.array(MonthState).describe('What was written down at the closing, by tenant'),
      }),
    ),
  }),
  external: true,
  async run({ client }, ctx) {
    const reach = await namedTenants(ctx, 'ledger:read', client)
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    const tenantIds = [...byId.keys()]
    const { sums, closed } = await ctx.transaction(
      async ({ db }) => ({
        sums: await db
          .select({
            month: usageEntries.month,
            entries: sql<number>`count(*)::int`,
            costMicros: sql<string>`coalesce(sum(${usageEntries.costMicros}), 0)::text`,
          })
          .from(usageEntries)
          .where(inArray(usageEntries.tenantId, tenantIds))
          .groupBy(usageEntries.month),
        closed: await db.select().from(ledgerMonths).where(inArray(ledgerMonths.tenantId, tenantIds)),
      }),
      { readOnly: true, alsoRead: tenantIds },
    )
    const now = ctx.now()
    const figures = new Map(sums.map((row) => [row.month, row]))
    const names = new Set([monthOf(now), ...figures.keys(), ...closed.map((row) => row.month)])
    return {
      items: [...names]
        .toSorted()
        .toReversed()
        .map((month) => {
          const states = closed.filter((row) => row.month === month)
          // A client that came later has nothing in it: the month is closed once the others' is.
          const isClosed = states.length > 0
          return {
            month,
            state: isClosed ? ('closed' as const) : month >= monthOf(now) ? ('running' as const) : ('open' as const),
            mayClose: !isClosed && mayClose(month, now),
            entries: figures.get(month)?.entries ?? 0,
            costMicros: Number(figures.get(month)?.costMicros ?? 0),
            closed: states.map((row) => stateOf(row, byId.get(row.tenantId))),
          }
        }),
    }
  },
})
