import { factorise, solveFactorised, solveRidge } from '../../numerics/index.ts'

/** Which lags an autoregression looks at, and on what scale. */
export interface AutoregressionPlan {
  /** Lags in steps, ascending, none equal to `difference`. */
  lags: readonly number[]
  /** Everything is measured against the value so many steps before; 0 = against the series' mean. */
  difference: number
  /** Logarithms, where a series is positive throughout. */
  log: boolean
}

/** A series on the scale of the model: z = (transformed value - centre) / spread. */
interface Scaled {
  z: Float64Array
  centre: number
  spread: number
  log: boolean
}

/** Second moments of one series: what least squares needs of it. */
interface Moments {
  /** Lower triangle of the mean of v vᵀ, row by row. */
  square: Float64Array
  /** Mean of v y. */
  product: Float64Array
  rows: number
}

/** An autoregression fitted to a set of series. */
export interface PooledAutoregression {
  plan: AutoregressionPlan
  /** Coefficients of the set, one per lag, the constant last. */
  pooled: Float64Array
  /** Mean of the series' second moments, lower triangle, row by row: how strongly the set speaks in each direction. */
  square: Float64Array
  /** Of each series, in the order of the fit. */
  moments: Moments[]
}

/** Keeps the constant of a differenced model on the scale of its small numbers. */
const constantOf = (plan: AutoregressionPlan) => (plan.difference > 0 ? 0.1 : 1)

function scale(values: ArrayLike<number>, plan: AutoregressionPlan): Scaled {
  const n = values.length
  let log = plan.log
  for (let i = 0; i < n && log; i++) if (!(values[i]! > 0)) log = false
  const z = new Float64Array(n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    z[i] = log ? Math.log(values[i]!) : values[i]!
    sum += z[i]!
  }
  const centre = sum / n
  let square = 0
  for (let i = 0; i < n; i++) square += (z[i]! - centre) ** 2
  // Logarithms of different series are comparable as they are once they are differenced.
  const spread = log && plan.difference > 0 ? 1 : Math.sqrt(square / n) || 1
  for (let i = 0; i < n; i++) z[i] = (z[i]! - centre) / spread
  return { z, centre, spread, log }
}

function momentsOf({ z }: Scaled, plan: AutoregressionPlan): Moments {
  const { lags, difference } = plan
  const count = lags.length
  const n = count + 1
  const square = new Float64Array(n * n)
  const product = new Float64Array(n)
  const v = new Float64Array(n)
  v[count] = constantOf(plan)
  const first = Math.max(lags.at(-1) ?? 0, difference)
  const offsets = Int32Array.from(lags)
  for (let t = first; t < z.length; t++) {
    const base = difference > 0 ? z[t - difference]! : 0
    for (let k = 0; k < count; k++) v[k] = z[t - offsets[k]!]! - base
    const y = z[t]! - base
    for (let i = 0; i < n; i++) {
      const vi = v[i]!
      const row = i * n
      product[i]! += vi * y
      for (let j = 0; j <= i; j++) square[row + j]! += vi * v[j]!
    }
  }
  const rows = Math.max(0, z.length - first)
  if (rows > 0) {
    for (let i = 0; i < square.length; i++) square[i]! /= rows
    for (let i = 0; i < n; i++) product[i]! /= rows
  }
  return { square, product, rows }
}

/** Ridge of the pooled fit, as a share of the mean square of a regressor. */
const pooledRidge = 1e-4

/**
 * A linear autoregression with a long memory, fitted to all series at once. One model for many series: Montero-Manso &
 * Hyndman, "Principles and algorithms for forecasting groups of time series: locality and globality", 2021.
 * @param set series without gaps; those too short for the lags add nothing and are forecast by the others' coefficients
 * @param step called for each series
 */
export function fitAutoregression(
  set: readonly ArrayLike<number>[],
  plan: AutoregressionPlan,
  step: () => void,
): PooledAutoregression {
  const n = plan.lags.length + 1
  const square = new Float64Array(n * n)
  const product = new Float64Array(n)
  let counted = 0
  const moments = set.map((values) => {
    step()
    const mine = momentsOf(scale(values, plan), plan)
    if (mine.rows > 0) {
      counted++
      for (let i = 0; i < square.length; i++) square[i]! += mine.square[i]!
      for (let i = 0; i < n; i++) product[i]! += mine.product[i]!
    }
    return mine
  })
  if (counted > 0) {
    for (let i = 0; i < square.length; i++) square[i]! /= counted
    for (let i = 0; i < n; i++) product[i]! /= counted
  }
  return { plan, pooled: solveRidge(square, n, product, pooledRidge), square, moments }
}

