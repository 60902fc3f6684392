/**
 * Weighted least squares with an elastic net penalty by cyclic coordinate descent on covariances (Friedman, Hastie & Tibshirani 2010,
 * "Regularization Paths for Generalized Linear Models via Coordinate Descent"):
 * minimises b'Gb / 2 - c'b + l1 * sum |b| + l2 / 2 * sum b^2, where no penalty is put on the intercept.
 *
 * @param gram `[k][k]` row-major, the intercept first @param moments `[k]`
 * @param coefficients where to begin; changed in place
 * @returns whether it converged
 */
export function coordinateDescent(
  gram: Float64Array,
  moments: Float64Array,
  penalties: Float64Array,
  l1: number,
  l2: number,
  coefficients: Float64Array,
): boolean {
  const k = moments.length
  const gradient = moments.slice()
  for (let j = 0; j < k; j++)
    if (coefficients[j] !== 0) for (let i = 0; i < k; i++) gradient[i]! -= gram[j * k + i]! * coefficients[j]!
  let scale = 0
  for (let j = 0; j < k; j++) scale = Math.max(scale, Math.abs(moments[j]!))
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let change = 0
    for (let j = 0; j < k; j++) {
      const own = gram[j * k + j]!
      if (own <= 0) continue
      const before = coefficients[j]!
      const pull = gradient[j]! + own * before
      const penalty = penalties[j]!
      const after = shrink(pull, l1 * penalty) / (own + l2 * penalty)
      if (after === before) continue
      coefficients[j] = after
      const step = after - before
      for (let i = 0; i < k; i++) gradient[i]! -= gram[j * k + i]! * step
      change = Math.max(change, own * Math.abs(step))
    }
    if (change <= tolerance * scale) return true
  }
  return false
}

const mostSweeps = 5000
const tolerance = 1e-12

function shrink(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0
}
