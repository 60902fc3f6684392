import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  forbidden,
  invalidInput,
  isId,
  newId,
  notFound,
  tenants,
  type Context,
  type Runtime,
  type Tenant,
  type TransactionContext,
} from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import type { Bucket, FileStore, NewFile, Recorded, Storage, StoredFile } from './file-store.ts'
import { cleanFileName } from './file-name.ts'
import { eraseFile } from './jobs/erase-file.ts'
import { mediaTypeOf, sampleBytes } from './media-type.ts'
import { files } from './schema.ts'
import { signLink, verifyLink } from './signed-link.ts'
import { asUploadProblem } from './upload-problems.ts'

export interface FileStoreParts {
  runtime: Runtime
  storage: Storage
  /** Signs links; whoever has it can open every file. */
  signingKey: Buffer
  /** Largest file that any bucket takes. */
  maxBytes: number
}

/** The port over a storage. */
export function createFileStore({ runtime, storage, signingKey, maxBytes }: FileStoreParts): FileStore {
  const buckets = new Map<string, Bucket>([['files', { name: 'files', title: 'Files', accept: [] }]])

  async function mustFind(ctx: Context, id: string): Promise<StoredFile> {
    const file = await ctx.transaction((tx) => find(tx, id), { readOnly: true })
    if (!file) throw notFound('file', id)
    return file
  }

  async function save(ctx: Context, given: NewFile, recorded?: Recorded): Promise<StoredFile> {
    const bucket = bucketNamed(given.bucket)
    const name = cleanFileName(given.name)
    if (given.projectId !== undefined && !isId(given.projectId))
      throw invalidInput([{ field: 'projectId', message: 'must be a UUID' }])
    const source = given.body instanceof Readable ? given.body : Readable.from([Buffer.from(given.body)])
    try {
      const { sample, body } = await peek(source)
      if (sample.length === 0) throw invalidInput([{ field: 'body', message: 'the file is empty' }])
      const mediaType = await mediaTypeOf({ sample, name, declared: given.mediaType, accept: bucket.accept })
      const id = newId()
      const written = await storage.put(keyOf(ctx.tenant.id, id), body, {
        maxBytes: bucket.maxBytes,
        signal: ctx.signal,
      })
      const file: StoredFile = {
        id,
        name,
        bucket: bucket.name,
        mediaType,
        ...written,
        projectId: given.projectId ?? null,
        createdAt: runtime.now(),
      }
      // When this fails the bytes stay behind without a row, and the sweep finds them: a commit whose answer got lost
      // may have happened, so they must not be deleted here.
      await ctx.transaction(async (tx) => {
        const { actor } = ctx
        await tx.db.insert(files).values({
          ...file,
          tenantId: ctx.tenant.id,
          createdBy: `${actor.type}:${actor.id}`,
          createdByName: actor.name,
        })
        tx.emit('file.stored', { fileId: id, bucket: file.bucket, mediaType, projectId: file.projectId })
        await recorded?.(tx, file)
      })
      return file
    } catch (error) {
      source.destroy()
      throw asUploadProblem(error)
    }
  }

  function bucketNamed(name: string): Bucket & { maxBytes: number } {
    const bucket = buckets.get(name)
    if (!bucket) throw invalidInput([{ field: 'bucket', message: `must be one of ${[...buckets.keys()].join(', ')}` }])
    return { ...bucket, maxBytes: Math.min(maxBytes, bucket.maxBytes ?? maxBytes) }
  }

  return {
    save,
    find,
    async read(ctx, id) {
      const file = await mustFind(ctx, id)
      return { file, bytes: await buffer(await storage.get(keyOf(ctx.tenant.id, id))) }
    },
    async open(ctx, id, range) {
      const file = await mustFind(ctx, id)
      return { file, body: await storage.get(keyOf(ctx.tenant.id, id), range) }
    },
    async remove(ctx, id) {
      await ctx.transaction((tx) => removeFile(tx, id))
    },
    removeProject: removeProjectFiles,
    async erase(ctx, id) {
      await storage.delete(keyOf(ctx.tenant.id, id))
      await ctx.transaction((tx) =>
        tx.db.delete(files).where(and(eq(files.tenantId, ctx.tenant.id), eq(files.id, id), eq(files.state, 'removed'))),
      )
    },
    registerBucket(bucket) {
      const known = buckets.get(bucket.name)
      if (known && JSON.stringify(policyOf(known)) !== JSON.stringify(policyOf(bucket)))
        throw new Error(`Two buckets are named ${bucket.name} and differ in what they accept`)
      buckets.set(bucket.name, bucket)
    },
    bucket: bucketNamed,
    signedUrl(ctx, id, seconds) {
      const expires = Math.floor(runtime.now().getTime() / 1000) + seconds
      const query = new URLSearchParams({
        tenant: ctx.tenant.id,
        expires: String(expires),
        signature: signLink(signingKey, ctx.tenant.id, id, expires),
      })
      return `/api/files/${id}/content?${query.toString()}`
    },
    async contextOfLink(ctx, id, link) {
      const expires = Number(link.expires)
      const genuine =
        isId(link.tenant) &&
        Number.isSafeInteger(expires) &&
        verifyLink(signingKey, link.tenant, id, expires, link.signature)
      if (!genuine) throw forbidden('This link was altered or is incomplete. Ask for a new one.')
      if (expires * 1000 <= runtime.now().getTime()) throw forbidden('This link has expired. Ask for a new one.')
      const tenant = await tenantOf(runtime, link.tenant)
      if (!tenant) throw notFound('file', id)
      const caller = { ...ctx.caller, tenant, role: 'viewer' as const, scopes: ['files:read'] }
      return runtime.context(caller, { requestId: ctx.requestId, signal: ctx.signal })
    },
  }
}

