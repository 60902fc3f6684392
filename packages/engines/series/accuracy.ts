/** Symmetric absolute percentage error, 0 to 200 (Makridakis 1993); 0 where both are 0. */
export function smape(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  let sum = 0
  for (let h = 0; h < actual.length; h++) {
    const size = Math.abs(actual[h]!) + Math.abs(forecast[h]!)
    if (size > 0) sum += (200 * Math.abs(actual[h]! - forecast[h]!)) / size
  }
  return sum / actual.length
}

/** Mean absolute step of a seasonal naive forecast inside the series: the unit of MASE. 0 for a series that only repeats itself. */
export function naiveStep(past: ArrayLike<number>, season: number): number {
  const lag = past.length > season ? season : 1
  let sum = 0
  for (let t = lag; t < past.length; t++) sum += Math.abs(past[t]! - past[t - lag]!)
  return sum / Math.max(1, past.length - lag)
}

/** Mean absolute scaled error (Hyndman & Koehler 2006). @param step from `naiveStep` */
export function mase(actual: ArrayLike<number>, forecast: ArrayLike<number>, step: number): number {
  let sum = 0
  for (let h = 0; h < actual.length; h++) sum += Math.abs(actual[h]! - forecast[h]!)
  const mean = sum / actual.length
  return step > 0 ? mean / step : mean === 0 ? 0 : Infinity
}

/**
 * Overall weighted average against a reference forecast (Makridakis, Spiliotis & Assimakopoulos 2018): mean of the two
 * relative errors; 1 = as good as the reference.
 */
export function overallWeightedAverage(
  ours: { smape: number; mase: number },
  reference: { smape: number; mase: number },
): number {
  return (ours.smape / reference.smape + ours.mase / reference.mase) / 2
}
