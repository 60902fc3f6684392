/** Mean, variance with n - 1, and quantiles, as every part of the engine counts them. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0
  return sum / values.length
}

/** Two passes, so that a large mean costs no digits. */
export function variance(values: ArrayLike<number>): number {
  return covariance(values, values)
}

export function covariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - meanA) * ((b[i] ?? 0) - meanB)
  return sum / (a.length - 1)
}

/** Type 7 of Hyndman & Fan (1996): linear between order statistics. @param sorted ascending */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share
  const below = Math.floor(at)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low
  return low + (at - below) * (high - low)
}

/** Whether all values are the same; rounding leaves such a variance above zero. */
export const isConstant = (values: readonly number[]): boolean => values.every((value) => value === values[0])
