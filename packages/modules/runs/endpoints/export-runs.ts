import { endpoint, fieldProblems, invalidInput, listRows, type Context } from '@guildhall/kernel'
import Papa from 'papaparse'
import { z } from 'zod'
import { runFilters, whereRuns } from '../filters.ts'
import { reachableTenants } from '../reach.ts'
import { runs } from '../schema.ts'

type Run = typeof runs.$inferSelect

const columns: Record<string, (run: Run, client: string) => unknown> = {
  id: (run) => run.id,
  client: (_run, client) => client,
  kind: (run) => run.kind,
  title: (run) => run.title,
  status: (run) => run.status,
  agent: (run) => run.agentName,
  agent_version: (run) => run.agentVersion,
  project_id: (run) => run.projectId,
  actor: (run) => run.actorName,
  started_at: (run) => run.startedAt.toISOString(),
  ended_at: (run) => run.endedAt?.toISOString(),
  ms: (run) => (run.status === 'running' ? null : run.ms),
  provider: (run) => run.provider,
  model: (run) => run.model,
  attempts: (run) => run.attempts,
  fallback_reason: (run) => run.fallbackReason,
  tokens_in: (run) => run.tokensIn,
  tokens_out: (run) => run.tokensOut,
  tokens_cached: (run) => run.tokensCached,
  cost_usd_micros: (run) => run.costMicros,
  cost_complete: (run) => run.costComplete,
  error: (run) => run.error,
}

const Filters = z.object({ q: z.string().max(200).optional(), ...runFilters })

export const exportRuns = endpoint({
  name: 'runs.export',
  summary: 'All runs that fit the filters, as CSV',
  route: 'GET /api/runs/export',
  permission: 'runs:read',
  response: { contentType: 'text/csv' },
  async run(request, ctx) {
    const parsed = Filters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
    const encoder = new TextEncoder()
    const lines = csv(ctx, parsed.data)
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await lines.next()
        if (next.done) controller.close()
        else controller.enqueue(encoder.encode(next.value))
      },
      cancel: async () => void (await lines.return(undefined)),
    })
    return new Response(body, {
      headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="runs.csv"' },
    })
  },
})

/** Page by page, each in a transaction of its own: an export of any length holds neither memory nor a connection. */
async function* csv(ctx: Context, filters: z.output<typeof Filters>): AsyncGenerator<string, undefined> {
  const reach = filters.scope === 'agency' ? await reachableTenants(ctx) : [ctx.tenant]
  const names = new Map(reach.map((tenant) => [tenant.id, tenant.name]))
  const alsoRead = [...names.keys()]
  const query = {
    table: runs,
    id: runs.id,
    sortable: { startedAt: runs.startedAt },
    defaultSort: '-startedAt',
    where: whereRuns(filters, alsoRead),
  }
  yield `${Object.keys(columns).join(',')}\r\n`
  let cursor: string | undefined
  do {
    const found = await ctx.transaction((tx) => listRows<Run>(tx.db, query, { cursor, limit: 500 }), {
      readOnly: true,
      alsoRead,
    })
    const rows = found.items.map((run) =>
      Object.values(columns).map((read) => read(run, names.get(run.tenantId) ?? '')),
    )
    // A title that starts with `=` would be run by a spreadsheet.
    if (rows.length > 0) yield `${Papa.unparse(rows, { escapeFormulae: true, newline: '\r\n' })}\r\n`
    cursor = found.nextCursor ?? undefined
  } while (cursor !== undefined)
}
