import { loess } from './loess.ts'
import { stl, type Decomposition, type StlOptions } from './stl.ts'

const rounds = 2

/**
 * Decomposition with several seasons: STL for each in turn on what the others leave (Bandara, Hyndman & Bergmeir 2021).
 * Seasons of which the series holds less than two cycles are left out and come back as zeros.
 * @param seasons steps per cycle, ascending; empty = trend and remainder only
 */
export function mstl(values: ArrayLike<number>, seasons: readonly number[], options: StlOptions = {}): Decomposition {
  const n = values.length
  const seasonal = seasons.map(() => new Float64Array(n))
  const usable = [...seasons.keys()].filter((k) => n >= 2 * seasons[k]!)
  if (usable.length === 0) return withoutSeason(values, seasonal)
  const left = Float64Array.from(values)
  const trend = new Float64Array(n)
  for (let round = 0; round < (usable.length > 1 ? rounds : 1); round++)
    for (const k of usable) {
      const mine = seasonal[k]!
      for (let t = 0; t < n; t++) left[t]! += mine[t]!
      const parts = stl(left, seasons[k]!, options)
      mine.set(parts.seasonal[0]!)
      trend.set(parts.trend)
      for (let t = 0; t < n; t++) left[t]! -= mine[t]!
    }
  return { trend, seasonal, remainder: left.map((value, t) => value - trend[t]!) }
}

function withoutSeason(values: ArrayLike<number>, seasonal: Float64Array[]): Decomposition {
  const n = values.length
  const span = Math.max(5, 2 * Math.floor(n / 10) + 1)
  const trend = loess(values, span, null).slice(1, n + 1)
  const remainder = trend.map((level, t) => values[t]! - level)
  return { trend, seasonal, remainder }
}
