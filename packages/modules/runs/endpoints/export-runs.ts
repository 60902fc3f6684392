import { csvPages, endpoint, fieldProblems, invalidInput, listRows, type CsvExport } from '@guildhall/kernel'
import { z } from 'zod'
import { runFilters, whereRuns } from '../filters.ts'
import { reachableTenants } from '../reach.ts'
import { runs } from '../schema.ts'

type Run = typeof runs.$inferSelect

const columnsOf = (names: ReadonlyMap<string, string>): CsvExport<Run>['columns'] => ({
  id: (run) => run.id,
  client: (run) => names.get(run.tenantId),
  kind: (run) => run.kind,
  title: (run) => run.title,
  status: (run) => run.status,
  agent: (run) => run.agentName,
  agent_version: (run) => run.agentVersion,
  project_id: (run) => run.projectId,
  actor: (run) => run.actorName,
  started_at: (run) => run.startedAt,
  ended_at: (run) => run.endedAt,
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
})

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
    const filters = parsed.data
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
    return csvPages<Run>({
      fileName: 'runs',
      columns: columnsOf(names),
      read: (cursor) =>
        ctx.transaction((tx) => listRows<Run>(tx.db, query, { cursor, limit: 500 }), { readOnly: true, alsoRead }),
    })
  },
})
