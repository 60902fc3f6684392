import type { Context, Runtime } from '@guildhall/kernel'
import { createAnswerMemory } from './answer-memory.ts'
import type { CacheableCall, CacheLookup, CacheMiss, CallCache, FoundAnswer } from './call-cache.ts'
import { callHash, contextHash } from './call-hash.ts'
import { createFlights, type Flight, type Landing } from './flights.ts'
import { callCacheTopic, findExact, findSimilar, type KeptCall } from './kept-calls.ts'
import { createKnownHashes } from './known-hashes.ts'
import { createWriteBehind } from './write-behind.ts'

export interface CallCacheSettings {
  /** Bytes of answers in memory, of all tenants together. */
  maxBytes: number
  /** Milliseconds that a call waits for an identical one at most. */
  waitMs: number
}

const defaults: CallCacheSettings = { maxBytes: 16 * 1024 * 1024, waitMs: 60_000 }
/** Characters of the largest answer that is kept. */
const longestPayload = 1_000_000

export function createCallCache(
  runtime: Runtime,
  settings: Partial<CallCacheSettings> = {},
): CallCache & { settled: () => Promise<void> } {
  const { maxBytes, waitMs } = { ...defaults, ...settings }
  const { broadcast } = runtime
  const memory = createAnswerMemory(maxBytes)
  const flights = createFlights(waitMs, () => performance.now())
  const known = createKnownHashes(broadcast)
  const behind = createWriteBehind(runtime)

  broadcast.subscribe(callCacheTopic, (subject) => {
    const [tenantId = '', route, hash] = subject.split('|')
    if (route !== undefined && hash !== undefined) known.add(tenantId, route, hash)
    else {
      memory.deletePrefix(`${tenantId}|`)
      known.clear(tenantId)
      behind.forget(tenantId)
    }
  })

  /** A route whose time was shortened gives no answer that is older. */
  const isFresh = (createdAt: Date, expiresAt: number, call: CacheableCall) => {
    const now = runtime.now().getTime()
    return expiresAt > now && createdAt.getTime() + call.seconds * 1000 > now
  }

  let epoch = broadcast.epoch

  /** Who was out of reach of notices has perhaps missed that something was cleared. A process that never heard any is alone. */
  function memoryHolds(): boolean {
    if (broadcast.epoch !== epoch) {
      epoch = broadcast.epoch
      memory.deletePrefix('')
    }
    return broadcast.live || epoch === 0
  }

  function fromMemory(name: string, call: CacheableCall): FoundAnswer | null {
    if (!memoryHolds()) return null
    const entry = memory.get(name)
    if (!entry) return null
    if (isFresh(entry.answer.createdAt, entry.expiresAt, call)) return entry.answer
    memory.delete(name)
    return null
  }

  function missed(
    ctx: Context,
    call: CacheableCall,
    hash: string,
    flight: Flight | null,
    similar: KeptCall['similar'],
  ): CacheMiss {
    return {
      state: 'miss',
      keep(answer) {
        if (answer.payload.length > longestPayload) {
          flight?.leave('not-kept')
          return
        }
        const createdAt = runtime.now()
        const expiresAt = new Date(createdAt.getTime() + call.seconds * 1000)
        const found: FoundAnswer = { ...answer, createdAt, similarity: null }
        memory.set(`${ctx.tenant.id}|${hash}`, { answer: found, expiresAt: expiresAt.getTime() })
        known.add(ctx.tenant.id, call.route, hash)
        behind.keep(ctx, { hash, route: call.route, answer, createdAt, expiresAt, similar })
        flight?.land(found)
      },
      leave: (why) => flight?.leave(why),
    }
  }

  function hit(ctx: Context, hash: string, answer: FoundAnswer): CacheLookup {
    behind.hit(ctx, hash)
    return { state: 'hit', answer }
  }

  /** Looks into the table, as the one for whom all others wait. */
  async function search(
    ctx: Context,
    call: CacheableCall,
    hash: string,
    flight: Flight | null,
    mayBeInTable: boolean,
  ): Promise<CacheLookup> {
    let similar: KeptCall['similar'] = null
    try {
      if (mayBeInTable && !call.noCache) {
        const found = await findExact(ctx, hash)
        if (found && isFresh(found.row.createdAt, found.row.expiresAt.getTime(), call)) {
          const entry = { answer: found.answer, expiresAt: found.row.expiresAt.getTime() }
          memory.set(`${ctx.tenant.id}|${hash}`, entry)
          flight?.land(found.answer)
          return hit(ctx, hash, found.answer)
        }
      }
      const embedded = call.similar && (await call.similar.embed(call.similar.question))
      if (call.similar && embedded) {
        const context = contextHash(call, call.similar.context)
        similar = { embedding: embedded.vector, model: embedded.model, contextHash: context }
        const found = call.noCache
          ? null
          : await findSimilar(ctx, {
              route: call.route,
              contextHash: context,
              vector: embedded.vector,
              model: embedded.model,
              least: call.similar.least,
            })
        if (found && isFresh(found.row.createdAt, found.row.expiresAt.getTime(), call)) {
          flight?.land(found.answer)
          return hit(ctx, found.row.requestHash, found.answer)
        }
      }
    } catch (error) {
      // A caller who leaves while it is looked up leads nobody any more.
      ctx.log.warn({ err: error }, 'cache of calls not read')
    }
    if (call.signal?.aborted) {
      flight?.leave('left')
      throw call.signal.reason
    }
    return missed(ctx, call, hash, flight, similar)
  }

  async function follow(
    ctx: Context,
    call: CacheableCall,
    hash: string,
    waiting: Promise<Landing>,
  ): Promise<CacheLookup> {
    const landing = await waiting
    if (landing.state === 'answer') return hit(ctx, hash, landing.answer)
    const flight = landing.state === 'lead' ? flights.begin(`${ctx.tenant.id}|${hash}`) : null
    return missed(ctx, call, hash, flight, null)
  }

  return {
    lookup(ctx, call) {
      const hash = callHash(call)
      const name = `${ctx.tenant.id}|${hash}`
      // Who wants nothing that was kept does not wait for others either, and nobody waits for them.
      if (call.noCache) return call.similar ? search(ctx, call, hash, null, false) : missed(ctx, call, hash, null, null)
      const remembered = fromMemory(name, call)
      if (remembered) return hit(ctx, hash, remembered)
      const underWay = flights.find(name)
      if (underWay) return follow(ctx, call, hash, underWay.wait(call.signal))
      const flight = flights.begin(name)
      const mayBeInTable = known.mayHave(ctx, call.route, hash)
      if (!mayBeInTable && !call.similar) return missed(ctx, call, hash, flight, null)
      return search(ctx, call, hash, flight, mayBeInTable)
    },
    settled: () => behind.settled(),
  }
}
