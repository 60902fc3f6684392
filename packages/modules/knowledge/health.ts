import type { Context, HealthReport } from '@guildhall/kernel'
import { and, count, eq, inArray, min } from 'drizzle-orm'
import { knowledgeSources } from './schema.ts'

/** A source that waits longer than this shows that nobody reads. */
const patienceMs = 10 * 60_000

/** How the reading of the caller's tenant stands. Vectors are compared one by one: the detail says so. */
export async function knowledgeHealth(ctx: Context): Promise<HealthReport[]> {
  const started = performance.now()
  const report = (state: HealthReport['state'], detail: string): HealthReport[] => [
    { name: 'knowledge', state, detail, latencyMs: Math.round(performance.now() - started) },
  ]
  const vector = 'Vector search is an exact scan.'
  if (!ctx.caller.tenant) return report('ok', `Documents are read and searched. ${vector}`)
  const rows = await ctx.transaction(
    (tx) =>
      tx.db
        .select({ state: knowledgeSources.state, sources: count(), oldest: min(knowledgeSources.queuedAt) })
        .from(knowledgeSources)
        .where(
          and(
            eq(knowledgeSources.tenantId, tx.tenant.id),
            inArray(knowledgeSources.state, ['queued', 'reading', 'failed']),
          ),
        )
        .groupBy(knowledgeSources.state),
    { readOnly: true },
  )
  const of = (state: string) => rows.find((row) => row.state === state)
  const queued = of('queued')?.sources ?? 0
  const counts = `${queued} queued, ${of('reading')?.sources ?? 0} being read, ${of('failed')?.sources ?? 0} failed.`
  const oldest = of('queued')?.oldest
  if (oldest && ctx.now().getTime() - oldest.getTime() > patienceMs)
    return report(
      'degraded',
      `Sources have waited since ${oldest.toISOString()} to be read (${counts}) Check that a process with the role worker runs. ${vector}`,
    )
  return report('ok', `Sources: ${counts} ${vector}`)
}
