import { listInput, listRows, operation, page } from '@guildhall/kernel'
import { runFilters, whereRuns } from '../filters.ts'
import { reachableTenants } from '../reach.ts'
import { RunSummary, runSummary } from '../run-output.ts'
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
    const tenantIds =
      input.scope === 'agency' ? (await reachableTenants(ctx)).map((tenant) => tenant.id) : [ctx.tenant.id]
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
    const found = await ctx.transaction((tx) => listRows<typeof runs.$inferSelect>(tx.db, query, input), {
      readOnly: true,
      alsoRead: tenantIds,
    })
    return { ...found, items: found.items.map(runSummary) }
  },
})
