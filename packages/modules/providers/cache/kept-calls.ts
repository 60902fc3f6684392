import { insertRows, type Context } from '@guildhall/kernel'
import { and, desc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { expireCallCache } from '../jobs/expire-call-cache.ts'
import { callCache } from '../schema.ts'
import type { FoundAnswer, KeptAnswer } from './call-cache.ts'

/** A row of the table before it is sealed. */
export interface KeptCall {
  hash: string
  route: string
  answer: KeptAnswer
  createdAt: Date
  expiresAt: Date
  similar: { embedding: Float32Array; model: string; contextHash: string } | null
}

/** Notices of this topic: `<tenant>|<route>|<hash>,...` were kept; `<tenant>` alone = all of it was cleared. */
export const callCacheTopic = 'call-cache'

const place = (hash: string) => ({ table: 'call_cache', column: 'response', row: hash })
const Sealed = z.object({ payload: z.string() })
/** Questions of one context that are compared, the newest first. */
const compared = 500

type Row = typeof callCache.$inferSelect

async function open(ctx: Context, row: Row, similarity: number | null): Promise<{ answer: FoundAnswer; row: Row }> {
  const { payload } = Sealed.parse(JSON.parse(await ctx.vault.open(place(row.requestHash), row.response)))
  const { provider, model, costMicros, createdAt } = row
  return { answer: { payload, provider, model, costMicros, createdAt, similarity }, row }
}

/** The tenant's own answer to exactly this. */
export async function findExact(ctx: Context, hash: string) {
  const [row] = await ctx.transaction(
    (tx) =>
      tx.db
        .select()
        .from(callCache)
        .where(
          and(
            eq(callCache.tenantId, ctx.tenant.id),
            eq(callCache.requestHash, hash),
            gt(callCache.expiresAt, ctx.now()),
          ),
        ),
    { readOnly: true },
  )
  return row ? open(ctx, row, null) : null
}

/** The tenant's answer to the question most like this one, on the same route and in the same context. */
export async function findSimilar(
  ctx: Context,
  asked: { route: string; contextHash: string; vector: Float32Array; model: string; least: number },
) {
  const rows = await ctx.transaction(
    (tx) =>
      tx.db
        .select({ hash: callCache.requestHash, embedding: callCache.embedding })
        .from(callCache)
        .where(
          and(
            eq(callCache.tenantId, ctx.tenant.id),
            eq(callCache.route, asked.route),
            eq(callCache.contextHash, asked.contextHash),
            eq(callCache.embeddingModel, asked.model),
            isNotNull(callCache.embedding),
            gt(callCache.expiresAt, ctx.now()),
          ),
        )
        .orderBy(desc(callCache.createdAt))
        .limit(compared),
    { readOnly: true },
  )
  let best: { hash: string; similarity: number } | null = null
  for (const { hash, embedding } of rows) {
    const similarity = embedding ? cosine(asked.vector, embedding) : 0
    if (similarity >= asked.least && similarity > (best?.similarity ?? Number.NEGATIVE_INFINITY))
      best = { hash, similarity }
  }
  if (!best) return null
  const found = await findExact(ctx, best.hash)
  return found && { ...found, answer: { ...found.answer, similarity: Math.min(1, best.similarity) } }
}

/** Of two vectors of length 1; those of another length of list have nothing in common. */
function cosine(vector: Float32Array, stored: Buffer): number {
  if (stored.byteLength !== vector.length * 4) return 0
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  let sum = 0
  for (const [at, value] of vector.entries()) sum += value * view.getFloat32(4 * at, true)
  return sum
}

function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, 4 * at)
  return bytes
}

/** Keeps answers of one tenant, and tells the other processes which. */
export async function writeCalls(ctx: Context, calls: readonly KeptCall[]): Promise<void> {
  const tenantId = ctx.tenant.id
  const rows = await Promise.all(
    calls.map(async ({ hash, route, answer, createdAt, expiresAt, similar }) => ({
      tenantId,
      requestHash: hash,
      route,
      response: await ctx.vault.seal(place(hash), JSON.stringify({ payload: answer.payload })),
      provider: answer.provider,
      model: answer.model,
      costMicros: answer.costMicros,
      embedding: similar && bytesOf(similar.embedding),
      embeddingModel: similar?.model ?? null,
      contextHash: similar?.contextHash ?? null,
      hits: 0,
      createdAt,
      expiresAt,
    })),
  )
  await ctx.transaction(async (tx) => {
    await insertRows(tx.db, callCache, rows, sql`(tenant_id, request_hash) do update set ${changed}`)
    for (const { hash, route } of calls) tx.notice(callCacheTopic, `${tenantId}|${route}|${hash}`)
    for (const hour of new Set(rows.map((row) => hourAfter(row.expiresAt))))
      tx.enqueue(expireCallCache, {}, { key: String(hour), runAt: new Date(hour) })
  })
}

const changed = sql.join(
  (
    [
      'route',
      'response',
      'provider',
      'model',
      'costMicros',
      'embedding',
      'embeddingModel',
      'contextHash',
      'createdAt',
      'expiresAt',
    ] as const
  ).map((column) => sql.raw(`${callCache[column].name} = excluded.${callCache[column].name}`)),
  sql`, `,
)

const hourMs = 3_600_000

/** Expired answers go hour by hour. */
function hourAfter(at: Date): number {
  return (Math.floor(at.getTime() / hourMs) + 1) * hourMs
}
