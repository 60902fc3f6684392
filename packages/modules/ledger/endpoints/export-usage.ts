import { endpoint, fieldProblems, invalidInput, listRows, type Context } from '@guildhall/kernel'
import Papa from 'papaparse'
import { z } from 'zod'
import { entryFilters, whereEntries } from '../operations/list-entries.ts'
import { namedTenants } from '../reach.ts'
import { usageEntries } from '../schema.ts'

type Entry = typeof usageEntries.$inferSelect

const columns: Record<string, (entry: Entry, client: string) => unknown> = {
  id: (entry) => entry.id,
  entry: (entry) => entry.entry,
  refers_to: (entry) => entry.refersTo,
  client: (_entry, client) => client,
  month: (entry) => entry.month,
  occurred_at: (entry) => entry.occurredAt.toISOString(),
  recorded_at: (entry) => entry.recordedAt.toISOString(),
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
}

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
    const encoder = new TextEncoder()
    const lines = csv(ctx, parsed.data, new Map(reach.map((tenant) => [tenant.id, tenant.name])))
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await lines.next()
        if (next.done) controller.close()
        else controller.enqueue(encoder.encode(next.value))
      },
      cancel: async () => void (await lines.return(undefined)),
    })
    const name = parsed.data.month ? `usage-${parsed.data.month}` : 'usage'
    return new Response(body, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}.csv"`,
      },
    })
  },
})

/** Page by page, each in a transaction of its own: an export of any length holds neither memory nor a connection. */
async function* csv(
  ctx: Context,
  filters: z.output<typeof Filters>,
  names: ReadonlyMap<string, string>,
): AsyncGenerator<string, undefined> {
  const alsoRead = [...names.keys()]
  const query = {
    table: usageEntries,
    id: usageEntries.id,
    sortable: { occurredAt: usageEntries.occurredAt },
    defaultSort: 'occurredAt',
    where: whereEntries(filters, alsoRead),
  }
  yield `${Object.keys(columns).join(',')}\r\n`
  let cursor: string | undefined
  do {
    const found = await ctx.transaction((tx) => listRows<Entry>(tx.db, query, { cursor, limit: 1000 }), {
      readOnly: true,
      alsoRead,
    })
    const rows = found.items.map((entry) =>
      Object.values(columns).map((read) => read(entry, names.get(entry.tenantId) ?? '')),
    )
    // A name that starts with `=` would be run by a spreadsheet.
    if (rows.length > 0) yield `${Papa.unparse(rows, { escapeFormulae: true, newline: '\r\n' })}\r\n`
    cursor = found.nextCursor ?? undefined
  } while (cursor !== undefined)
}
