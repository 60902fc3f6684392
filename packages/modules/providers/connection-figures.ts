import type { Database } from '@guildhall/kernel'
import { runAttempts } from '@guildhall/modules/runs'
import { and, desc, eq, gte, inArray, isNull, notInArray, or, sql } from 'drizzle-orm'

/** Nothing was sent: no word about the provider. */
const passedOver = ['no_key', 'circuit_open', 'lacks_capability', 'context_too_small', 'deadline']

const a = runAttempts
const ok = sql`${a.outcome} = 'ok'`

interface Period {
  tenantIds: string[]
  since: Date
}

const whereAsked = ({ tenantIds, since }: Period) =>
  and(
    inArray(a.tenantId, tenantIds),
    gte(a.startedAt, since),
    eq(a.source, 'fresh'),
    // One that answered has the reason of those before it.
    or(
      eq(a.outcome, 'ok'),
      and(inArray(a.outcome, ['failed', 'interrupted']), or(isNull(a.reason), notInArray(a.reason, passedOver))),
    ),
  )

const figures = {
  calls: sql<number>`count(*)::int`,
  failed: sql<number>`(count(*) filter (where not (${ok})))::int`,
  p50Ms: sql<number | null>`percentile_cont(0.5) within group (order by ${a.ms}) filter (where ${ok})`,
  p95Ms: sql<number | null>`percentile_cont(0.95) within group (order by ${a.ms}) filter (where ${ok})`,
}

/** Calls, failures and latency of each provider, by its slug. Calls that a caller cancelled, or that lost a race, do not count. */
export function figuresByProvider(db: Database, period: Period) {
  return db
    .select({ provider: a.provider, ...figures })
    .from(a)
    .where(whereAsked(period))
    .groupBy(a.provider)
}

/** The same by pieces of the period. @param pieceMs length of one, from `since` on */
export function figuresOverTime(db: Database, period: Period, pieceMs: number) {
  const piece = sql<number>`floor(extract(epoch from ${a.startedAt} - ${period.since.toISOString()}::timestamptz) * 1000 / ${pieceMs})::int`
  return db
    .select({ provider: a.provider, piece: piece.as('piece'), ...figures })
    .from(a)
    .where(whereAsked(period))
    .groupBy(a.provider, sql`piece`)
}

/** The last failure of each provider. */
export function lastFailures(db: Database, period: Period) {
  return db
    .selectDistinctOn([a.provider], {
      provider: a.provider,
      model: a.model,
      at: a.startedAt,
      reason: a.reason,
      status: a.status,
      error: a.error,
      runId: a.runId,
      tenantId: a.tenantId,
    })
    .from(a)
    .where(and(whereAsked(period), sql`not (${ok})`))
    .orderBy(a.provider, desc(a.startedAt))
}
