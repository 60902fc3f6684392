import type { Journal } from '@guildhall/modules/ledger'
import { desc, inArray, sql } from 'drizzle-orm'
import { runAttempts, runs } from './schema.ts'

/** What the ledger asks of the journal. */
export const journal: Journal = {
  journalTotals: ({ tenantId, from, to }) => sql`
    select run_id, count(*) as attempts, coalesce(sum(cost_micros), 0) as cost_micros,
      count(*) filter (where cost_micros is null) as unpriced,
      coalesce(sum(tokens_in), 0) as tokens_in, coalesce(sum(tokens_out), 0) as tokens_out
    from ${runAttempts}
    where tenant_id = ${tenantId}
      and started_at >= ${from.toISOString()}::timestamptz and started_at < ${to.toISOString()}::timestamptz
    group by run_id`,
  async agentNames(db, ids) {
    if (ids.length === 0) return new Map()
    const rows = await db
      .selectDistinctOn([runs.agentId], { id: runs.agentId, name: runs.agentName })
      .from(runs)
      .where(inArray(runs.agentId, [...ids]))
      .orderBy(runs.agentId, desc(runs.startedAt))
    return new Map(rows.flatMap(({ id, name }) => (id !== null && name !== null ? [[id, name]] : [])))
  },
}
