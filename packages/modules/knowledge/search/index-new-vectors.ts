import type { TransactionContext } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { indexVectors } from '../jobs/index-vectors.ts'
import { chunkEmbeddings } from '../schema.ts'
import { findVectorIndex, insertVectors, vectorTable, type VectorSpace } from './vector-index.ts'

/**
 * Keeps the index complete for a base that is in it, in the transaction that stores the embeddings; a base that has grown
 * large enough is put into it by a job. Does nothing where there is no pgvector.
 */
export async function indexNewVectors(
  ctx: TransactionContext,
  { baseId, model }: Omit<VectorSpace, 'dims'>,
  rows: readonly { chunkId: string; vector: Float32Array }[],
): Promise<void> {
  const dims = rows[0]?.vector.length ?? 0
  const index = await findVectorIndex(ctx.db)
  if (!index?.dims.has(dims)) return
  const space = { baseId, model, dims }
  if (await holds(ctx, space)) return insertVectors(ctx, index, space, rows)
  const stored = await ctx.db.$count(
    chunkEmbeddings,
    and(
      eq(chunkEmbeddings.tenantId, ctx.tenant.id),
      eq(chunkEmbeddings.baseId, space.baseId),
      eq(chunkEmbeddings.model, space.model),
      eq(chunkEmbeddings.dims, space.dims),
    ),
  )
  if (stored >= index.from) queueIndexing(ctx, space)
}

async function holds(ctx: TransactionContext, { baseId, model, dims }: VectorSpace): Promise<boolean> {
  const { rowCount } = await ctx.db.execute(
    sql`select from ${sql.raw(vectorTable)}
      where tenant_id = ${ctx.tenant.id} and base_id = ${baseId} and model = ${model} and dims = ${dims} limit 1`,
  )
  return rowCount === 1
}

export function queueIndexing(ctx: TransactionContext, space: VectorSpace): void {
  ctx.enqueue(indexVectors, space, { key: `${space.baseId} ${space.model} ${String(space.dims)}` })
}
