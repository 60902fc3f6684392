import { EngineInputError, startWork, type WorkOptions } from '../contract/index.ts'

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
  /** True once the time limit has passed; the answer then depends on the clock. @throws the reason of an aborted signal */
  expired(): boolean
  /** True when the clock decided about the course: the same call may give another answer elsewhere. */
  clocked(): boolean
}

/** Of the time limit; by then it shows whether the iterations will fit. */
const trialShare = 0.05

/**
 * Counts iterations; only when those would not end before the time limit does the clock take over, so that the course
 * ends cool in either case.
 * @throws EngineInputError for iterations and limits that cannot be counted, and for a search without any end
 */
export function budgetOf(options: SearchOptions, defaultIterations: number): SearchBudget {
  const limit = options.maxMillis ?? Infinity
  const iterations = options.iterations ?? defaultIterations
  refuseUnlessCountable('iterations', iterations)
  refuseUnlessCountable('maxMillis', limit)
  if (iterations === Infinity && limit === Infinity && !options.signal)
    throw new EngineInputError('out-of-range', [
      { field: 'iterations', row: null, message: 'must be finite, or there must be maxMillis or a signal' },
    ])
  const work = startWork(options)
  let hurried = false
  return {
    seed: work.seed,
    iterations,
    clocked: () => hurried,
    expired() {
      const late = work.expired()
      if (late) hurried = true
      return late
    },
    share(iteration, best) {
      const done = iterations === 0 ? 1 : iteration / iterations
      const late = work.expired()
      const spent = work.elapsed() / limit
      if (done < 1 && (late || (spent > trialShare && spent > done * 1.1 + 0.02))) hurried = true
      const share = late ? 1 : hurried ? Math.max(done, spent) : done
      work.progress(share, best === undefined ? 'searching' : `best so far ${String(best)}`)
      return share
    },
  }
}

function refuseUnlessCountable(field: string, value: number): void {
  if (!(value >= 0))
    throw new EngineInputError(Number.isNaN(value) ? 'not-finite' : 'out-of-range', [
      { field, row: null, message: `must be 0 or more, not ${String(value)}` },
    ])
}
