import type { Context, TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, gt } from 'drizzle-orm'
import { bytesToVector } from './vector-bytes.ts'
import { chunkEmbeddings } from '../schema.ts'
import { nearest, type Neighbour } from './nearest.ts'
import type { VectorBlock, VectorCache } from './vector-cache.ts'

const rowsPerQuery = 2000

/** Chunks by closeness to the query's vector over these bases, best first. Versions are those read with the bases. */
export async function findByVector(
  ctx: Context,
  cache: VectorCache,
  bases: readonly { id: string; version: number }[],
  query: { vector: Float32Array; model: string },
  limit: number,
): Promise<Neighbour[]> {
  const found: Neighbour[] = []
  for (const base of bases) {
    const key = { tenantId: ctx.tenant.id, baseId: base.id, model: query.model }
    const block = await cache.get(key, base.version, () =>
      ctx.transaction((tx) => loadVectors(tx, base.id, query.model), { readOnly: true }),
    )
    found.push(...(await nearest(block, query.vector, limit)))
  }
  return found.toSorted((a, b) => b.similarity - a.similarity).slice(0, limit)
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
