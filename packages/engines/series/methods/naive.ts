/** The last value goes on. */
export function naive(values: ArrayLike<number>, horizon: number): Float64Array {
  return new Float64Array(horizon).fill(values[values.length - 1]!)
}

/** The last cycle goes on. @param season steps per cycle, at most the series' length */
export function seasonalNaive(values: ArrayLike<number>, season: number, horizon: number): Float64Array {
  const forecast = new Float64Array(horizon)
  const start = values.length - season
  for (let h = 0; h < horizon; h++) forecast[h] = values[start + (h % season)]!
  return forecast
}
