import { z } from 'zod'
import {
  loadModel,
  Provenance,
  provenanceOf,
  saveModel,
  startWork,
  type SavedModel,
  type Warning,
  type Work,
  type WorkOptions,
} from '../contract/index.ts'
import { forecastAll, forecastIntermittent, plansFor, type Forecasts, type LearnedPlan } from './candidates.ts'
import { clean, cleaningWarnings } from './clean.ts'
import { conformalWidths } from './conformal.ts'
import { combine, selectEnsemble } from './ensemble.ts'
import { learnEvents, type EventEffects } from './events.ts'
import { checkOptions, checkSeries, ForecastOptions, refuseUnknownSeries, seasonsOf, type Series } from './input.ts'
import type { SavedBoostedLags } from './methods/boosted-lags.ts'
import { isIntermittent } from './methods/intermittent.ts'
import { rollOrigins, stepOf, type RollingResult } from './rolling-origin.ts'
import { TimeOver } from './time-over.ts'

const engine = 'series/forecast'
const version = '1'
const modelVersion = 1

/** Forecast of one series. All arrays are `[horizon]`, in the unit of the series. */
export const SeriesForecast = z.object({
  id: z.string(),
  mean: z.array(z.number()),
  intervals: z.array(
    z.object({
      level: z.number().describe('Share of future values that it shall hold'),
      lower: z.array(z.number()),
      upper: z.array(z.number()),
    }),
  ),
  methods: z.array(z.object({ name: z.string(), weight: z.number() })).describe('What the forecast is the mean of'),
  events: z
    .array(z.object({ name: z.string(), effect: z.number(), happened: z.int() }))
    .describe('What each known event adds when it happens, and how often it has'),
})
export type SeriesForecast = z.infer<typeof SeriesForecast>

export const ForecastResult = z.object({ forecasts: z.array(SeriesForecast), provenance: Provenance })
export type ForecastResult = z.infer<typeof ForecastResult>

