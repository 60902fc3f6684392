import { startWork, type WorkOptions } from '../contract/index.ts'

/** How far an improving search goes. */
export interface SearchOptions extends WorkOptions {
  /** Steps of the search. When they are done within `maxMillis` the clock has no say in the answer; Infinity uses all the time there is. */
  iterations?: number | undefined
}

/** The course of one search. */
export interface SearchBudget {
  readonly seed: number
  readonly iterations: number
  /** Share of the course that is behind, 0 to 1. At 1 the search ends. @throws the reason of an aborted signal */
  share(iteration: number, best?: number): number
  /** True when the clock decided about the course: the same call may give another answer elsewhere. */
  clocked(): boolean
}

/** Of the time limit; by then it shows whether the iterations will fit. */
const trialShare = 0.05

/**
 * Counts iterations; only when those would not end before the time limit does the clock take over, so that the course
 * ends cool in either case.
 */
export function budgetOf(options: SearchOptions, defaultIterations: number): SearchBudget {
  const work = startWork(options)
  const limit = options.maxMillis ?? Infinity
  const iterations = options.iterations ?? defaultIterations
  let hurried = false
  return {
    seed: work.seed,
    iterations,
    clocked: () => hurried,
    share(iteration, best) {
      const done = iteration / iterations
      const late = work.expired()
      const spent = work.elapsed() / limit
      if (late || (spent > trialShare && spent > done * 1.1 + 0.02)) hurried = true
      const share = late ? 1 : hurried ? Math.max(done, spent) : done
      work.progress(share, best === undefined ? 'searching' : `best so far ${String(best)}`)
      return share
    },
  }
}
