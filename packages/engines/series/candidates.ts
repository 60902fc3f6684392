import {
  autoregressionMoments,
  continueSeries,
  drawnCoefficients,
  fitAutoregression,
  lagsFor,
  type AutoregressionPlan,
  type PooledAutoregression,
} from './methods/autoregression.ts'
import {
  continueBoostedLags,
  fitBoostedLags,
  loadBoostedLags,
  saveBoostedLags,
  type SavedBoostedLags,
} from './methods/boosted-lags.ts'
import { continueEts, selectEts } from './methods/exponential-smoothing.ts'
import { croston, tsb } from './methods/intermittent.ts'
import { naive, seasonalNaive } from './methods/naive.ts'
import { adjustSeasons, type Adjusted } from './methods/season-adjusted.ts'
import { continueSmoothing, dampedTrend, holt, simpleSmoothing } from './methods/smoothing.ts'
import { theta } from './methods/theta.ts'

/** Forecasts of one method for each series of a set, in the set's order. */
type Paths = Float64Array[]

/** What a fitted set knows of an autoregression: enough to forecast series that were not in it. */
export interface LearnedPlan {
  plan: AutoregressionPlan
  pooled: number[]
  square: number[]
}

export interface Request {
  horizon: number
  /** Steps per cycle, ascending. */
  seasons: readonly number[]
  /** Names of the methods that are needed; all when absent. */
  wanted?: ReadonlySet<string> | undefined
  /** Autoregressions to fit to the set; from `plansFor`. */
  plans?: readonly AutoregressionPlan[] | undefined
  /** Autoregressions from an earlier fit, used as they are. */
  learned?: readonly LearnedPlan[] | undefined
  /** The boosted model of an earlier fit. */
  boosted?: SavedBoostedLags | null | undefined
  seed?: number | undefined
  /** Called now and then with the share that is done. @throws to stop the work */
  watch?: ((share: number) => void) | undefined
}

export interface Forecasts {
  paths: Map<string, Paths>
  learned: LearnedPlan[]
  boosted: SavedBoostedLags | null
}

/** How strongly a series' own autoregression is drawn towards that of the set. */
const draws = [20, 5, 1]

/** Every method that fits, on every series of a set. */
export function forecastAll(set: readonly Float64Array[], request: Request): Forecasts {
  const paths = new Map<string, Paths>()
  const wants = (name: string) => request.wanted?.has(name) ?? true
  const local = localMethods(request).filter(({ name }) => wants(name))
  const plans = request.learned?.map(({ plan }) => plan) ?? request.plans ?? []
  const wantedPlans = plans.filter((plan) => draws.some((draw) => wants(planName(plan, draw))))
  const parts = set.length * local.length + wantedPlans.length * 2 * set.length
  let done = 0
  const step = (count = 1) => {
    done += count
    request.watch?.(done / Math.max(1, parts))
  }
  for (const { name } of local) paths.set(name, [])
  for (const values of set) {
    // Two methods share the adjusted series.
    let adjusted: Adjusted | undefined
    const without = () => (adjusted ??= adjustSeasons(values, request.seasons))
    for (const { name, forecast } of local) {
      paths.get(name)!.push(forecast(values, without))
      step()
    }
  }
  const learned: LearnedPlan[] = []
  for (const plan of wantedPlans) {
    const model = modelOf(plan, set, request.learned, () => step())
    for (const draw of draws.filter((each) => wants(planName(plan, each))))
      paths.set(
        planName(plan, draw),
        set.map((values, i) => {
          step(0)
          return continueSeries(values, plan, drawnCoefficients(model, model.moments[i]!, draw), request.horizon)
        }),
      )
    step(set.length)
    learned.push({ plan, pooled: [...model.pooled], square: [...model.square] })
  }
  step(0)
  const boosted = wants(boostedName) ? boostSet(set, plans, request, () => step(0)) : null
  if (boosted) paths.set(boostedName, boosted.paths)
  return { paths, learned, boosted: boosted?.saved ?? null }
}

const boostedName = 'boosting on lags'
/** Series of a set from which on they can teach each other. */
const manySeries = 10

function boostSet(
  set: readonly Float64Array[],
  plans: readonly AutoregressionPlan[],
  request: Request,
  step: () => void,
) {
  if (request.boosted) {
    const model = loadBoostedLags(request.boosted)
    return { paths: continueBoostedLags(model, set, request.horizon), saved: request.boosted }
  }
  const lags = plans.find(({ difference }) => difference === 0)?.lags
  const model = lags && set.length >= manySeries ? fitBoostedLags(set, lags, request.seed ?? 1, step) : null
  return model && { paths: continueBoostedLags(model, set, request.horizon), saved: saveBoostedLags(model) }
}

