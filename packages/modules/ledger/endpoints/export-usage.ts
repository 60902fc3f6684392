import { csvPages, endpoint, fieldProblems, invalidInput, listRows, type CsvExport } from '@guildhall/kernel'
import { z } from 'zod'
import { entryFilters, whereEntries } from '../operations/list-entries.ts'
import { namedTenants } from '../reach.ts'
import { usageEntries } from '../schema.ts'

type Entry = typeof usageEntries.$inferSelect

const columnsOf = (names: ReadonlyMap<string, string>): CsvExport<Entry>['columns'] => ({
  id: (entry) => entry.id,
  entry: (entry) => entry.entry,
  refers_to: (entry) => entry.refersTo,
  client: (entry) => names.get(entry.tenantId),
  month: (entry) => entry.month,
  occurred_at: (entry) => entry.occurredAt,
  recorded_at: (entry) => entry.recordedAt,
  run_id: (entry) => entry.runId,
  kind: (entry) => entry.kind,
  outcome: (entry) => entry.outcome,
  source: (entry) => entry.source,
  provider: (entry) => entry.provider,
  model: (entry) => entry.model,
  route: (entry) => entry.route,
  actor: (entry) => entry.actorName,
  actor_id: (entry) => `${entry.actorType}:${entry.actorId}`,
  project_id: (entry) => entry.projectId,
  agent_id: (entry) => entry.agentId,
  tokens_in: (entry) => entry.tokensIn,
  tokens_out: (entry) => entry.tokensOut,
  tokens_cached: (entry) => entry.tokensCached,
  tokens_cache_write: (entry) => entry.tokensCacheWrite,
  tokens_reasoning: (entry) => entry.tokensReasoning,
  tokens_estimated: (entry) => entry.estimated,
  // Empty = unknown, which is not 0.
  cost_usd_micros: (entry) => entry.costMicros,
  price_version: (entry) => entry.priceVersion,
  note: (entry) => entry.note,
  booked_by: (entry) => entry.bookedByName,
})

const Filters = z.object(entryFilters)

export const exportUsage = endpoint({
  name: 'ledger.export',
  summary: 'All entries of the ledger that fit the filters, as CSV',
  route: 'GET /api/ledger/export',
  permission: 'ledger:read',
  response: { contentType: 'text/csv' },
  async run(request, ctx) {
    const parsed = Filters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
    const reach = await namedTenants(ctx, 'ledger:read', parsed.data.client)
    const names = new Map(reach.map((tenant) => [tenant.id, tenant.name]))
    const alsoRead = [...names.keys()]
    const query = {
      table: usageEntries,
      id: usageEntries.id,
      sortable: { occurredAt: usageEntries.occurredAt },
      defaultSort: 'occurredAt',
      where: whereEntries(parsed.data, alsoRead),
    }
    return csvPages<Entry>({
      fileName: parsed.data.month ? `usage-${parsed.data.month}` : 'usage',
      columns: columnsOf(names),
      read: (cursor) =>
        ctx.transaction((tx) => listRows<Entry>(tx.db, query, { cursor, limit: 1000 }), { readOnly: true, alsoRead }),
    })
  },
})