async function find(ctx: TransactionContext, id: string): Promise<StoredFile | null> {
  if (!isId(id)) return null
  const [row] = await ctx.db
    .select()
    .from(files)
    .where(and(eq(files.tenantId, ctx.tenant.id), eq(files.id, id), eq(files.state, 'stored')))
  return row ? fileOf(row) : null
}

/** Hides a file and queues the erasure of its bytes, in the caller's transaction. @throws Problem 404 */
export async function removeFile(ctx: TransactionContext, id: string): Promise<StoredFile> {
  const [row] = await ctx.db
    .update(files)
    .set({ state: 'removed' })
    .where(and(eq(files.tenantId, ctx.tenant.id), eq(files.id, id), eq(files.state, 'stored')))
    .returning()
  if (!row) throw notFound('file', id)
  ctx.enqueue(eraseFile, { id })
  ctx.emit('file.removed', { fileId: id, bucket: row.bucket, projectId: row.projectId })
  return fileOf(row)
}

async function removeProjectFiles(ctx: TransactionContext, projectId: string): Promise<number> {
  const rows = await ctx.db
    .update(files)
    .set({ state: 'removed' })
    .where(and(eq(files.tenantId, ctx.tenant.id), eq(files.projectId, projectId), eq(files.state, 'stored')))
    .returning({ id: files.id })
  for (const { id } of rows) ctx.enqueue(eraseFile, { id })
  return rows.length
}

function keyOf(tenantId: string, id: string): string {
  return `${tenantId}/${id}`
}

function fileOf(row: typeof files.$inferSelect): StoredFile {
  const { id, name, bucket, mediaType, size, sha256, projectId, createdAt } = row
  return { id, name, bucket, mediaType, size, sha256, projectId, createdAt }
}

function policyOf(bucket: Bucket): unknown {
  return [[...bucket.accept].sort(), bucket.maxBytes ?? null]
}

async function tenantOf(runtime: Runtime, id: string): Promise<Tenant | null> {
  const [row] = await runtime.database.within({ tenantId: id, readOnly: true }, (db) =>
    db.select().from(tenants).where(eq(tenants.id, id)),
  )
  return row ? { id: row.id, kind: row.kind, slug: row.slug, name: row.name, agencyId: row.agencyId } : null
}

/** The first bytes of a stream, and a stream that still has all of them. */
async function peek(source: Readable): Promise<{ sample: Buffer; body: Readable }> {
  const chunks: Buffer[] = []
  let size = 0
  const iterator: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  while (size < sampleBytes) {
    const next = await iterator.next()
    if (next.done) return { sample: Buffer.concat(chunks), body: Readable.from(chunks, { objectMode: false }) }
    chunks.push(Buffer.from(next.value))
    size += next.value.byteLength
  }
  async function* whole() {
    yield* chunks
    for (;;) {
      const next = await iterator.next()
      if (next.done) return
      yield next.value
    }
  }
  return { sample: Buffer.concat(chunks).subarray(0, sampleBytes), body: Readable.from(whole(), { objectMode: false }) }
}
