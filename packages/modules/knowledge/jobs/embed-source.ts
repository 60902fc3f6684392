import { job, type Context, type TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { bumpVersion } from '../bases.ts'
import { deferRun, type DeferredRun } from '../deferred-run.ts'
import { chunkEmbeddings, knowledgeChunks, knowledgeSources } from '../schema.ts'
import { indexNewVectors } from '../search/index-new-vectors.ts'
import { vectorToBytes } from '../search/vector-bytes.ts'

const chunksPerRequest = 32

/**
 * Gives the chunks of a source their vectors, batch by batch: after a crash it goes on where it was. Until it is done, and
 * when it cannot be done, the source is found by its words.
 */
export const embedSource = job({
  name: 'knowledge.embed',
  /** `model`: the model that the chunks lack; absent = whichever answers. */
  payload: z.object({ sourceId: z.uuid(), model: z.string().optional() }),
  maxAttempts: 6,
  async run({ sourceId, model }, ctx) {
    const source = await ctx.transaction((tx) => findSource(tx, sourceId), { readOnly: true })
    if (!source) return
    const run = deferRun(ctx, { kind: 'ingestion', title: source.title, input: { sourceId } })
    try {
      const used = await embedChunks(ctx, source, model, run)
      await ctx.transaction((tx) =>
        setVectors(
          tx,
          sourceId,
          used.state === 'ready' ? { vectors: 'ready', vectorModel: used.model } : { vectors: 'none' },
        ),
      )
      if (run.started) await run.end('ok')
    } catch (error) {
      if (run.started)
        await run.end(ctx.signal.aborted ? 'cancelled' : 'failed', {
          error: error instanceof Error ? error.message : String(error),
        })
      throw error
    }
  },
  async failed({ sourceId }, error, ctx) {
    await ctx.transaction((tx) =>
      setVectors(tx, sourceId, {
        vectors: 'failed',
        vectorReason: `The embedding provider did not answer (${error.message}). The document is found by its words; a later search tries again.`,
      }),
    )
  },
})

type Source = Pick<typeof knowledgeSources.$inferSelect, 'id' | 'baseId' | 'title'>

async function findSource(ctx: TransactionContext, id: string): Promise<Source | undefined> {
  const [row] = await ctx.db
    .select({ id: knowledgeSources.id, baseId: knowledgeSources.baseId, title: knowledgeSources.title })
    .from(knowledgeSources)
    .where(
      and(
        eq(knowledgeSources.tenantId, ctx.tenant.id),
        eq(knowledgeSources.id, id),
        eq(knowledgeSources.state, 'ready'),
      ),
    )
  return row
}

async function embedChunks(
  ctx: Context,
  source: Source,
  wanted: string | undefined,
  run: DeferredRun,
): Promise<{ state: 'ready'; model: string | null } | { state: 'none' }> {
  let model = wanted ?? null
  for (;;) {
    ctx.signal.throwIfAborted()
    const chunks = await ctx.transaction((tx) => missing(tx, source.id, model), { readOnly: true })
    if (chunks.length === 0) return { state: 'ready', model: model ?? (await modelOf(ctx, source.id)) }
    const texts = chunks.map((chunk) => [[source.title, ...chunk.headingPath].join(' › '), chunk.text].join('\n\n'))
    const answer = await ctx.services.providers.embed(ctx, texts, run)
    if (!answer) return { state: 'none' }
    // Another model than the one that was found missing: settings changed, so it is this one's turn.
    model = answer.model
    await ctx.transaction((tx) => storeVectors(tx, source, chunks, answer))
  }
}

async function missing(ctx: TransactionContext, sourceId: string, model: string | null) {
  const lacks = sql`not exists (select 1 from ${chunkEmbeddings} where ${chunkEmbeddings.tenantId} = ${knowledgeChunks.tenantId} and ${chunkEmbeddings.chunkId} = ${knowledgeChunks.id} ${model === null ? sql`` : sql`and ${chunkEmbeddings.model} = ${model}`})`
  return ctx.db
    .select({ id: knowledgeChunks.id, headingPath: knowledgeChunks.headingPath, text: knowledgeChunks.text })
    .from(knowledgeChunks)
    .where(and(eq(knowledgeChunks.tenantId, ctx.tenant.id), eq(knowledgeChunks.sourceId, sourceId), lacks))
    .orderBy(asc(knowledgeChunks.ordinal))
    .limit(chunksPerRequest)
}

async function modelOf(ctx: Context, sourceId: string): Promise<string | null> {
  const [row] = await ctx.transaction(
    (tx) =>
      tx.db
        .select({ model: chunkEmbeddings.model })
        .from(chunkEmbeddings)
        .where(and(eq(chunkEmbeddings.tenantId, tx.tenant.id), eq(chunkEmbeddings.sourceId, sourceId)))
        .limit(1),
    { readOnly: true },
  )
  return row?.model ?? null
}

async function storeVectors(
  ctx: TransactionContext,
  source: Source,
  chunks: readonly { id: string }[],
  answer: { vectors: Float32Array[]; model: string },
): Promise<void> {
  // The source may have been read again or removed while the provider worked.
  const here = await ctx.db
    .select({ id: knowledgeChunks.id })
    .from(knowledgeChunks)
    .where(
      and(
        eq(knowledgeChunks.tenantId, ctx.tenant.id),
        inArray(
          knowledgeChunks.id,
          chunks.map(({ id }) => id),
        ),
      ),
    )
    .for('key share')
  const present = new Set(here.map(({ id }) => id))
  const rows = chunks.flatMap(({ id }, index) => {
    const vector = answer.vectors[index]
    if (!vector) throw new Error(`${answer.model} sent ${answer.vectors.length} vectors for ${chunks.length} texts`)
    if (!present.has(id)) return []
    return [
      {
        tenantId: ctx.tenant.id,
        chunkId: id,
        sourceId: source.id,
        baseId: source.baseId,
        model: answer.model,
        dims: vector.length,
        vector: vectorToBytes(vector),
      },
    ]
  })
  if (rows.length === 0) return
  const stored = await ctx.db
    .insert(chunkEmbeddings)
    .values(rows)
    .onConflictDoNothing()
    .returning({ chunkId: chunkEmbeddings.chunkId })
  await indexNewVectors(
    ctx,
    { baseId: source.baseId, model: answer.model },
    stored.flatMap(({ chunkId }) => {
      const vector = answer.vectors[chunks.findIndex(({ id }) => id === chunkId)]
      return vector ? [{ chunkId, vector }] : []
    }),
  )
  await bumpVersion(ctx, source.baseId)
}

function setVectors(
  ctx: TransactionContext,
  sourceId: string,
  values: Partial<Pick<typeof knowledgeSources.$inferSelect, 'vectors' | 'vectorModel' | 'vectorReason'>>,
) {
  return ctx.db
    .update(knowledgeSources)
    .set({ vectorReason: null, ...values })
    .where(and(eq(knowledgeSources.tenantId, ctx.tenant.id), eq(knowledgeSources.id, sourceId)))
}
