import { jobs, type Context, type HealthReport, type TransactionContext } from '@guildhall/kernel'
import { and, count, eq, inArray, min } from 'drizzle-orm'
import { indexVectors } from './jobs/index-vectors.ts'
import { knowledgeSources } from './schema.ts'
import { findVectorIndex } from './search/vector-index.ts'

/** A source that waits longer than this shows that nobody reads. */
const patienceMs = 10 * 60_000

/** How the reading of the caller's tenant stands, and how its vectors are searched. */
export async function knowledgeHealth(ctx: Context): Promise<HealthReport[]> {
  const started = performance.now()
  const report = (state: HealthReport['state'], detail: string): HealthReport[] => [
    { name: 'knowledge', state, detail, latencyMs: Math.round(performance.now() - started) },
  ]
  if (!ctx.caller.tenant) return report('ok', 'Documents are read and searched.')
  const { rows, vector } = await ctx.transaction(
    async (tx) => ({
      vector: await vectorSearch(tx),
      rows: await tx.db
        .select({ state: knowledgeSources.state, sources: count(), oldest: min(knowledgeSources.queuedAt) })
        .from(knowledgeSources)
        .where(
          and(
            eq(knowledgeSources.tenantId, tx.tenant.id),
            inArray(knowledgeSources.state, ['queued', 'reading', 'failed']),
          ),
        )
        .groupBy(knowledgeSources.state),
    }),
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

async function vectorSearch(ctx: TransactionContext): Promise<string> {
  const index = await findVectorIndex(ctx.db)
  if (!index) return 'Vector search is an exact scan.'
  const waiting = await ctx.db.$count(
    jobs,
    and(eq(jobs.tenantId, ctx.tenant.id), eq(jobs.name, indexVectors.name), inArray(jobs.state, ['queued', 'running'])),
  )
  const how = `Vector search uses pgvector for bases with ${index.from.toLocaleString('en')} vectors and more, an exact scan for others.`
  return waiting === 0 ? how : `${how} ${waiting} being indexed and scanned exactly meanwhile.`
}
