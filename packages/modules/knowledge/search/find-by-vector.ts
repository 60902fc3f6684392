import type { Context, TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, gt } from 'drizzle-orm'
import { chunkEmbeddings } from '../schema.ts'
import type { BaseSizes } from './base-sizes.ts'
import { findInIndex, type IndexFinding } from './find-in-index.ts'
import { queueIndexing } from './index-new-vectors.ts'
import { nearest, type Neighbour } from './nearest.ts'
import { bytesToVector } from './vector-bytes.ts'
import type { VectorBlock, VectorCache } from './vector-cache.ts'
import type { VectorIndex } from './vector-index.ts'

const rowsPerQuery = 2000

export interface VectorSearch {
  cache: VectorCache
  /** Of pgvector; null = every base is scanned exactly. */
  index: VectorIndex | null
  sizes: BaseSizes
}

/** What the index of the database was used for. */
export interface IndexUse {
  bases: number
  by: IndexFinding['by']
}

type Base = { id: string; version: number }
type Query = { vector: Float32Array; model: string }

/**
 * Chunks by closeness to the query's vector over these bases, best first: large bases by the index where there is one, the
 * others by comparing all of their vectors in memory. Versions are those read with the bases.
 */
export async function findByVector(
  ctx: Context,
  search: VectorSearch,
  bases: readonly Base[],
  query: Query,
  limit: number,
): Promise<{ neighbours: Neighbour[]; indexed: IndexUse | null }> {
  const { index, cache } = search
  const large = index ? await largeBases(ctx, search, index, bases, query) : null
  const byIndex =
    index && large && large.ids.length > 0
      ? await findInIndex(ctx, index, { ...query, baseIds: large.ids, limit, size: large.size, total: large.total })
      : null
  const found = [...(byIndex?.neighbours ?? [])]
  for (const base of bases) {
    if (large?.ids.includes(base.id)) continue
    const key = { tenantId: ctx.tenant.id, baseId: base.id, model: query.model }
    const block = await cache.get(key, base.version, () =>
      ctx.transaction((tx) => loadVectors(tx, base.id, query.model), { readOnly: true }),
    )
    found.push(...(await nearest(block, query.vector, limit)))
  }
  const neighbours = found.toSorted((a, b) => b.similarity - a.similarity).slice(0, limit)
  return { neighbours, indexed: byIndex && large ? { bases: large.ids.length, by: byIndex.by } : null }
}

/** Bases that the index is for and holds completely. For one that it should hold and does not, a job is queued. */
async function largeBases(
  ctx: Context,
  { sizes }: VectorSearch,
  index: VectorIndex,
  bases: readonly Base[],
  { model, vector }: Query,
): Promise<{ ids: string[]; size: number; total: number } | null> {
  const dims = vector.length
  if (!index.dims.has(dims)) return null
  const counted = await sizes(ctx, bases, { model, dims })
  const large = { ids: [] as string[], size: 0, total: 0 }
  const missing: string[] = []
  for (const [at, { id }] of bases.entries()) {
    const { stored, indexed, total } = counted[at] ?? { stored: 0, indexed: 0, total: 0 }
    if (stored < index.from) continue
    if (indexed < stored) {
      missing.push(id)
      continue
    }
    large.ids.push(id)
    large.size += stored
    large.total = Math.max(large.total, total)
  }
  if (missing.length > 0)
    await ctx.transaction(async (tx) => {
      for (const baseId of missing) queueIndexing(tx, { baseId, model, dims })
    })
  return large
}

/** All vectors of a base, as far as the tenant's policy shows them. */
async function loadVectors(ctx: TransactionContext, baseId: string, model: string): Promise<VectorBlock> {
  const scope = and(
    eq(chunkEmbeddings.tenantId, ctx.tenant.id),
    eq(chunkEmbeddings.baseId, baseId),
    eq(chunkEmbeddings.model, model),
  )
  const count = await ctx.db.$count(chunkEmbeddings, scope)
  const [sample] = await ctx.db.select({ dims: chunkEmbeddings.dims }).from(chunkEmbeddings).where(scope).limit(1)
  const dims = sample?.dims ?? 0
  const vectors = new Float32Array(count * dims)
  const ids: string[] = []
  for (let last: string | null = null; ids.length < count;) {
    const rows: { id: string; vector: Buffer }[] = await ctx.db
      .select({ id: chunkEmbeddings.chunkId, vector: chunkEmbeddings.vector })
      .from(chunkEmbeddings)
      .where(and(scope, eq(chunkEmbeddings.dims, dims), last === null ? undefined : gt(chunkEmbeddings.chunkId, last)))
      .orderBy(asc(chunkEmbeddings.chunkId))
      .limit(Math.min(rowsPerQuery, count - ids.length))
    for (const row of rows) {
      vectors.set(bytesToVector(row.vector), ids.length * dims)
      ids.push(row.id)
    }
    if (rows.length === 0) break
    last = rows.at(-1)?.id ?? null
  }
  return { ids, dims, vectors: ids.length === count ? vectors : vectors.subarray(0, ids.length * dims) }
}
