import { solveRidge } from '../numerics/index.ts'
import { mstl } from './decompose/mstl.ts'
import type { Event } from './input.ts'

/** Effect of each event on one series, on its own scale, and what the series is without them. */
export interface EventEffects {
  effects: { name: string; effect: number; happened: number }[]
  values: Float64Array
  /** Sum of the effects `h` steps after the end. */
  ahead: Float64Array
}

/** How much of an event's weight is believed without evidence: one occurrence is trusted by half. */
const ridge = 1

/**
 * Learns what known events add to a series: ridge regression (Hoerl & Kennard 1970) of what trend and seasons leave,
 * twice, since the first trend has the events in it. An event that never happened has no effect.
 * @param offset steps that were cut off before the first value
 */
export function learnEvents(
  series: Float64Array,
  events: readonly Event[],
  seasons: readonly number[],
  horizon: number,
  offset: number,
): EventEffects {
  const n = series.length
  const places = events.map((event) => [...new Set(event.at)].map((step) => step - offset).filter((step) => step >= 0))
  const values = Float64Array.from(series)
  const weights = new Float64Array(events.length)
  for (let round = 0; round < 2; round++) {
    const { remainder } = mstl(values, seasons, { robustRounds: 1 })
    const rest = remainder.map((value, t) => value + (series[t]! - values[t]!))
    const count = events.length
    const square = new Float64Array(count * count)
    const product = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const other = new Set(places[j])
        square[i * count + j] = places[i]!.filter((step) => step < n && other.has(step)).length
      }
      square[i * count + i]! += ridge
      for (const step of places[i]!) if (step < n) product[i]! += rest[step]!
    }
    weights.set(solveRidge(square, count, product, 0))
    values.set(series)
    for (const [i, steps] of places.entries()) for (const step of steps) if (step < n) values[step]! -= weights[i]!
  }
  const ahead = new Float64Array(horizon)
  for (const [i, steps] of places.entries())
    for (const step of steps) if (step >= n && step < n + horizon) ahead[step - n]! += weights[i]!
  const effects = events.map(({ name }, i) => ({
    name,
    effect: weights[i]!,
    happened: places[i]!.filter((step) => step < n).length,
  }))
  return { effects, values, ahead }
}
