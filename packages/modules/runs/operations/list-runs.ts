import { listInput, listRows, operation, page } from '@guildhall/kernel'
import { runFilters, whereRuns } from '../filters.ts'
import { reachableTenants } from '../reach.ts'
import { latestFeedback, RunSummary, runSummary } from '../run-output.ts'
import { runs } from '../schema.ts'

export const listRuns = operation({
  name: 'runs.list',
  summary: 'List what agents and models did, newest first',
  route: 'GET /runs',
  permission: 'runs:read',
  input: listInput(['startedAt', 'ms', 'costMicros', 'tokensIn', 'tokensOut'], runFilters),
  output: page(RunSummary),
  // Reads with the reach of the caller, which the kernel's own transaction does not have.
  external: true,
  async run(input, ctx) {
    const reach = input.scope === 'agency' ? await reachableTenants(ctx) : [ctx.tenant]
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    const tenantIds = [...byId.keys()]
    const query = {
      table: runs,
      id: runs.id,
      sortable: {
        startedAt: runs.startedAt,
        ms: runs.ms,
        costMicros: runs.costMicros,
        tokensIn: runs.tokensIn,
        tokensOut: runs.tokensOut,
      },
      defaultSort: '-startedAt',
      where: whereRuns(input, tenantIds),
    }
    return ctx.transaction(
      async ({ db }) => {
        const found = await listRows<typeof runs.$inferSelect>(db, query, input)
        const feedback = await latestFeedback(
          db,
          found.items.map((run) => run.id),
        )
        return { ...found, items: found.items.map((run) => runSummary(run, byId, feedback.get(run.id))) }
      },
      { readOnly: true, alsoRead: tenantIds },
    )
  },
})
