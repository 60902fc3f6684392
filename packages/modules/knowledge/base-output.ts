import { Timestamp, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { BaseRow } from './bases.ts'
import { knowledgeSources } from './schema.ts'

export const KnowledgeBaseOutput = z.object({
  id: z.uuid(),
  key: z.string(),
  title: z.string(),
  description: z.string(),
  projectId: z.uuid().nullable(),
  sources: z.object({ total: z.int(), queued: z.int(), reading: z.int(), ready: z.int(), failed: z.int() }),
  chunks: z.int().describe('Passages that can be found'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

const noSources = { total: 0, queued: 0, reading: 0, ready: 0, failed: 0 }

/** Bases with how many sources they have in which state. */
export async function summariseBases(ctx: TransactionContext, rows: readonly BaseRow[]) {
  if (rows.length === 0) return []
  const counts = await ctx.db
    .select({
      baseId: knowledgeSources.baseId,
      state: knowledgeSources.state,
      sources: sql<number>`count(*)::int`,
      chunks: sql<number>`sum(${knowledgeSources.chunkCount})::int`,
    })
    .from(knowledgeSources)
    .where(
      and(
        eq(knowledgeSources.tenantId, ctx.tenant.id),
        inArray(
          knowledgeSources.baseId,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(knowledgeSources.baseId, knowledgeSources.state)
  return rows.map(({ version: _version, ...row }) => {
    const sources = { ...noSources }
    let chunks = 0
    for (const count of counts) {
      if (count.baseId !== row.id) continue
      sources[count.state] = count.sources
      sources.total += count.sources
      chunks += count.chunks
    }
    return { ...row, sources, chunks }
  })
}