/**
 * Coefficients of one series: least squares on its own past, drawn towards those of the set. With `draw` → ∞ the set
 * alone speaks, with 0 the series alone. The set's own second moments say in which directions it is sure of itself
 * (a conjugate prior, Zellner 1986).
 * @param draw what the set's word counts, in observations per coefficient
 */
export function drawnCoefficients(model: PooledAutoregression, moments: Moments, draw: number): Float64Array {
  const { pooled, square } = model
  const n = pooled.length
  if (moments.rows === 0) return pooled
  const a = Float64Array.from(moments.square)
  const b = Float64Array.from(moments.product)
  const strength = (draw * n) / moments.rows
  let trace = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const pull = strength * square[i * n + j]!
      a[i * n + j]! += pull
      b[i]! += pull * pooled[j]!
      if (j < i) b[j]! += pull * pooled[i]!
    }
    trace += square[i * n + i]!
  }
  for (let i = 0; i < n; i++) a[i * n + i]! += (1e-6 * trace) / n
  return factorise(a, n) ? solveFactorised(a, n, b) : pooled
}

/** Moments of a series that was not in the fit, or has grown since. */
export function autoregressionMoments(values: ArrayLike<number>, plan: AutoregressionPlan): Moments {
  return momentsOf(scale(values, plan), plan)
}

/**
 * Continues a series step by step, each forecast feeding the next.
 * @returns `horizon` values on the series' own scale, kept within one range of its past beyond its extremes: an
 *   autoregression that drifts off says nothing
 */
export function continueSeries(
  values: ArrayLike<number>,
  plan: AutoregressionPlan,
  coefficients: Float64Array,
  horizon: number,
): Float64Array {
  const { z, centre, spread, log } = scale(values, plan)
  const { lags, difference } = plan
  const past = z.length
  const path = new Float64Array(past + horizon)
  path.set(z)
  let lowest = Infinity
  let highest = -Infinity
  for (let i = 0; i < past; i++) {
    lowest = Math.min(lowest, z[i]!)
    highest = Math.max(highest, z[i]!)
  }
  const range = highest - lowest
  const constant = coefficients[lags.length]! * constantOf(plan)
  const forecast = new Float64Array(horizon)
  for (let h = 0; h < horizon; h++) {
    const t = past + h
    // A history shorter than the longest lag is taken to have begun as it is first known.
    const base = difference > 0 ? path[Math.max(0, t - difference)]! : 0
    let next = base + constant
    for (let k = 0; k < lags.length; k++) next += coefficients[k]! * (path[Math.max(0, t - lags[k]!)]! - base)
    if (!Number.isFinite(next)) next = path[t - 1]!
    next = Math.min(highest + range, Math.max(lowest - range, next))
    path[t] = next
    const level = next * spread + centre
    forecast[h] = log ? Math.exp(level) : level
  }
  return forecast
}

/**
 * Lags for series with these seasons: the recent past, the neighbourhood of each season and its first repetitions.
 * @param seasons steps per cycle, ascending; empty = none
 * @param longest no lag beyond it
 */
export function lagsFor(seasons: readonly number[], longest: number): number[] {
  const lags = new Set<number>()
  const add = (from: number, to: number) => {
    for (let lag = Math.max(1, from); lag <= Math.min(to, longest); lag++) lags.add(lag)
  }
  const shortest = seasons[0]
  add(1, shortest === undefined ? 20 : Math.min(shortest + 2, 26))
  if (shortest !== undefined && shortest > 26) add(Math.round(shortest / 2), Math.round(shortest / 2))
  for (const [place, season] of seasons.entries()) {
    const next = seasons[place + 1]
    add(season - 2, season + 4)
    if (next === undefined) add(2 * season - 2, 2 * season + 2)
    else for (let cycle = 2; cycle * season < next; cycle++) add(cycle * season - 2, cycle * season + 2)
  }
  return [...lags].toSorted((a, b) => a - b)
}
