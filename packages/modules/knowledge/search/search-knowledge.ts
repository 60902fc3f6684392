import { reciprocalRankFusion } from '@guildhall/engines/extractive'
import type { Context, TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray } from 'drizzle-orm'
import { deferRun } from '../deferred-run.ts'
import type { FoundPassage, KnowledgeQuery, KnowledgeResult } from '../knowledge.ts'
import { knowledgeBases, knowledgeChunks, knowledgeSources } from '../schema.ts'
import { embedQuery, type QueryVector } from './embed-query.ts'
import type { FillMissingVectors } from './fill-missing-vectors.ts'
import { findByText } from './find-by-text.ts'
import { findByVector, type VectorSearch } from './find-by-vector.ts'

/** Ranks that each list gives to the fusion. */
const listLength = 50

export interface SearchParts {
  vectors: VectorSearch
  fillMissingVectors: FillMissingVectors
}

/**
 * Passages for a question: a list by words and, where a provider embeds, a list by meaning, merged by reciprocal rank
 * fusion. A provider that does not answer costs the list by meaning, not the search.
 */
export async function searchKnowledge(
  ctx: Context,
  { vectors, fillMissingVectors }: SearchParts,
  request: KnowledgeQuery,
): Promise<KnowledgeResult> {
  const { query, limit = 8 } = request
  const bases = await ctx.transaction((tx) => basesOf(tx, request.baseIds), { readOnly: true })
  const deferred = request.run ? null : deferRun(ctx, { kind: 'search', title: query, input: { query } })
  const run = request.run ?? deferred
  if (!run) throw new Error('A search has neither a run nor one that waits')
  const embedded =
    bases.length === 0 ? { reason: 'There is no knowledge to search' } : await embedQuery(ctx, query, run)
  const work = async (facts: (values: Record<string, unknown>) => void) => {
    const result = await find(ctx, vectors, { query, limit, bases, embedded, facts })
    if ('vector' in embedded) await fillMissingVectors(ctx, bases, embedded.model)
    return result
  }
  if (deferred && !deferred.started) return work(() => undefined)
  const retrieval = {
    kind: 'retrieval',
    name: 'knowledge',
    input: { query, baseIds: bases.map(({ id }) => id) },
  } as const
  try {
    const result = await run.step(retrieval, async (step) => {
      const found = await work((values) => step.facts(values))
      step.output({ passages: found.passages })
      return found
    })
    await deferred?.end('ok', { output: { passages: result.passages.length } })
    return result
  } catch (error) {
    await deferred?.end(ctx.signal.aborted ? 'cancelled' : 'failed', {
      error: error instanceof Error ? error.message : String(error),
    })
    throw error
  }
}

type Base = Pick<typeof knowledgeBases.$inferSelect, 'id' | 'version'>

interface Search {
  query: string
  limit: number
  bases: Base[]
  embedded: QueryVector
  facts: (values: Record<string, unknown>) => void
}

async function find(ctx: Context, vectors: VectorSearch, search: Search): Promise<KnowledgeResult> {
  const { query, limit, bases, embedded } = search
  const length = Math.max(listLength, limit)
  const ids = bases.map((base) => base.id)
  const started = performance.now()
  const byText = await ctx.transaction((tx) => findByText(tx, ids, query, length), { readOnly: true })
  const { neighbours, indexed } =
    'vector' in embedded ? await findByVector(ctx, vectors, bases, embedded, length) : { neighbours: [], indexed: null }
  const byVector = neighbours.map(({ id }) => id)
  const fused = reciprocalRankFusion(byVector.length > 0 ? [byText.ids, byVector] : [byText.ids]).slice(0, limit)
  const inText = new Set(byText.ids)
  const inVectors = new Set(byVector)
  const passages = await ctx.transaction((tx) => readPassages(tx, fused), { readOnly: true })
  const mode = byVector.length > 0 ? 'hybrid' : 'text'
  const reason = 'vector' in embedded ? (mode === 'text' ? 'The passages have no vectors yet' : null) : embedded.reason
  search.facts({
    mode,
    ...(reason ? { reason } : {}),
    terms: byText.terms,
    byText: byText.ids.length,
    byVector: byVector.length,
    passages: passages.length,
    bases: bases.length,
    ...(indexed ? { vectorIndex: indexed } : {}),
    ...('vector' in embedded ? { model: embedded.model, bestSimilarity: neighbours[0]?.similarity ?? null } : {}),
    ms: Math.round(performance.now() - started),
  })
  return {
    passages: passages.map((passage) => ({
      ...passage,
      matchedBy: [
        ...(inText.has(passage.id) ? (['text'] as const) : []),
        ...(inVectors.has(passage.id) ? (['vector'] as const) : []),
      ],
    })),
    mode,
    reason,
  }
}

function basesOf(ctx: TransactionContext, ids: readonly string[] | undefined): Promise<Base[]> {
  if (ids?.length === 0) return Promise.resolve([])
  return ctx.db
    .select({ id: knowledgeBases.id, version: knowledgeBases.version })
    .from(knowledgeBases)
    .where(
      and(
        eq(knowledgeBases.tenantId, ctx.tenant.id),
        ids === undefined ? undefined : inArray(knowledgeBases.id, [...ids]),
      ),
    )
}

/** The chunks in the given order. One that was removed meanwhile is left out. */
async function readPassages(
  ctx: TransactionContext,
  ranked: readonly { id: string; score: number }[],
): Promise<Omit<FoundPassage, 'matchedBy'>[]> {
  if (ranked.length === 0) return []
  const rows = await ctx.db
    .select({
      id: knowledgeChunks.id,
      sourceId: knowledgeChunks.sourceId,
      baseId: knowledgeChunks.baseId,
      title: knowledgeSources.title,
      headingPath: knowledgeChunks.headingPath,
      text: knowledgeChunks.text,
      locator: knowledgeChunks.locator,
      marks: knowledgeChunks.marks,
    })
    .from(knowledgeChunks)
    .innerJoin(
      knowledgeSources,
      and(eq(knowledgeSources.tenantId, knowledgeChunks.tenantId), eq(knowledgeSources.id, knowledgeChunks.sourceId)),
    )
    .where(
      and(
        eq(knowledgeChunks.tenantId, ctx.tenant.id),
        inArray(
          knowledgeChunks.id,
          ranked.map(({ id }) => id),
        ),
      ),
    )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ranked.flatMap(({ id, score }) => {
    const row = byId.get(id)
    if (!row) return []
    const { startOffset: _start, endOffset: _end, ...locator } = row.locator
    return [{ ...row, locator, score }]
  })
}
