import type { Context, TransactionContext } from '@guildhall/kernel'
import { sql, type SQL } from 'drizzle-orm'
import type { Neighbour } from './nearest.ts'
import { indexedType, typeOf, vectorTable, vectorText, type VectorIndex } from './vector-index.ts'

export interface IndexSearch {
  baseIds: readonly string[]
  model: string
  vector: Float32Array
  limit: number
  /** Vectors of these bases, all of them in the index. */
  size: number
  /** Vectors in the index over all tenants. */
  total: number
}

export interface IndexFinding {
  neighbours: Neighbour[]
  /** `graph` = nearly all of the nearest (HNSW); `comparison` = exactly the nearest. */
  by: 'graph' | 'comparison'
}

/** Vectors that a walk through the graph keeps in view: 0.99 of the nearest fifty of 100,000 random vectors, with 200 0.97. */
const breadth = 400
/** A vector met in the graph costs as much as reading so many in a row. */
const costOfVisit = 8
/** What pgvector would visit by itself before it gives up. */
const leastVisits = 20_000

/**
 * The nearest vectors of large bases, best first. The index holds all tenants' vectors and its results are filtered
 * afterwards, so it serves bases that are a fair part of it; for a small part of a large index, and when the graph was
 * left before there were enough results, the bases' own vectors are compared one by one in the database.
 */
export async function findInIndex(ctx: Context, index: VectorIndex, search: IndexSearch): Promise<IndexFinding> {
  const { limit, size } = search
  const visits = (limit * Math.max(search.total, size)) / size
  return ctx.transaction(
    async (tx) => {
      if (visits * costOfVisit <= size) {
        const found = await byGraph(tx, index, search, Math.max(leastVisits, Math.ceil(visits * 4)))
        if (found.length >= Math.min(limit, size)) return { neighbours: found, by: 'graph' }
        ctx.log.debug({ found: found.length, visits }, 'the vector index gave too few results; comparing one by one')
      }
      return { neighbours: await oneByOne(tx, index, search), by: 'comparison' }
    },
    { readOnly: true },
  )
}

async function byGraph(
  ctx: TransactionContext,
  index: VectorIndex,
  search: IndexSearch,
  visits: number,
): Promise<Neighbour[]> {
  const dims = search.vector.length
  await ctx.db.execute(
    sql`select set_config('hnsw.iterative_scan', 'relaxed_order', true),
      set_config('hnsw.ef_search', ${String(Math.min(1000, Math.max(breadth, search.limit * 8)))}, true),
      set_config('hnsw.max_scan_tuples', ${String(visits)}, true),
      set_config('hnsw.scan_mem_multiplier', '8', true),
      set_config('jit', 'off', true),
      -- The planner does not know how few vectors the graph needs to look at.
      set_config('enable_sort', 'off', true)`,
  )
  const type = sql`${typeOf(index, indexedType(dims))}(${sql.raw(String(dims))})`
  return ranked(
    ctx,
    index,
    search,
    sql`v.vector::${type} operator(${typeOf(index, '<#>')}) ${vectorText(search.vector)}::${type}`,
  )
}

async function oneByOne(ctx: TransactionContext, index: VectorIndex, search: IndexSearch): Promise<Neighbour[]> {
  await ctx.db.execute(sql`select set_config('jit', 'off', true), set_config('enable_sort', 'on', true)`)
  // Without the length in the type it is not what the index is made of.
  return ranked(ctx, index, search, distance(index, search))
}

/** Minus the inner product, in full precision. */
function distance(index: VectorIndex, { vector }: IndexSearch): SQL {
  return sql`v.vector operator(${typeOf(index, '<#>')}) ${vectorText(vector)}::${typeOf(index, 'vector')}`
}

async function ranked(
  ctx: TransactionContext,
  index: VectorIndex,
  search: IndexSearch,
  order: SQL,
): Promise<Neighbour[]> {
  const dims = search.vector.length
  const { rows } = await ctx.db.execute<{ id: string; similarity: number }>(
    sql`select v.chunk_id as id, -(${distance(index, search)}) as similarity
      from ${sql.raw(vectorTable)} v
      where v.tenant_id = ${ctx.tenant.id} and v.base_id = any(${sql.param(search.baseIds)}::uuid[])
        and v.model = ${search.model} and v.dims = ${sql.raw(String(dims))}
      order by ${order}
      limit ${search.limit}`,
  )
  // In relaxed order some come out too late, and half precision confuses neighbours.
  return rows.toSorted((a, b) => b.similarity - a.similarity)
}
