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
import { forecastAll, forecastIntermittent } from './candidates.ts'
import { clean, cleaningWarnings } from './clean.ts'
import { combine } from './ensemble.ts'
import { learnEvents, type EventEffects } from './events.ts'
import { checkOptions, checkSeries, ForecastOptions, refuseUnknownSeries, seasonsOf, type Series } from './input.ts'
import { isIntermittent } from './methods/intermittent.ts'
import { learnRecipe, untried, type Recipe } from './recipe.ts'
import { stepOf } from './rolling-origin.ts'

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
