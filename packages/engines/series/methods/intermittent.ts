/** Share of zeros from which a demand series is intermittent. */
const intermittentFrom = 0.3

/** Whether demand comes now and then: no negative values and many zeros (Syntetos, Boylan & Croston 2005 speak of intervals over 1.32). */
export function isIntermittent(values: ArrayLike<number>): boolean {
  let zeros = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0) return false
    if (values[i]! === 0) zeros++
  }
  return zeros / values.length >= intermittentFrom && zeros < values.length
}

const weights = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3]

/**
 * Croston's method (1972) with the correction of Syntetos & Boylan (2005): sizes and intervals smoothed apart, the
 * rate is their quotient times 1 - alpha / 2.
 * @returns the expected demand of each coming step
 */
export function croston(values: ArrayLike<number>, horizon: number): Float64Array {
  return bestRate(values, horizon, (alpha, each) => {
    let size = NaN
    let interval = NaN
    let since = 0
    let rate = 0
    for (let t = 0; t < values.length; t++) {
      each(t, rate)
      since++
      const value = values[t]!
      if (value === 0) continue
      size = Number.isNaN(size) ? value : size + alpha * (value - size)
      interval = Number.isNaN(interval) ? since : interval + alpha * (since - interval)
      since = 0
      rate = (1 - alpha / 2) * (size / interval)
    }
    return rate
  })
}

/**
 * Teunter, Syntetos & Babai (2011): the chance of a demand is smoothed at every step, so that the forecast of an item
 * that is no longer asked for goes down.
 */
export function tsb(values: ArrayLike<number>, horizon: number): Float64Array {
  return bestRate(values, horizon, (alpha, each) => {
    let first = 0
    while (first < values.length && values[first]! === 0) first++
    let size = values[first] ?? 0
    let chance = 1 / (first + 1)
    for (let t = 0; t < values.length; t++) {
      each(t, chance * size)
      const value = values[t]!
      if (value > 0) size += alpha * (value - size)
      chance += alpha * ((value > 0 ? 1 : 0) - chance)
    }
    return chance * size
  })
}

/** The smoothing weight is the one whose cumulated forecasts follow the cumulated demand best: single zeros say little. */
function bestRate(
  values: ArrayLike<number>,
  horizon: number,
  run: (alpha: number, each: (t: number, rate: number) => void) => number,
): Float64Array {
  let best = { error: Infinity, rate: 0 }
  for (const alpha of weights) {
    let demand = 0
    let forecast = 0
    let error = 0
    const rate = run(alpha, (t, expected) => {
      demand += values[t]!
      forecast += expected
      error += (demand - forecast) ** 2
    })
    if (error < best.error) best = { error, rate }
  }
  return new Float64Array(horizon).fill(best.rate)
}
