/** Components of an exponential smoothing model: Hyndman, Koehler, Snyder & Grose (2002). */
interface EtsForm {
  error: 'additive' | 'multiplicative'
  trend: 'none' | 'additive' | 'damped'
  season: 'none' | 'additive' | 'multiplicative'
}

export interface EtsFit {
  form: EtsForm
  parameters: { alpha: number; beta: number; gamma: number; damping: number }
  level: number
  trend: number
  /** One cycle, the next step first. */
  seasonal: Float64Array
  /** Corrected Akaike criterion; smaller is better. */
  aicc: number
}

/** Older values say little about the states of today. */
const memory = 400

/**
 * The form with the smallest AICc among those that the series allows: multiplicative parts need positive values, a
 * season two cycles. Additive errors go with no multiplicative season, whose variance would explode.
 */
export function selectEts(values: ArrayLike<number>, season: number): EtsFit {
  const recent = Float64Array.from(Array.from(values).slice(-Math.max(memory, 4 * season)))
  const positive = recent.every((value) => value > 0)
  const seasonal = season > 1 && recent.length >= 2 * season + 2
  let best: EtsFit | null = null
  for (const error of positive ? (['additive', 'multiplicative'] as const) : (['additive'] as const))
    for (const trend of ['none', 'additive', 'damped'] as const)
      for (const kind of seasonal ? (['none', 'additive', 'multiplicative'] as const) : (['none'] as const)) {
        if (kind === 'multiplicative' && error === 'additive') continue
        const fit = fitEts(recent, { error, trend, season: kind }, season)
        if (best === null || fit.aicc < best.aicc) best = fit
      }
  if (!best) throw new Error('No form of exponential smoothing was tried')
  return best
}

type Parameters = [alpha: number, beta: number, gamma: number, damping: number]

/** Searches the parameters by shrinking steps along each of them (Hooke & Jeeves 1961). */
function fitEts(values: Float64Array, form: EtsForm, season: number): EtsFit {
  const free = [true, form.trend !== 'none', form.season !== 'none', form.trend === 'damped']
  let current: Parameters = [
    0.3,
    form.trend === 'none' ? 0 : 0.05,
    form.season === 'none' ? 0 : 0.1,
    form.trend === 'damped' ? 0.9 : 1,
  ]
  let found = filter(values, form, season, current)
  for (let step = 0.2; step > 0.004; step /= 2)
    for (let improved = true; improved;) {
      improved = false
      for (const [place, mayMove] of free.entries()) {
        if (!mayMove) continue
        for (const sign of [-1, 1]) {
          const candidate: Parameters = [...current]
          candidate[place as 0 | 1 | 2 | 3] += sign * step * (place === 3 ? 0.25 : 1)
          if (!admissible(candidate)) continue
          const tried = filter(values, form, season, candidate)
          if (tried.likelihood < found.likelihood - 1e-9) {
            found = tried
            current = candidate
            improved = true
          }
        }
      }
    }
  const [alpha, beta, gamma, damping] = current
  // Parameters, starting states and the variance.
  const count =
    free.filter(Boolean).length + 1 + (form.trend === 'none' ? 0 : 1) + (form.season === 'none' ? 0 : season) + 1
  const n = values.length
  const correction = n - count - 1 > 0 ? (2 * count * (count + 1)) / (n - count - 1) : Infinity
  return {
    form,
    parameters: { alpha, beta, gamma, damping },
    level: found.level,
    trend: found.trend,
    seasonal: found.seasonal,
    aicc: found.likelihood + 2 * count + correction,
  }
}

/** The usual region: each weight between 0 and 1, the trend's below the level's, damping from 0.8. */
function admissible([alpha, beta, gamma, damping]: Parameters): boolean {
  return (
    alpha > 0.001 &&
    alpha < 0.999 &&
    beta >= 0 &&
    beta <= alpha &&
    gamma >= 0 &&
    gamma <= 1 - alpha &&
    damping >= 0.8 &&
    damping <= 1
  )
}

/** Runs the states through the series. @returns -2 log likelihood up to a constant, and the states at the end */
function filter(values: Float64Array, form: EtsForm, season: number, [alpha, beta, gamma, damping]: Parameters) {
  const n = values.length
  const start = startingStates(values, form, season)
  const cycle = start.seasonal
  let level = start.level
  let trend = start.trend
  let squares = 0
  let logs = 0
  for (let t = 0; t < n; t++) {
    const place = form.season === 'none' ? 0 : t % season
    const base = level + damping * trend
    const effect = cycle[place]!
    const expected =
      form.season === 'additive' ? base + effect : form.season === 'multiplicative' ? base * effect : base
    const error = values[t]! - expected
    if (form.error === 'multiplicative') {
      if (!(expected > 0)) return { likelihood: Infinity, level, trend, seasonal: cycle }
      squares += (error / expected) ** 2
      logs += Math.log(expected)
    } else squares += error * error
    const onLevel = form.season === 'multiplicative' ? error / effect : error
    level = base + alpha * onLevel
    trend = damping * trend + beta * onLevel
    if (form.season === 'additive') cycle[place] = effect + gamma * error
    else if (form.season === 'multiplicative') cycle[place] = effect + (gamma * error) / base
  }
  const likelihood = n * Math.log(Math.max(squares / n, 1e-300)) + 2 * logs
  return { likelihood, level, trend, seasonal: rotated(cycle, form.season === 'none' ? 0 : n % season) }
}

/** Level and trend of the first two cycles, the first cycle around them. */
function startingStates(values: Float64Array, form: EtsForm, season: number) {
  const mean = (from: number, to: number) => {
    let sum = 0
    for (let t = from; t < to; t++) sum += values[t]!
    return sum / (to - from)
  }
  if (form.season === 'none') {
    const few = Math.min(10, values.length)
    const half = Math.max(1, few >> 1)
    const slope = few > half ? (mean(few - half, few) - mean(0, half)) / (few - half) : 0
    const trend = form.trend === 'none' ? 0 : slope
    return { level: form.trend === 'none' ? mean(0, few) : values[0]! - trend, trend, seasonal: new Float64Array(1) }
  }
  const first = mean(0, season)
  const trend = form.trend === 'none' ? 0 : (mean(season, 2 * season) - first) / season
  const seasonal = new Float64Array(season)
  for (let t = 0; t < season; t++) {
    const line = first + trend * (t - (season - 1) / 2)
    seasonal[t] = form.season === 'additive' ? values[t]! - line : line > 0 ? values[t]! / line : 1
  }
  return { level: first - trend * ((season + 1) / 2), trend, seasonal }
}

function rotated(cycle: Float64Array, by: number): Float64Array {
  return cycle.map((_, i) => cycle[(i + by) % cycle.length]!)
}

export function continueEts({ form, parameters, level, trend, seasonal }: EtsFit, horizon: number): Float64Array {
  const forecast = new Float64Array(horizon)
  let drift = 0
  let share = 1
  for (let h = 0; h < horizon; h++) {
    share *= parameters.damping
    drift += share
    const base = level + drift * trend
    const effect = seasonal[h % seasonal.length]!
    forecast[h] = form.season === 'additive' ? base + effect : form.season === 'multiplicative' ? base * effect : base
  }
  return forecast
}
