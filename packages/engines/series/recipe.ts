import type { Work } from '../contract/index.ts'
import { forecastAll, forecastIntermittent, plansFor, type Forecasts, type LearnedPlan } from './candidates.ts'
import { conformalWidths } from './conformal.ts'
import { selectEnsemble } from './ensemble.ts'
import { seasonsOf, type ForecastOptions } from './input.ts'
import type { SavedBoostedLags } from './methods/boosted-lags.ts'
import { rollOrigins, stepOf, type RollingResult } from './rolling-origin.ts'
import { TimeOver } from './time-over.ts'

/** How one kind of series is forecast: chosen by comparison at earlier origins. */
export interface Recipe {
  weights: [name: string, weight: number][]
  /** By level, half-widths by step ahead in units of the series' own step. */
  widths: [level: number, widths: number[]][]
  learned: LearnedPlan[]
  boosted: SavedBoostedLags | null
  /** Attempts that it was chosen by. */
  compared: number
  /** Whether the time limit left out comparisons. */
  cut: boolean
}

/** Origins to compare at: many for a single series, few where many series vote. */
function originsFor(count: number, lengths: readonly number[], horizon: number): number {
  if (count >= 50) return 2
  const median = lengths.toSorted((a, b) => a - b)[lengths.length >> 1] ?? 0
  return Math.max(1, Math.min(count >= 10 ? 4 : 8, Math.floor(median / 2 / horizon)))
}

/**
 * Compares all methods at earlier origins, combines the best, and takes their errors there for the intervals.
 * @param maxMillis what is not compared by then is left out
 */
export function learnRecipe(
  set: readonly Float64Array[],
  intermittent: boolean,
  options: ForecastOptions,
  work: Work,
  maxMillis: number,
): Recipe {
  const { horizon } = options
  const seasons = seasonsOf(options)
  const origins =
    options.origins ??
    originsFor(
      set.length,
      set.map((values) => values.length),
      horizon,
    )
  // The methods that are chosen are fitted once more, to everything.
  const within = (limit: number) => (share: number) => {
    if (work.expired() || work.elapsed() > limit) throw new TimeOver()
    work.progress(0.8 * share, 'Comparing methods at earlier origins')
  }
  const watch = within(forComparison * maxMillis)
  const plans = intermittent ? [] : plansFor(set, seasons)
  const request = { horizon, seasons, plans, watch, seed: work.seed }
  const shortest = seasons[0]
  const fewest = shortest === undefined ? 6 : Math.min(2 * shortest, 20)
  const rolled = rollOrigins(set, { ...request, intermittent, origins, fewest: Math.max(4, fewest) })
  // With fewer errors than this the best of many methods is the luckiest, and its errors are no measure.
  if (rolled.attempts.length * horizon < fewestErrors) return untried(set, intermittent, options, rolled.cut)
  const weights = selectEnsemble(rolled.names, rolled.attempts, set.length >= 10 ? 1 : 3)
  const wanted = new Set(weights.keys())
  const fitted = fitInTime(() =>
    (intermittent ? forecastIntermittent : forecastAll)(set, { ...request, wanted, watch: within(maxMillis) }),
  )
  if (!fitted) return untried(set, intermittent, options, true)
  const { learned, boosted } = fitted
  return {
    weights: [...weights],
    widths: options.levels.map((level) => [level, conformalWidths(residualsOf(rolled, weights, horizon), level)]),
    learned,
    boosted,
    compared: rolled.attempts.length,
    cut: rolled.cut,
  }
}

const fewestErrors = 8

/** Share of a time limit that the comparison may take. */
const forComparison = 0.6

function fitInTime(compute: () => Forecasts): Forecasts | null {
  try {
    return compute()
  } catch (error) {
    if (error instanceof TimeOver) return null
    throw error
  }
}

/**
 * Too short to be tried at an earlier origin, or no time for it: the mean of smoothing with and without a damped trend
 * (combinations of smoothing are hard to beat where little is known: Makridakis & Hibon 2000), with intervals from the
 * series' steps.
 */
export function untried(
  set: readonly Float64Array[],
  intermittent: boolean,
  options: ForecastOptions,
  cut = false,
): Recipe {
  const steps: number[] = []
  for (const values of set) {
    const step = stepOf(values, [])
    for (let t = 1; t < values.length; t++) steps.push(Math.abs(values[t]! - values[t - 1]!) / step)
  }
  return {
    weights: intermittent ? [['tsb', 1]] : plainest.map((name) => [name, 1 / plainest.length]),
    widths: options.levels.map((level) => {
      const [width = 0] = conformalWidths([steps], level)
      // Steps of a random walk add up with the root of their number.
      return [level, Array.from({ length: options.horizon }, (_, h) => width * Math.sqrt(h + 1))]
    }),
    learned: [],
    boosted: null,
    compared: 0,
    cut,
  }
}

const plainest = ['simple smoothing', 'damped trend']

function residualsOf(
  { names, attempts }: RollingResult,
  weights: ReadonlyMap<string, number>,
  horizon: number,
): number[][] {
  const residuals: number[][] = Array.from({ length: horizon }, () => [])
  for (const { actual, forecasts, step } of attempts)
    for (let h = 0; h < horizon; h++) {
      let mean = 0
      for (const [name, weight] of weights) mean += weight * forecasts[names.indexOf(name)]![h]!
      residuals[h]!.push(Math.abs(actual[h]! - mean) / step)
    }
  return residuals
}
