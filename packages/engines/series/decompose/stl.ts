import { loess } from './loess.ts'

export interface Decomposition {
  trend: Float64Array
  /** One per season, in the order that was asked for. */
  seasonal: Float64Array[]
  remainder: Float64Array
}

export interface StlOptions {
  /** Cycles over which a season may change; odd, default 11 (periodic when `Infinity`). */
  seasonalSpan?: number
  /** Outer rounds that give outliers less weight. */
  robustRounds?: number
}

const innerRounds = 2

/**
 * Seasonal-trend decomposition by loess: Cleveland, Cleveland, McRae & Terpenning (1990).
 * @param values without gaps, at least two cycles
 * @param season steps per cycle
 */
export function stl(values: ArrayLike<number>, season: number, options: StlOptions = {}): Decomposition {
  const n = values.length
  const seasonalSpan = options.seasonalSpan ?? 11
  const trendSpan = odd((1.5 * season) / (1 - 1.5 / Math.min(seasonalSpan, 10 * n)))
  const lowSpan = odd(season)
  const trend = new Float64Array(n)
  const seasonal = new Float64Array(n)
  let robustness: Float64Array | null = null
  const rounds = options.robustRounds ?? 0
  for (let outer = 0; outer <= rounds; outer++) {
    for (let inner = 0; inner < innerRounds; inner++) {
      const cycles = smoothCycles(values, trend, season, seasonalSpan, robustness)
      const low = lowPass(cycles, season, lowSpan)
      const adjusted = new Float64Array(n)
      for (let t = 0; t < n; t++) {
        seasonal[t] = cycles[t + season]! - low[t]!
        adjusted[t] = values[t]! - seasonal[t]!
      }
      trend.set(loess(adjusted, trendSpan, robustness).subarray(1, n + 1))
    }
    if (outer < rounds) robustness = bisquare(values, trend, seasonal)
  }
  const remainder = new Float64Array(n)
  for (let t = 0; t < n; t++) remainder[t] = values[t]! - trend[t]! - seasonal[t]!
  return { trend, seasonal: [seasonal], remainder }
}

/** Each place of the cycle smoothed over the cycles, one cycle longer at both ends. */
function smoothCycles(
  values: ArrayLike<number>,
  trend: Float64Array,
  season: number,
  span: number,
  robustness: Float64Array | null,
): Float64Array {
  const n = values.length
  const smoothed = new Float64Array(n + 2 * season)
  for (let place = 0; place < season; place++) {
    const count = Math.ceil((n - place) / season)
    const cycle = new Float64Array(count)
    const weights = robustness ? new Float64Array(count) : null
    for (let k = 0; k < count; k++) {
      const t = place + k * season
      cycle[k] = values[t]! - trend[t]!
      if (weights && robustness) weights[k] = robustness[t]!
    }
    const fitted = Number.isFinite(span) ? loess(cycle, odd(span), weights) : constant(cycle, weights)
    for (let k = 0; k < count + 2; k++) smoothed[place + k * season] = fitted[k]!
  }
  return smoothed
}

function constant(cycle: Float64Array, weights: Float64Array | null): Float64Array {
  let sum = 0
  let total = 0
  for (let k = 0; k < cycle.length; k++) {
    const weight = weights ? weights[k]! : 1
    sum += weight * cycle[k]!
    total += weight
  }
  return new Float64Array(cycle.length + 2).fill(total > 0 ? sum / total : 0)
}

/** Three moving averages and a loess: what is left of the season when the cycles are taken out. */
function lowPass(cycles: Float64Array, season: number, span: number): Float64Array {
  const averaged = movingAverage(movingAverage(movingAverage(cycles, season), season), 3)
  return loess(averaged, span, null).subarray(1, averaged.length + 1)
}

function movingAverage(values: Float64Array, width: number): Float64Array {
  const averaged = new Float64Array(values.length - width + 1)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!
    if (i >= width) sum -= values[i - width]!
    if (i >= width - 1) averaged[i - width + 1] = sum / width
  }
  return averaged
}

function bisquare(values: ArrayLike<number>, trend: Float64Array, seasonal: Float64Array): Float64Array {
  const residual = trend.map((level, t) => Math.abs(values[t]! - level - seasonal[t]!))
  const sorted = Float64Array.from(residual).sort()
  const limit = 6 * (sorted[sorted.length >> 1] ?? 0)
  return residual.map((r) => (limit === 0 ? 1 : r >= limit ? 0 : (1 - (r / limit) ** 2) ** 2))
}

function odd(span: number): number {
  const whole = Math.max(3, Math.ceil(span))
  return whole % 2 === 1 ? whole : whole + 1
}