interface LocalMethod {
  name: string
  forecast: (values: Float64Array, without: () => Adjusted) => Float64Array
}

function localMethods({ horizon, seasons }: Request): LocalMethod[] {
  const short = seasons.find((season) => season > 1 && season <= 24) ?? 1
  const longest = (n: number) => seasons.findLast((season) => n >= season) ?? 1
  return [
    { name: 'naive', forecast: (values) => naive(values, horizon) },
    { name: 'seasonal naive', forecast: (values) => seasonalNaive(values, longest(values.length), horizon) },
    {
      name: 'simple smoothing',
      forecast: (_, without) => {
        const season = without()
        return season.restore(continueSmoothing(simpleSmoothing(season.values), horizon))
      },
    },
    {
      name: 'linear trend',
      forecast: (_, without) => {
        const season = without()
        return season.restore(continueSmoothing(holt(season.values), horizon))
      },
    },
    {
      name: 'damped trend',
      forecast: (_, without) => {
        const season = without()
        return season.restore(continueSmoothing(dampedTrend(season.values), horizon))
      },
    },
    {
      name: 'theta',
      forecast: (_, without) => {
        const season = without()
        return season.restore(theta(season.values, horizon))
      },
    },
    { name: 'ets', forecast: (values) => continueEts(selectEts(values, short), horizon) },
  ]
}

/** For demand that comes now and then, where the other methods have nothing to hold on to. */
export function forecastIntermittent(set: readonly Float64Array[], request: Request): Forecasts {
  const { horizon } = request
  const methods: [string, (values: Float64Array) => Float64Array][] = [
    ['croston', (values) => croston(values, horizon)],
    ['tsb', (values) => tsb(values, horizon)],
    ['simple smoothing', (values) => continueSmoothing(simpleSmoothing(values), horizon)],
    ['naive', (values) => naive(values, horizon)],
  ]
  const wanted = methods.filter(([name]) => request.wanted?.has(name) ?? true)
  const paths = new Map(wanted.map(([name, forecast]) => [name, set.map(forecast)]))
  request.watch?.(1)
  return { paths, learned: [], boosted: null }
}

function modelOf(
  plan: AutoregressionPlan,
  set: readonly Float64Array[],
  learned: readonly LearnedPlan[] | undefined,
  step: () => void,
): PooledAutoregression {
  const known = learned?.find((each) => planKey(each.plan) === planKey(plan))
  if (!known) return fitAutoregression(set, plan, step)
  return {
    plan,
    pooled: Float64Array.from(known.pooled),
    square: Float64Array.from(known.square),
    moments: set.map((values) => {
      step()
      return autoregressionMoments(values, plan)
    }),
  }
}

const planKey = ({ log, difference, lags }: AutoregressionPlan) =>
  `autoregression${log ? ', log' : ''}${difference > 0 ? `, difference ${String(difference)}` : ''}, ${String(lags.length)} lags`

const planName = (plan: AutoregressionPlan, draw: number) => `${planKey(plan)}, draw ${String(draw)}`

/** Steps that a series must have beyond the longest lag to say something about it. */
const beyondLongest = 8

/**
 * Autoregressions with a long memory for sets that allow it, on both scales, of levels and of changes.
 * At an earlier origin a series may be too short for them; then the set speaks for it.
 */
export function plansFor(set: readonly Float64Array[], seasons: readonly number[]): AutoregressionPlan[] {
  const lengths = set.map((values) => values.length).toSorted((a, b) => a - b)
  const usual = lengths[Math.floor(lengths.length / 10)] ?? 0
  // Alone, a series must pay for each lag with values of its own.
  const longest = Math.floor(set.length >= manySeries ? usual - beyondLongest : usual / 3)
  const lags = lagsFor(
    seasons.filter((season) => season < longest),
    longest,
  )
  if (lags.length < 2) return []
  const positive = set.filter((values) => values.every((value) => value > 0)).length
  const scales = positive * 2 >= set.length ? [true, false] : [false]
  // A seasonal difference is a combination of lags that are there.
  const differences = [0, 1]
  return scales.flatMap((log) =>
    differences.map((difference) => ({ log, difference, lags: lags.filter((lag) => lag !== difference) })),
  )
}
