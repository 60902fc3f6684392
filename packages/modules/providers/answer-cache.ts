import { insertRows, type Context } from '@guildhall/kernel'
import { and, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { expireCachedAnswers } from './jobs/expire-cached-answers.ts'
import { cachedAnswers } from './schema.ts'

interface GivenAnswer {
  text: string
  provider: string
  model: string
}

interface CachedAnswer extends GivenAnswer {
  createdAt: Date
}

/**
 * Complete answers in words, each as the last resort for the same request of the same tenant. Written behind the answer,
 * many at once: it must not wait for what is only needed on the day when nobody answers.
 */
export interface AnswerKeeper {
  keep(ctx: Context, requestHash: string, answer: GivenAnswer): void
  /** The tenant's own answer to exactly this request, if one is kept. */
  find(ctx: Context, requestHash: string): Promise<CachedAnswer | null>
  /** Resolves when what was kept before is written. */
  settled(): Promise<void>
}

const Sealed = z.object({ text: z.string() })
const place = (requestHash: string) => ({ table: 'cached_answers', column: 'response', row: requestHash })

/** Answers that wait to be written at most; in a flood further ones are left out, and the log says how many. */
const mostWaiting = 2_000
const batch = 200
const gatherMs = 250

interface Waiting {
  ctx: Context
  answers: Map<string, CachedAnswer>
}

/** @param days how long an answer is kept */
export function createAnswerKeeper(days: number): AnswerKeeper {
  let waiting = new Map<string, Waiting>()
  let count = 0
  let leftOut = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const taken = [...waiting.values()]
    waiting = new Map()
    count = 0
    writing = writing.then(async () => {
      for (const { ctx, answers } of taken) {
        if (leftOut > 0) ctx.log.info({ answers: leftOut }, 'answers not kept for the last resort: too many at once')
        leftOut = 0
        await write(ctx, [...answers], days).catch((error: unknown) =>
          ctx.log.warn({ err: error }, 'answers not kept for the last resort'),
        )
      }
    })
    return writing
  }

  return {
    keep(ctx, requestHash, answer) {
      if (count >= mostWaiting) {
        leftOut++
        return
      }
      const those = waiting.get(ctx.tenant.id) ?? { ctx, answers: new Map<string, CachedAnswer>() }
      waiting.set(ctx.tenant.id, those)
      those.answers.set(requestHash, { ...answer, createdAt: ctx.now() })
      count++
      timer ??= setTimeout(() => void flush(), gatherMs).unref()
    },
    async find(ctx, requestHash) {
      const fresh = waiting.get(ctx.tenant.id)?.answers.get(requestHash)
      if (fresh) return fresh
      await writing
      return read(ctx, requestHash)
    },
    settled: flush,
  }
}

async function read(ctx: Context, requestHash: string): Promise<CachedAnswer | null> {
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

const replaced = sql.raw(
  ['response', 'provider', 'model', 'created_at', 'expires_at'].map((name) => `${name} = excluded.${name}`).join(', '),
)

async function write(ctx: Context, answers: readonly [string, CachedAnswer][], days: number): Promise<void> {
  for (let from = 0; from < answers.length; from += batch) {
    const rows = await Promise.all(
      answers.slice(from, from + batch).map(async ([requestHash, { text, provider, model, createdAt }]) => ({
        tenantId: ctx.tenant.id,
        requestHash,
        response: await ctx.vault.seal(place(requestHash), JSON.stringify({ text })),
        provider,
        model,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + days * 86_400_000),
      })),
    )
    // In one order everywhere: two processes that keep the same answers would otherwise wait for each other.
    rows.sort((a, b) => (a.requestHash < b.requestHash ? -1 : 1))
    const expireOn = new Set(rows.map((row) => row.expiresAt.toISOString().slice(0, 10)))
    await ctx.transaction(async (tx) => {
      await insertRows(tx.db, cachedAnswers, rows, sql`(tenant_id, request_hash) do update set ${replaced}`)
      for (const day of expireOn)
        tx.enqueue(expireCachedAnswers, {}, { key: day, runAt: new Date(Date.parse(day) + 86_400_000) })
    })
  }
}
