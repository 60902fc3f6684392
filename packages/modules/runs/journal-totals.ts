import { usageEntries, type Journal } from '@guildhall/modules/ledger'
import { and, asc, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import { usageOf } from './attempt-row.ts'
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
  async unbooked(db, { tenantId, from, to }, limit) {
    const rows = await db
      .select({ attempt: runAttempts, run: runs })
      .from(runAttempts)
      .innerJoin(runs, and(eq(runs.tenantId, runAttempts.tenantId), eq(runs.id, runAttempts.runId)))
      .leftJoin(usageEntries, and(eq(usageEntries.tenantId, runAttempts.tenantId), eq(usageEntries.id, runAttempts.id)))
      .where(
        and(
          eq(runAttempts.tenantId, tenantId),
          gte(runAttempts.startedAt, from),
          lt(runAttempts.startedAt, to),
          isNull(usageEntries.id),
        ),
      )
      .orderBy(asc(runAttempts.startedAt), asc(runAttempts.id))
      .limit(limit)
    return rows.map(({ attempt, run }) => ({
      ...usageOf(attempt, undefined, {
        actor: { type: run.actorType, id: run.actorId, name: run.actorName },
        run: { projectId: run.projectId, agentId: run.agentId },
      }),
      source: attempt.source,
    }))
  },
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
