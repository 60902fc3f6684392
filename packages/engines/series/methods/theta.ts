import { continueSmoothing, simpleSmoothing } from './smoothing.ts'

/**
 * The Theta method (Assimakopoulos & Nikolopoulos 2000): the mean of the line through the series and of the smoothed
 * series with its curvature doubled.
 * @param values without season
 */
export function theta(values: ArrayLike<number>, horizon: number): Float64Array {
  const n = values.length
  let sumY = 0
  let sumTy = 0
  for (let t = 0; t < n; t++) {
    sumY += values[t]!
    sumTy += t * values[t]!
  }
  const sumT = (n * (n - 1)) / 2
  const sumTt = ((n - 1) * n * (2 * n - 1)) / 6
  const determinant = n * sumTt - sumT * sumT
  const slope = determinant > 0 ? (n * sumTy - sumT * sumY) / determinant : 0
  const start = (sumY - slope * sumT) / n
  const curved = new Float64Array(n)
  for (let t = 0; t < n; t++) curved[t] = 2 * values[t]! - (start + slope * t)
  const smoothed = continueSmoothing(simpleSmoothing(curved), horizon)
  return smoothed.map((value, h) => (value + start + slope * (n + h)) / 2)
}
