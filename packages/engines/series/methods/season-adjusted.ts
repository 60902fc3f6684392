import { mstl } from '../decompose/mstl.ts'

/** A series without its seasons, and how to put them back onto a continuation. */
export interface Adjusted {
  values: Float64Array
  restore(forecast: Float64Array): Float64Array
}

/** Takes the seasons out on the logarithmic scale where the series is positive, so that they grow with it. */
export function adjustSeasons(values: ArrayLike<number>, seasons: readonly number[]): Adjusted {
  const n = values.length
  const usable = seasons.filter((season) => n >= 2 * season)
  if (usable.length === 0) return { values: Float64Array.from(values), restore: (forecast) => forecast }
  let log = true
  for (let t = 0; t < n && log; t++) if (!(values[t]! > 0)) log = false
  const scaled = Float64Array.from(values, (value) => (log ? Math.log(value) : value))
  const { seasonal } = mstl(scaled, usable)
  const adjusted = scaled.map((value, t) => {
    const rest = seasonal.reduce((sum, part) => sum - part[t]!, value)
    return log ? Math.exp(rest) : rest
  })
  return {
    values: adjusted,
    restore: (forecast) =>
      forecast.map((value, h) => {
        let effect = 0
        for (const [k, season] of usable.entries()) effect += seasonal[k]![n - season + (h % season)]!
        return log ? value * Math.exp(effect) : value + effect
      }),
  }
}
