import { job, Problem, type Context, type TransactionContext } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { bumpVersion } from '../bases.ts'
import { replaceChunks } from '../chunks.ts'
import { DocumentError } from '../parsing/document-error.ts'
import { defaultLimits, assertWithin } from '../parsing/limits.ts'
import { parseInWorker, type ReadDocument } from '../parsing/parse-in-worker.ts'
import { type FailureCode, knowledgeSources, type readingStages } from '../schema.ts'
import { embedSource } from './embed-source.ts'

type Source = typeof knowledgeSources.$inferSelect

/** A document that takes the process down with it each time must not do so for ever. */
const mostAttempts = 5

const ourFault: Refusal = {
  code: 'internal',
  reason: 'Reading the document failed because of an error in Guildhall, not in the document.',
  remedy: 'Try again. If it fails again, save the document in another format, and tell whoever runs this installation.',
}

/**
 * Reads a source and replaces its chunks in one transaction: until then the old ones are found, and a process that dies
 * in between leaves nothing half done.
 */
export const ingestSource = job({
  name: 'knowledge.ingest',
  payload: z.object({ sourceId: z.uuid() }),
  maxAttempts: mostAttempts,
  async run({ sourceId }, ctx) {
    const source = await ctx.transaction((tx) => begin(tx, sourceId))
    if (!source) return
    try {
      const read = await readSource(ctx, source)
      await ctx.transaction((tx) => finish(tx, source, read))
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal) return ctx.transaction((tx) => fail(tx, source, refusal))
      await ctx.transaction((tx) => giveBack(tx, source, ctx.signal.aborted))
      throw error
    }
  },
  async failed({ sourceId }, error, ctx) {
    ctx.log.error({ err: error, sourceId }, 'a document could not be read')
    await ctx.transaction((tx) => fail(tx, { id: sourceId }, ourFault))
  },
})

interface Refusal {
  code: FailureCode
  reason: string
  remedy: string
}

/** What will be the same at the next attempt, in words for the person who added the source; null for what may pass. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof DocumentError) return { code: error.code, reason: error.message, remedy: error.remedy }
  if (error instanceof ReaderFailure) return ourFault
  if (error instanceof Problem && (error.status === 404 || error.status === 410))
    return {
      code: 'file_missing',
      reason: 'The file of this source is no longer stored.',
      remedy: 'Upload it again, or remove this source.',
    }
  return null
}

/** A bug in a reader: the same document would meet it again. */
class ReaderFailure extends Error {}

async function begin(ctx: TransactionContext, id: string): Promise<Source | null> {
  const [source] = await ctx.db.select().from(knowledgeSources).where(mine(ctx, id)).for('update')
  // Removed meanwhile, or read by an earlier run of this job that died after its commit.
  if (!source || source.state === 'ready' || source.state === 'failed') return null
  if (source.attempts >= mostAttempts) {
    await fail(ctx, source, {
      code: 'interrupted',
      reason: `Reading the document was begun ${source.attempts} times, and the server stopped each time.`,
      remedy: 'Split the document or save it in another format, then add it again.',
    })
    return null
  }
  await ctx.db
    .update(knowledgeSources)
    .set({ state: 'reading', stage: 'opening', attempts: source.attempts + 1, startedAt: ctx.now() })
    .where(mine(ctx, id))
  return source
}

async function readSource(ctx: Context, source: Source): Promise<ReadDocument> {
  assertWithin(source.size, defaultLimits.maxBytes, 'bytes')
  const { bytes, filename, mediaType } = await contentOf(ctx, source)
  await setStage(ctx, source.id, 'reading')
  try {
    const read = await parseInWorker({ bytes, filename, mediaType, signal: ctx.signal })
    await setStage(ctx, source.id, 'indexing')
    return read
  } catch (error) {
    if (error instanceof DocumentError || ctx.signal.aborted) throw error
    ctx.log.error({ err: error, sourceId: source.id, mediaType }, 'a document reader failed')
    throw new ReaderFailure('A document reader failed', { cause: error })
  }
}

async function contentOf(
  ctx: Context,
  source: Source,
): Promise<{ bytes: Uint8Array; filename: string; mediaType?: string }> {
  if (source.fileId !== null) {
    const { bytes, file } = await ctx.services.files.read(ctx, source.fileId)
    return { bytes, filename: file.name, mediaType: file.mediaType }
  }
  const text = source.text ?? ''
  return { bytes: new TextEncoder().encode(text), filename: isMarkdown(text) ? 'text.md' : 'text.txt' }
}

/** Headings or a table: signs that somebody wrote Markdown on purpose. */
function isMarkdown(text: string): boolean {
  return /^#{1,6} \S/m.test(text) || /^\|?[^|\n]+\|.*\n\|?\s*:?-{3,}/m.test(text)
}

async function finish(ctx: TransactionContext, source: Source, read: ReadDocument): Promise<void> {
  const [current] = await ctx.db.select().from(knowledgeSources).where(mine(ctx, source.id)).for('update')
  // Removed, or given another content, whose own job is queued.
  if (!current || current.contentHash !== source.contentHash) return
  const title = current.title === current.fileName ? read.document.title : current.title
  await replaceChunks(ctx, { ...current, title }, read.chunks)
  await ctx.db
    .update(knowledgeSources)
    .set({
      title,
      mediaType: read.document.mediaType,
      state: 'ready',
      stage: null,
      code: null,
      reason: null,
      remedy: null,
      chunkCount: read.chunks.length,
      tokens: read.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0),
      pages: read.document.pages ?? null,
      warnings: read.document.warnings,
      vectors: 'pending',
      vectorReason: null,
      finishedAt: ctx.now(),
    })
    .where(mine(ctx, source.id))
  ctx.enqueue(embedSource, { sourceId: source.id }, { key: source.id })
  ctx.emit('knowledge.source-ready', { sourceId: source.id, baseId: source.baseId, title, chunks: read.chunks.length })
  await bumpVersion(ctx, source.baseId)
}

async function fail(ctx: TransactionContext, source: { id: string }, refusal: Refusal): Promise<void> {
  const [row] = await ctx.db
    .update(knowledgeSources)
    .set({ state: 'failed', stage: null, ...refusal, finishedAt: ctx.now() })
    .where(mine(ctx, source.id))
    .returning({ baseId: knowledgeSources.baseId, title: knowledgeSources.title })
  if (row) ctx.emit('knowledge.source-failed', { sourceId: source.id, ...row, code: refusal.code })
}

/** For the next attempt. One that the server's stop cut short does not count. */
async function giveBack(ctx: TransactionContext, source: Source, stopped: boolean): Promise<void> {
  await ctx.db
    .update(knowledgeSources)
    .set({
      state: 'queued',
      stage: null,
      ...(stopped ? { attempts: sql`greatest(${knowledgeSources.attempts} - 1, 0)` } : {}),
    })
    .where(and(mine(ctx, source.id), eq(knowledgeSources.state, 'reading')))
}

async function setStage(ctx: Context, id: string, stage: (typeof readingStages)[number]): Promise<void> {
  await ctx.transaction((tx) => tx.db.update(knowledgeSources).set({ stage }).where(mine(tx, id)))
}

function mine(ctx: Context, id: string) {
  return and(eq(knowledgeSources.tenantId, ctx.tenant.id), eq(knowledgeSources.id, id))
}
