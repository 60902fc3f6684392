import { job, type TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { chunkEmbeddings } from '../schema.ts'
import { bytesToVector } from '../search/vector-bytes.ts'
import { findVectorIndex, insertVectors, vectorTable, type VectorSpace } from '../search/vector-index.ts'

/** A transaction of about a second. */
const rowsPerBatch = 200
const rowsPerMessage = 10_000

/**
 * Puts the stored vectors of a large base into the index of pgvector, batch by batch: after a crash it goes on where it was.
 * Until the index holds all of them the base is scanned exactly.
 */
export const indexVectors = job({
  name: 'knowledge.index-vectors',
  payload: z.object({ baseId: z.uuid(), model: z.string(), dims: z.int() }),
  async run(space, ctx) {
    let done = 0
    // Vectors that were stored meanwhile by somebody who did not find the base indexed lie behind: one more round.
    for (let found = true; found;) {
      found = false
      for (let last: string | null = null; ;) {
        ctx.signal.throwIfAborted()
        const batch = await ctx.transaction((tx) => indexBatch(tx, space, last))
        if (batch.length === 0) break
        found = true
        last = batch.at(-1) ?? null
        if (Math.floor((done + batch.length) / rowsPerMessage) > Math.floor(done / rowsPerMessage))
          ctx.log.info({ ...space, vectors: done + batch.length }, 'vectors of a knowledge base are being indexed')
        done += batch.length
      }
    }
    if (done > 0) ctx.log.info({ ...space, vectors: done }, 'vectors of a knowledge base are indexed')
  },
})

/**
 * @returns chunks whose vectors were missing in the index and are there now, in the order of their ids; none as well when
 *   another job is at it: each search of a base that is not complete queues one, and one is enough
 */
async function indexBatch(ctx: TransactionContext, space: VectorSpace, after: string | null): Promise<string[]> {
  const index = await findVectorIndex(ctx.db)
  // The extension is gone, or does not index this length any more.
  if (!index?.dims.has(space.dims) || !(await isAlone(ctx, space))) return []
  const rows = await ctx.db
    .select({ chunkId: chunkEmbeddings.chunkId, bytes: chunkEmbeddings.vector })
    .from(chunkEmbeddings)
    .where(
      and(
        eq(chunkEmbeddings.tenantId, ctx.tenant.id),
        eq(chunkEmbeddings.baseId, space.baseId),
        eq(chunkEmbeddings.model, space.model),
        eq(chunkEmbeddings.dims, space.dims),
        after === null ? undefined : gt(chunkEmbeddings.chunkId, after),
        sql`not exists (select from ${sql.raw(vectorTable)} v where v.tenant_id = ${chunkEmbeddings.tenantId} and v.chunk_id = ${chunkEmbeddings.chunkId} and v.model = ${chunkEmbeddings.model})`,
      ),
    )
    .orderBy(asc(chunkEmbeddings.chunkId))
    .limit(rowsPerBatch)
    // Removed while it is indexed, the foreign key would refuse the whole batch.
    .for('key share', { of: chunkEmbeddings })
  if (rows.length > 0)
    await insertVectors(
      ctx,
      index,
      space,
      rows.map(({ chunkId, bytes }) => ({ chunkId, vector: bytesToVector(bytes) })),
    )
  return rows.map(({ chunkId }) => chunkId)
}

/** Holds until the end of the transaction. */
async function isAlone(ctx: TransactionContext, space: VectorSpace): Promise<boolean> {
  const name = JSON.stringify([ctx.tenant.id, space.baseId, space.model, space.dims])
  const { rows } = await ctx.db.execute<{ alone: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as alone`,
  )
  return rows[0]?.alone === true
}
