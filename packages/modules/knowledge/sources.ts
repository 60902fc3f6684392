import { createHash } from 'node:crypto'
import { invalidInput, newId, notFound, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { bumpVersion, loadBase } from './bases.ts'
import { ingestSource } from './jobs/ingest-source.ts'
import { knowledgeSources } from './schema.ts'

export type SourceRow = typeof knowledgeSources.$inferSelect

/** @throws Problem 404 */
export async function loadSource(ctx: TransactionContext, id: string): Promise<SourceRow> {
  const [row] = await ctx.db
    .select()
    .from(knowledgeSources)
    .where(and(eq(knowledgeSources.tenantId, ctx.tenant.id), eq(knowledgeSources.id, id)))
  if (!row) throw notFound('knowledge source', id)
  return row
}

export interface NewFileSource {
  baseId: string
  fileId: string
  title?: string | undefined
}

/** Adds a stored file, or finds the source that has the same content. */
export async function addFile(ctx: TransactionContext, source: NewFileSource): Promise<SourceRow> {
  const base = await loadBase(ctx, source.baseId)
  const file = await ctx.services.files.find(ctx, source.fileId)
  if (!file) throw invalidInput([{ field: 'fileId', message: 'is not a file of this tenant; upload it first' }])
  return addSource(ctx, {
    baseId: base.id,
    kind: 'file',
    title: source.title?.trim() || file.name,
    identity: `hash:${file.sha256}`,
    contentHash: file.sha256,
    fileId: file.id,
    fileName: file.name,
    mediaType: file.mediaType,
    size: file.size,
    text: null,
  })
}

export interface NewTextSource {
  baseId: string
  title: string
  text: string
  key?: string | undefined
}

/** Adds a text, or finds the source with the same key or, without one, the same content. */
export async function addText(ctx: TransactionContext, source: NewTextSource): Promise<SourceRow> {
  const base = await loadBase(ctx, source.baseId)
  if (!/[\p{L}\p{N}]/u.test(source.text)) throw invalidInput([{ field: 'text', message: 'holds no words' }])
  const text = source.text.toWellFormed().replaceAll('\0', '')
  const contentHash = createHash('sha256').update(text).digest('hex')
  return addSource(ctx, {
    baseId: base.id,
    kind: 'text',
    title: source.title.trim() || 'Untitled text',
    identity: source.key === undefined ? `hash:${contentHash}` : `key:${source.key}`,
    contentHash,
    fileId: null,
    fileName: null,
    mediaType: 'text/plain',
    size: Buffer.byteLength(text),
    text,
  })
}

type Content = Pick<
  SourceRow,
  'baseId' | 'kind' | 'title' | 'identity' | 'contentHash' | 'fileId' | 'fileName' | 'mediaType' | 'size' | 'text'
>

async function addSource(ctx: TransactionContext, content: Content): Promise<SourceRow> {
  const now = ctx.now()
  const [inserted] = await ctx.db
    .insert(knowledgeSources)
    .values({ ...content, id: newId(), tenantId: ctx.tenant.id, state: 'queued', createdAt: now, queuedAt: now })
    .onConflictDoNothing()
    .returning()
  if (inserted) {
    queueReading(ctx, inserted)
    return inserted
  }
  const [known] = await ctx.db
    .select()
    .from(knowledgeSources)
    .where(
      and(
        eq(knowledgeSources.tenantId, ctx.tenant.id),
        eq(knowledgeSources.baseId, content.baseId),
        eq(knowledgeSources.identity, content.identity),
      ),
    )
    .for('update')
  if (!known) throw new Error('A knowledge source is neither new nor there')
  const changed = known.contentHash !== content.contentHash || (known.kind === 'text' && known.title !== content.title)
  // A file that was removed and uploaded again is read from the new copy.
  if (!changed && known.state !== 'failed' && known.fileId === content.fileId) return known
  return changed || known.state === 'failed' ? requeue(ctx, known.id, content) : update(ctx, known.id, content)
}

/** Lets a source be read again; its passages stay until the reading is complete. */
export async function requeue(ctx: TransactionContext, id: string, content: Partial<Content> = {}): Promise<SourceRow> {
  const row = await update(ctx, id, {
    ...content,
    state: 'queued',
    stage: null,
    code: null,
    reason: null,
    remedy: null,
    attempts: 0,
    queuedAt: ctx.now(),
    startedAt: null,
    finishedAt: null,
  })
  queueReading(ctx, row)
  return row
}

async function update(ctx: TransactionContext, id: string, values: Partial<SourceRow>): Promise<SourceRow> {
  const [row] = await ctx.db
    .update(knowledgeSources)
    .set(values)
    .where(and(eq(knowledgeSources.tenantId, ctx.tenant.id), eq(knowledgeSources.id, id)))
    .returning()
  if (!row) throw notFound('knowledge source', id)
  return row
}

function queueReading(ctx: TransactionContext, source: SourceRow): void {
  ctx.enqueue(ingestSource, { sourceId: source.id }, { key: source.id })
  ctx.emit('knowledge.source-queued', { sourceId: source.id, baseId: source.baseId, title: source.title })
}

/** Removes a source; its chunks and vectors go with it. @throws Problem 404 */
export async function removeSource(ctx: TransactionContext, id: string): Promise<SourceRow> {
  const [row] = await ctx.db
    .delete(knowledgeSources)
    .where(and(eq(knowledgeSources.tenantId, ctx.tenant.id), eq(knowledgeSources.id, id)))
    .returning()
  if (!row) throw notFound('knowledge source', id)
  ctx.emit('knowledge.source-removed', { sourceId: row.id, baseId: row.baseId, title: row.title })
  await bumpVersion(ctx, row.baseId)
  return row
}
