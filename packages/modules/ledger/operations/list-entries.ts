import { filterOf, Id, listInput, listRows, matches, operation, page } from '@guildhall/kernel'
import { and, eq, gte, inArray, lt, or } from 'drizzle-orm'
import { z } from 'zod'
import { ClientSlug, clientOf, Entry, Month } from '../ledger-output.ts'
import { namedTenants } from '../reach.ts'
import { callKinds, usageEntries } from '../schema.ts'
import { isUnpriced } from '../usage-by.ts'

export const entryFilters = {
  month: Month.optional(),
  client: ClientSlug.optional(),
  kind: filterOf(callKinds),
  entry: filterOf(['usage', 'correction', 'reversal']),
  provider: z.string().max(100).optional(),
  model: z.string().max(200).optional(),
  route: z.string().max(60).optional().describe('Alias of the route that was asked'),
  outcome: filterOf(['ok', 'failed', 'cancelled', 'interrupted']),
  projectId: Id.optional(),
  agentId: Id.optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Calls at or after this moment'),
  to: z.iso.datetime({ offset: true }).optional().describe('Calls before this moment'),
  runId: Id.optional(),
  refersTo: Id.optional().describe('An entry together with what corrects it or takes it back'),
  unpriced: z.enum(['true']).optional().describe('Only calls that nobody knows the price of'),
}

type EntryFilters = z.output<z.ZodObject<typeof entryFilters>>

export function whereEntries(filters: EntryFilters, tenantIds: readonly string[]) {
  const e = usageEntries
  return and(
    inArray(e.tenantId, [...tenantIds]),
    filters.month ? eq(e.month, filters.month) : undefined,
    matches(e.kind, filters.kind),
    matches(e.entry, filters.entry),
    filters.provider ? eq(e.provider, filters.provider) : undefined,
    filters.model ? eq(e.model, filters.model) : undefined,
    filters.route ? eq(e.route, filters.route) : undefined,
    matches(e.outcome, filters.outcome),
    filters.projectId ? eq(e.projectId, filters.projectId) : undefined,
    filters.agentId ? eq(e.agentId, filters.agentId) : undefined,
    filters.from ? gte(e.occurredAt, new Date(filters.from)) : undefined,
    filters.to ? lt(e.occurredAt, new Date(filters.to)) : undefined,
    filters.runId ? eq(e.runId, filters.runId) : undefined,
    filters.refersTo ? or(eq(e.id, filters.refersTo), eq(e.refersTo, filters.refersTo)) : undefined,
    filters.unpriced
      ? isUnpriced(filters.month ? { month: filters.month } : { from: new Date(0), to: new Date(0) })
      : undefined,
  )
}

export const listEntries = operation({
  name: 'ledger.entries',
  summary: 'Entries of the ledger: one per call of a model, and what was corrected',
  route: 'GET /ledger/entries',
  permission: 'ledger:read',
  input: listInput(['occurredAt'], entryFilters),
  output: page(Entry.extend({ client: z.object({ slug: z.string(), name: z.string() }).nullable() })),
  external: true,
  async run(input, ctx) {
    const reach = await namedTenants(ctx, 'ledger:read', input.client)
    const tenantIds = reach.map((tenant) => tenant.id)
    const query = {
      table: usageEntries,
      id: usageEntries.id,
      sortable: { occurredAt: usageEntries.occurredAt },
      defaultSort: '-occurredAt',
      where: whereEntries(input, tenantIds),
    }
    const found = await ctx.transaction(({ db }) => listRows<typeof usageEntries.$inferSelect>(db, query, input), {
      readOnly: true,
      alsoRead: tenantIds,
    })
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    return { ...found, items: found.items.map((row) => ({ ...row, client: clientOf(byId.get(row.tenantId)) })) }
  },
})
