/** How a long computation may run and be watched. */
export interface WorkOptions {
  /** Seed of the random numbers; 1 unless told. */
  seed?: number | undefined
  /** Ends the work; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds after which the best answer so far is returned, with its bound or gap. */
  maxMillis?: number | undefined
  /** @param share of the work done, 0 to 1 */
  onProgress?: ((share: number, what: string) => void) | undefined
}

/** The clock of one computation. */
export interface Work {
  readonly seed: number
  /** True once the time limit has passed: return the best answer so far. @throws the reason of an aborted signal */
  expired(): boolean
  /** Milliseconds since the start. */
  elapsed(): number
  progress(share: number, what: string): void
}

/** Progress is told at most so often. */
const progressEveryMs = 100

export function startWork(options: WorkOptions = {}): Work {
  const started = performance.now()
  const limit = options.maxMillis ?? Infinity
  let told = -Infinity
  return {
    seed: options.seed ?? 1,
    elapsed: () => performance.now() - started,
    expired() {
      options.signal?.throwIfAborted()
      return performance.now() - started >= limit
    },
    progress(share, what) {
      const now = performance.now()
      if (!options.onProgress || (now - told < progressEveryMs && share < 1)) return
      told = now
      options.onProgress(Math.min(1, Math.max(0, share)), what)
    },
  }
}
