import { createRandom } from '../contract/index.ts'
import { createPool, type Pool } from '../pool/index.ts'
import type { SearchOptions } from './search-budget.ts'

type Search<R> = (problem: never, options: SearchOptions) => R

let shared: { pool: Pool; size: number } | undefined

/**
 * Runs a search with several seeds, in as many threads, and gives the best answer. The answer does not depend on how many
 * threads there are, only on how many searches were asked for.
 * @param args arguments before the options
 * @param scoreOf what a search tries to lower
 */
export async function runSearches<R>(
  moduleUrl: URL,
  exportName: string,
  args: readonly unknown[],
  options: SearchOptions & { searches: number },
  scoreOf: (result: R) => number,
): Promise<R> {
  const { searches, seed = 1, signal, maxMillis, onProgress, iterations } = options
  const streams = createRandom(seed)
  const seeds = Array.from({ length: searches }, (_, i) => (i === 0 ? seed : streams.fork(i).integer(2 ** 31)))
  const shares = new Float64Array(searches)
  const each = seeds.map((own, i) => ({
    seed: own,
    signal,
    maxMillis,
    iterations,
    onProgress: onProgress
      ? (share: number, what: string) => {
          shares[i] = share
          onProgress(shares.reduce((a, b) => a + b, 0) / searches, what)
        }
      : undefined,
  }))
  let results: R[]
  if (searches === 1) {
    const module = (await import(moduleUrl.href)) as Record<string, (...all: unknown[]) => R>
    results = each.map((own) => module[exportName]!(...args, own))
  } else {
    if (!shared || shared.size < searches) shared = { pool: createPool({ size: searches }), size: searches }
    const { pool } = shared
    results = await Promise.all(each.map((own) => pool.run<Search<R>>(moduleUrl, exportName, args, own)))
  }
  return results.reduce((best, result) => (scoreOf(result) < scoreOf(best) ? result : best))
}
