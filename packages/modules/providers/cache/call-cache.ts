import type { Context } from '@guildhall/kernel'

/** A call as the cache sees it. Two calls are the same when `form`, `route`, `routeVersion`, `projectId` and `asked` are. */
export interface CacheableCall {
  /** What kind of payload is kept (`parts`, `openai-chat`, ...): one form's answers are never given to another. */
  form: string
  /** Id of the route: two routes of one name (a project's, the tenant's) are two. */
  route: string
  /** Counts the changes of the route: what was answered before one is not given after it. */
  routeVersion: number
  projectId: string | null
  /** Everything that decides the answer: model, system, tools, messages and all parameters. In any order, JSON or bytes. */
  asked: unknown
  /** How long an answer is given again, in seconds (the route's `cacheSeconds`). */
  seconds: number
  /** `Cache-Control: no-cache` of the caller: nothing kept is given, what comes is kept. */
  noCache: boolean
  /** For answers to like questions; null = exact only. */
  similar: SimilarQuestion | null
  /** The caller's: one who leaves waits no longer. */
  signal: AbortSignal | undefined
}

interface SimilarQuestion {
  /** Least cosine similarity (the route's `similarity`), 0 to 1. */
  least: number
  /** The last words of the user. */
  question: string
  /** Everything but the question: only calls with the same are compared. */
  context: unknown
  /** By the tenant's embedding provider; vectors of length 1. Null = nobody embeds. */
  embed(text: string): Promise<{ vector: Float32Array; model: string } | null>
}

/** An answer that may be given again. */
export interface KeptAnswer {
  /** What the caller's form makes of it; see `cache/parts.ts` for the form `parts`. */
  payload: string
  provider: string
  model: string
  /** USD micro-units that it has cost when it was made; null = unknown. Given again it costs 0. */
  costMicros: number | null
}

export interface FoundAnswer extends KeptAnswer {
  createdAt: Date
  /** Null = exactly this was asked; else the cosine similarity of the question it answers. */
  similarity: number | null
}

/** Nothing was found: the caller asks a provider, and says once how that went. Others may be waiting for it. */
export interface CacheMiss {
  state: 'miss'
  /** The answer is complete and may be given again. Never throws; the table is written behind. */
  keep(answer: KeptAnswer): void
  /**
   * There is nothing to keep. `left` = this caller went away, the next one who waits asks instead; `failed` and
   * `not-kept` = all who wait ask for themselves. After `keep` it means nothing.
   */
  leave(why: 'left' | 'failed' | 'not-kept'): void
}

export type CacheLookup = { state: 'hit'; answer: FoundAnswer } | CacheMiss

/**
 * Answers that are given again for the same (or a like) call of the same tenant. In memory first (bounded in bytes),
 * then in the table, sealed under the tenant's key. Identical calls at the same time in one process are one call.
 */
export interface CallCache {
  /**
   * Synchronous where memory knows the answer. A cache that cannot be read is a miss, never an error.
   * @throws the reason of `signal` when the caller leaves while waiting
   */
  lookup(ctx: Context, call: CacheableCall): CacheLookup | Promise<CacheLookup>
}

/** Value of `x-guildhall-cache`. */
export function cacheHeader(lookup: CacheLookup): string {
  if (lookup.state === 'miss') return 'miss'
  const { similarity } = lookup.answer
  return similarity === null ? 'hit' : `similar;${similarity.toFixed(2)}`
}
