import { createRandom, EngineInputError } from '../contract/index.ts'
import { createPool, type Pool } from '../pool/index.ts'
import type { SearchOptions } from './search-budget.ts'

/** A search that can have several threads. */
export interface SearchesOptions extends SearchOptions {
  /** Independent searches with seeds of their own, each in a thread, 1 to 16; the best counts. 1 unless told, then in the caller's thread. */
  searches?: number | undefined
}

interface Found {
  /** Whether the clock had a say in the answer. */
  clocked: boolean
}

const mostSearches = 16

let shared: Pool | undefined

/** One thread for each search, so that their time limits run side by side; threads start when they are needed. */
function pool(): Pool {
  shared ??= createPool({ size: mostSearches })
  return shared
}

/**
 * Runs a search with several seeds, in as many threads, and gives the best answer. The answer does not depend on how many
 * threads there are, only on how many searches were asked for.
 * @param args arguments before the options
 * @param scoreOf what a search tries to lower
 * @throws EngineInputError for a number of searches that cannot be
 */
export async function runSearches<R extends Found>(
  moduleUrl: URL,
  exportName: string,
  args: readonly unknown[],
  options: SearchesOptions,
  scoreOf: (result: R) => number,
): Promise<R> {
  const { searches = 1, seed = 1, onProgress } = options
  if (!Number.isInteger(searches) || searches < 1 || searches > mostSearches)
    throw new EngineInputError('out-of-range', [
      { field: 'searches', row: null, message: `must be a whole number from 1 to ${String(mostSearches)}` },
    ])
  const streams = createRandom(seed)
  const seeds = Array.from({ length: searches }, (_, i) => (i === 0 ? seed : streams.fork(i).integer(2 ** 31)))
  const shares = new Float64Array(searches)
  const results = await Promise.all(
    seeds.map((own, i) =>
      runBeside<R>(moduleUrl, exportName, args, {
        ...options,
        seed: own,
        searches,
        onProgress: onProgress
          ? (share, what) => {
              shares[i] = share
              onProgress(shares.reduce((a, b) => a + b, 0) / searches, what)
            }
          : undefined,
      }),
    ),
  )
  const best = results.reduce((least, result) => (scoreOf(result) < scoreOf(least) ? result : least))
  return { ...best, clocked: results.some(({ clocked }) => clocked) }
}

/** Work that belongs to searches: in a thread when they have threads, else in the caller's. */
export async function runBeside<R>(
  moduleUrl: URL,
  exportName: string,
  args: readonly unknown[],
  { searches = 1, seed, signal, maxMillis, iterations, onProgress }: SearchesOptions,
): Promise<R> {
  const options = { seed, signal, maxMillis, iterations, onProgress }
  if (searches > 1)
    return pool().run<(problem: never, options: SearchOptions) => R>(moduleUrl, exportName, args, options)
  const module = (await import(moduleUrl.href)) as Record<string, (...all: unknown[]) => R>
  return module[exportName]!(...args, options)
}
