/** What exponential smoothing knows at the end of a series: enough to continue it. */
export interface SmoothingFit {
  level: number
  trend: number
  /** Damping of the trend per step; 1 = none, 0 = no trend at all. */
  damping: number
  alpha: number
  beta: number
  /** Sum of squared one-step errors. */
  sse: number
}

function run(values: ArrayLike<number>, alpha: number, beta: number, damping: number, level: number, trend: number) {
  let l = level
  let b = trend
  let sse = 0
  const n = values.length
  for (let t = 1; t < n; t++) {
    const drift = damping * b
    const error = values[t]! - l - drift
    sse += error * error
    l += drift + alpha * error
    b = drift + alpha * beta * error
  }
  return { level: l, trend: b, sse }
}

const levels = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]
const trends = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4]

/** Halves the step of a grid search around its best point so often. */
const refinements = 4

/** Simple exponential smoothing (Brown 1956; Holt 1957). */
export function simpleSmoothing(values: ArrayLike<number>): SmoothingFit {
  return best(values, levels, [0], [0], 0)
}

/** Linear trend (Holt 1957). */
export function holt(values: ArrayLike<number>): SmoothingFit {
  return best(values, levels, trends, [1], startTrend(values))
}

/** Damped trend (Gardner & McKenzie 1985). */
export function dampedTrend(values: ArrayLike<number>): SmoothingFit {
  return best(values, levels, trends, [0.8, 0.85, 0.9, 0.94, 0.98], startTrend(values))
}

/** Mean step of the first values: a single one may be an accident. */
function startTrend(values: ArrayLike<number>): number {
  const last = Math.min(values.length - 1, 6)
  return last > 0 ? (values[last]! - values[0]!) / last : 0
}

function best(
  values: ArrayLike<number>,
  alphas: readonly number[],
  betas: readonly number[],
  dampings: readonly number[],
  trend: number,
): SmoothingFit {
  let found: SmoothingFit = { level: values[0]!, trend, damping: dampings[0]!, alpha: 0, beta: 0, sse: Infinity }
  const attempt = (alpha: number, beta: number, damping: number) => {
    const ran = run(values, alpha, beta, damping, values[0]!, damping === 0 ? 0 : trend)
    if (ran.sse < found.sse) found = { ...ran, alpha, beta, damping }
  }
  for (const alpha of alphas) for (const beta of betas) for (const damping of dampings) attempt(alpha, beta, damping)
  let stepAlpha = 0.05
  let stepBeta = 0.02
  for (let round = 0; round < refinements; round++) {
    const { alpha, beta, damping } = found
    for (const a of [alpha - stepAlpha, alpha, alpha + stepAlpha])
      for (const b of betas.length > 1 ? [beta - stepBeta, beta, beta + stepBeta] : [beta])
        if (a > 0 && a < 1 && b >= 0 && b < 1) attempt(a, b, damping)
    stepAlpha /= 2
    stepBeta /= 2
  }
  return found
}

/** The next `horizon` values. */
export function continueSmoothing(fit: SmoothingFit, horizon: number): Float64Array {
  const forecast = new Float64Array(horizon)
  let drift = 0
  let share = 1
  for (let h = 0; h < horizon; h++) {
    share *= fit.damping
    drift += share
    forecast[h] = fit.level + drift * fit.trend
  }
  return forecast
}
