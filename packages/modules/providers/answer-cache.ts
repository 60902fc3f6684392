import type { Context } from '@guildhall/kernel'
import { and, eq, gt } from 'drizzle-orm'
import { z } from 'zod'
import { expireCachedAnswers } from './jobs/expire-cached-answers.ts'
import { cachedAnswers } from './schema.ts'

export interface CachedAnswer {
  text: string
  provider: string
  model: string
  createdAt: Date
}

const Sealed = z.object({ text: z.string() })
const place = (requestHash: string) => ({ table: 'cached_answers', column: 'response', row: requestHash })

/** The tenant's own answer to exactly this request, if one is kept. */
export async function findCachedAnswer(ctx: Context, requestHash: string): Promise<CachedAnswer | null> {
  const [row] = await ctx.transaction(
    (tx) =>
      tx.db
        .select()
        .from(cachedAnswers)
        .where(
          and(
            eq(cachedAnswers.tenantId, ctx.tenant.id),
            eq(cachedAnswers.requestHash, requestHash),
            gt(cachedAnswers.expiresAt, ctx.now()),
          ),
        ),
    { readOnly: true },
  )
  if (!row) return null
  const { text } = Sealed.parse(JSON.parse(await ctx.vault.open(place(requestHash), row.response)))
  return { text, provider: row.provider, model: row.model, createdAt: row.createdAt }
}

/** Keeps a complete answer in words as the last resort for the same request. */
export async function keepAnswer(
  ctx: Context,
  requestHash: string,
  answer: { text: string; provider: string; model: string },
  days: number,
): Promise<void> {
  const response = await ctx.vault.seal(place(requestHash), JSON.stringify({ text: answer.text }))
  const createdAt = ctx.now()
  const expiresAt = new Date(createdAt.getTime() + days * 86_400_000)
  const values = { response, provider: answer.provider, model: answer.model, createdAt, expiresAt }
  const day = expiresAt.toISOString().slice(0, 10)
  await ctx.transaction(async (tx) => {
    await tx.db
      .insert(cachedAnswers)
      .values({ tenantId: ctx.tenant.id, requestHash, ...values })
      .onConflictDoUpdate({ target: [cachedAnswers.tenantId, cachedAnswers.requestHash], set: values })
    tx.enqueue(expireCachedAnswers, {}, { key: day, runAt: new Date(Date.parse(day) + 86_400_000) })
  })
}