/** How one kind of series is forecast: chosen by comparison at earlier origins. */
interface Recipe {
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

interface Contents {
  options: ForecastOptions
  regular: Recipe | null
  intermittent: Recipe | null
  seed: number
}

export type ForecastModel = SavedModel<Contents>

/** A series ready for the methods. */
interface Prepared {
  id: string
  values: Float64Array
  events: EventEffects | null
}

function prepare(series: readonly Series[], options: ForecastOptions, work: Work, warnings: Warning[]): Prepared[] {
  const seasons = seasonsOf(options)
  return series.map(({ id, values: raw }) => {
    work.expired()
    const cleaned = clean(raw, seasons, options.outliers === 'replace')
    warnings.push(...cleaningWarnings(id, cleaned, options.outliers === 'replace'))
    const mine = (options.events ?? []).filter((event) => event.series === undefined || event.series === id)
    const offset = raw.length - cleaned.values.length
    const events = mine.length > 0 ? learnEvents(cleaned.values, mine, seasons, options.horizon, offset) : null
    return { id, values: events ? events.values : cleaned.values, events }
  })
}

/** Origins to compare at: many for a single series, few where many series vote. */
function originsFor(count: number, lengths: readonly number[], horizon: number): number {
  if (count >= 50) return 2
  const median = lengths.toSorted((a, b) => a - b)[lengths.length >> 1] ?? 0
  return Math.max(1, Math.min(count >= 10 ? 4 : 8, Math.floor(median / 2 / horizon)))
}

function learnRecipe(
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
function untried(set: readonly Float64Array[], intermittent: boolean, options: ForecastOptions, cut = false): Recipe {
  const steps: number[] = []
  for (const values of set) {
    const step = stepOf(values, [])
    for (let t = 1; t < values.length; t++) steps.push(Math.abs(values[t]! - values[t - 1]!) / step)
  }
  return {
    weights: intermittent ? [['tsb', 1]] : plainest.map((name) => [name, 1 / plainest.length]),
    widths: options.levels.map((level) => [
      level,
      // Steps of a random walk add up with the root of their number.
      Array.from({ length: options.horizon }, (_, h) => conformalWidths([steps], level)[0]! * Math.sqrt(h + 1)),
    ]),
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

/**
 * Chooses how a set of series is forecast: all methods are compared at earlier origins, the best are combined, and
 * their errors there become the intervals. Series with demand now and then are treated apart.
 * @throws EngineInputError
 */
export function fitForecast(
  series: readonly z.input<typeof Series>[],
  options: z.input<typeof ForecastOptions>,
  workOptions: WorkOptions = {},
): ForecastModel {
  const checked = checkOptions(options)
  const work = startWork(workOptions)
  const set = checkSeries(series)
  refuseUnknownSeries(set, checked)
  const prepared = prepare(set, checked, work, [])
  return fitPrepared(prepared, checked, work, workOptions.maxMillis)
}

function fitPrepared(
  prepared: readonly Prepared[],
  options: ForecastOptions,
  work: Work,
  maxMillis = Infinity,
): ForecastModel {
  const kinds = splitKinds(prepared)
  const learn = (members: readonly Prepared[], intermittent: boolean) =>
    members.length === 0
      ? null
      : learnRecipe(
          members.map(({ values }) => values),
          intermittent,
          options,
          work,
          maxMillis,
        )
  const contents: Contents = {
    options,
    regular: learn(kinds.regular, false),
    intermittent: learn(kinds.intermittent, true),
    seed: work.seed,
  }
  return saveModel(engine, modelVersion, contents)
}

function splitKinds(prepared: readonly Prepared[]) {
  const intermittent = prepared.filter(({ values }) => isIntermittent(values))
  return { intermittent, regular: prepared.filter((each) => !intermittent.includes(each)) }
}

/** The shape was written by `fitForecast`; `loadModel` has checked who wrote it. */
function contentsOf(model: SavedModel): Contents {
  return loadModel(model, engine, modelVersion) as Contents
}

/**
 * Forecasts series by a fitted model: those of the fit, grown since, or others of their kind.
 * @throws EngineInputError, ModelVersionError
 */
export function applyForecast(
  model: SavedModel,
  series: readonly z.input<typeof Series>[],
  workOptions: WorkOptions = {},
): ForecastResult {
  const contents = contentsOf(model)
  const warnings: Warning[] = []
  const checked = checkSeries(series)
  const work = startWork(workOptions)
  const prepared = prepare(checked, contents.options, work, warnings)
  const forecasts = forecastPrepared(contents, prepared, work, warnings)
  return { forecasts, provenance: provenanceOf(engine, version, contents.seed, [contents, checked], warnings) }
}

/** Fits and applies in one go. @throws EngineInputError */
export function forecast(
  series: readonly z.input<typeof Series>[],
  options: z.input<typeof ForecastOptions>,
  workOptions: WorkOptions = {},
): ForecastResult {
  const checked = checkOptions(options)
  const set = checkSeries(series)
  const work = startWork(workOptions)
  refuseUnknownSeries(set, checked)
  const warnings: Warning[] = []
  const prepared = prepare(set, checked, work, warnings)
  const contents = contentsOf(fitPrepared(prepared, checked, work, workOptions.maxMillis))
  const forecasts = forecastPrepared(contents, prepared, work, warnings)
  work.progress(1, 'Forecast')
  return { forecasts, provenance: provenanceOf(engine, version, work.seed, [set, checked], warnings) }
}

function forecastPrepared(
  contents: Contents,
  prepared: readonly Prepared[],
  work: Work,
  warnings: Warning[],
): SeriesForecast[] {
  const { options } = contents
  const done = new Map<Prepared, SeriesForecast>()
  const kinds = splitKinds(prepared)
  for (const [members, own, other, intermittent] of [
    [kinds.regular, contents.regular, contents.intermittent, false],
    [kinds.intermittent, contents.intermittent, contents.regular, true],
  ] as const) {
    if (members.length === 0) continue
    const set = members.map(({ values }) => values)
    const recipe = own ?? {
      ...untried(set, intermittent, options),
      widths: (other ?? untried(set, intermittent, options)).widths,
    }
    if (recipe.cut)
      warnings.push({
        code: 'time-limit',
        message: `The time limit ended the comparison of methods after ${String(recipe.compared)} attempts; a longer one may choose better.`,
      })
    else if (recipe.compared === 0)
      warnings.push({
        code: 'not-compared',
        message: `${members
          .map(({ id }) => id)
          .slice(0, 5)
          .join(', ')}: too short to compare methods; plain smoothing was used and its intervals are a guess.`,
      })
    const weights = new Map(recipe.weights)
    const { paths } = (intermittent ? forecastIntermittent : forecastAll)(set, {
      horizon: options.horizon,
      seasons: seasonsOf(options),
      wanted: new Set(weights.keys()),
      learned: recipe.learned,
      boosted: recipe.boosted,
      watch: (share) => {
        work.expired()
        work.progress(0.8 + 0.2 * share, 'Forecasting')
      },
    })
    for (const [i, each] of members.entries()) {
      const mean = combine(weights, paths, i, options.horizon)
      if (each.events) for (let h = 0; h < mean.length; h++) mean[h]! += each.events.ahead[h]!
      done.set(each, withIntervals(each, mean, recipe, options, intermittent))
    }
  }
  return prepared.map((each) => done.get(each)!)
}

function withIntervals(
  { id, values, events }: Prepared,
  mean: Float64Array,
  recipe: Recipe,
  options: ForecastOptions,
  intermittent: boolean,
): SeriesForecast {
  // Demand that comes now and then was never negative.
  const { minimum = intermittent ? Math.min(0, options.maximum ?? 0) : -Infinity, maximum = Infinity } = options
  const within = (value: number) => Math.min(maximum, Math.max(minimum, value))
  const step = stepOf(values, seasonsOf(options))
  return {
    id,
    mean: Array.from(mean, within),
    intervals: recipe.widths.map(([level, widths]) => ({
      level,
      lower: Array.from(mean, (value, h) => within(value - widths[h]! * step)),
      upper: Array.from(mean, (value, h) => within(value + widths[h]! * step)),
    })),
    methods: recipe.weights.map(([name, weight]) => ({ name, weight })),
    events: events?.effects ?? [],
  }
}

/** What a model does, in words and weights. */
export function explainForecast(model: SavedModel) {
  const { options, regular, intermittent } = contentsOf(model)
  const told = (recipe: Recipe | null) =>
    recipe && {
      methods: recipe.weights.map(([name, weight]) => ({ name, weight })),
      comparedAt: recipe.compared,
      longestLag: Math.max(0, ...recipe.learned.flatMap(({ plan }) => plan.lags)),
    }
  return {
    horizon: options.horizon,
    seasons: seasonsOf(options),
    regular: told(regular),
    intermittent: told(intermittent),
  }
}
