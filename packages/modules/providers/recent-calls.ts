import type { Database } from '@guildhall/kernel'
import { usageEntries } from '@guildhall/modules/ledger'
import { runAttempts, runs } from '@guildhall/modules/runs'
import { and, asc, desc, eq, gte, inArray, isNotNull, max } from 'drizzle-orm'

type Attempt = typeof runAttempts.$inferSelect

export interface RecentCall {
  tenantId: string
  runId: string
  /** A run may call several times. */
  stepId: string
  route: string | null
  title: string
  actorName: string
  /** In the order in which they were made; one that was passed over has `ms` 0 and its reason. */
  attempts: Attempt[]
}

/** The latest calls that named a route, with every attempt. */
export async function recentCalls(
  db: Database,
  { tenantIds, route, since, limit }: { tenantIds: string[]; route: string | undefined; since: Date; limit: number },
): Promise<RecentCall[]> {
  const { tenantId, runId, stepId } = runAttempts
  const latest = max(usageEntries.occurredAt)
  const calls = await db
    .select({
      tenantId,
      runId,
      stepId,
      route: max(usageEntries.route),
      title: max(runs.title),
      actorName: max(runs.actorName),
    })
    .from(usageEntries)
    .innerJoin(runAttempts, and(eq(tenantId, usageEntries.tenantId), eq(runAttempts.id, usageEntries.id)))
    .innerJoin(runs, and(eq(runs.tenantId, tenantId), eq(runs.id, runId)))
    .where(
      and(
        inArray(usageEntries.tenantId, tenantIds),
        gte(usageEntries.occurredAt, since),
        eq(usageEntries.entry, 'usage'),
        route === undefined ? isNotNull(usageEntries.route) : eq(usageEntries.route, route),
      ),
    )
    .groupBy(tenantId, runId, stepId)
    .orderBy(desc(latest), desc(stepId))
    .limit(limit)
  if (calls.length === 0) return []
  const attempts = await db
    .select()
    .from(runAttempts)
    .where(
      and(
        inArray(tenantId, tenantIds),
        inArray(
          runId,
          calls.map((call) => call.runId),
        ),
        inArray(
          stepId,
          calls.map((call) => call.stepId),
        ),
      ),
    )
    .orderBy(asc(runAttempts.position))
  const byStep = Map.groupBy(attempts, (attempt) => attempt.stepId)
  return calls.map(({ title, actorName, ...call }) => ({
    ...call,
    title: title ?? '',
    actorName: actorName ?? '',
    attempts: byStep.get(call.stepId) ?? [],
  }))
}
