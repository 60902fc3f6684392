import { systemCaller, type Context, type Runtime } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { callCache } from '../schema.ts'
import { writeCalls, type KeptCall } from './kept-calls.ts'

/** Writes what was kept, and how often it was given, behind the answers: many at once. */
export interface WriteBehind {
  keep(ctx: Context, call: KeptCall): void
  hit(ctx: Context, hash: string): void
  /** What waits to be written of a tenant is not. */
  forget(tenantId: string): void
  settled(): Promise<void>
}

/** Answers that wait to be written at most; in a flood further ones stay in memory only, and the log says how many. */
const mostWaiting = 2_000
const batch = 100
const gatherMs = 100

interface Waiting {
  tenant: Context['tenant']
  calls: Map<string, KeptCall>
  hits: Map<string, number>
}

export function createWriteBehind(runtime: Runtime): WriteBehind {
  let waiting = new Map<string, Waiting>()
  let count = 0
  let leftOut = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function of({ tenant }: Context): Waiting {
    const known = waiting.get(tenant.id)
    if (known) return known
    const fresh: Waiting = { tenant, calls: new Map(), hits: new Map() }
    waiting.set(tenant.id, fresh)
    return fresh
  }

  async function write({ tenant, calls, hits }: Waiting): Promise<void> {
    const ctx = runtime.context(systemCaller(tenant, 'Cache of calls'))
    const all = [...calls.values()]
    for (let from = 0; from < all.length; from += batch) await writeCalls(ctx, all.slice(from, from + batch))
    if (hits.size === 0) return
    await ctx.transaction(async (tx) => {
      for (const [hash, times] of [...hits].toSorted(([a], [b]) => (a < b ? -1 : 1)))
        await tx.db
          .update(callCache)
          .set({ hits: sql`${callCache.hits} + ${times}` })
          .where(and(eq(callCache.tenantId, tenant.id), eq(callCache.requestHash, hash)))
    })
  }

  async function writeAll(before: Promise<void>, taken: readonly Waiting[]): Promise<void> {
    await before
    for (const each of taken)
      await write(each).catch((error: unknown) =>
        runtime.log.warn({ err: error, tenant: each.tenant.id }, 'cache of calls not written'),
      )
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const taken = [...waiting.values()]
    waiting = new Map()
    count = 0
    if (leftOut > 0) runtime.log.info({ answers: leftOut }, 'answers kept in memory only: too many at once')
    leftOut = 0
    writing = writeAll(writing, taken)
    return writing
  }

  const soon = () => {
    timer ??= setTimeout(() => void flush(), gatherMs)
  }

  return {
    keep(ctx, call) {
      if (count >= mostWaiting) {
        leftOut++
        return
      }
      count++
      of(ctx).calls.set(call.hash, call)
      soon()
    },
    hit(ctx, hash) {
      const { hits } = of(ctx)
      hits.set(hash, (hits.get(hash) ?? 0) + 1)
      soon()
    },
    forget: (tenantId) => void waiting.delete(tenantId),
    settled: flush,
  }
}
