/**
 * Solves A x = b for a symmetric positive definite A.
 * @param matrix `[k][k]` row-major
 * @returns null when A is singular to working precision: a term is a combination of others
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const factor = choleskyFactor(matrix, right.length)
  return factor && substitute(factor, right)
}

/** Inverse of a symmetric positive definite matrix, or null. */
export function invertSymmetric(matrix: Float64Array, k: number): Float64Array | null {
  const factor = choleskyFactor(matrix, k)
  if (!factor) return null
  const inverse = new Float64Array(k * k)
  for (let column = 0; column < k; column++) {
    const unit = new Float64Array(k)
    unit[column] = 1
    inverse.set(substitute(factor, unit), column * k)
  }
  return inverse
}

/** A pivot smaller than this share of its diagonal entry is rounding. */
const smallestPivot = 1e-11

function choleskyFactor(matrix: Float64Array, k: number): Float64Array | null {
  const factor = new Float64Array(k * k)
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * k + j]!
      for (let m = 0; m < j; m++) sum -= factor[i * k + m]! * factor[j * k + m]!
      if (i === j) {
        if (!(sum > smallestPivot * Math.abs(matrix[i * k + i]!))) return null
        factor[i * k + i] = Math.sqrt(sum)
      } else factor[i * k + j] = sum / factor[j * k + j]!
    }
  return factor
}

function substitute(factor: Float64Array, right: Float64Array): Float64Array {
  const k = right.length
  const x = right.slice()
  for (let i = 0; i < k; i++) {
    for (let m = 0; m < i; m++) x[i]! -= factor[i * k + m]! * x[m]!
    x[i]! /= factor[i * k + i]!
  }
  for (let i = k - 1; i >= 0; i--) {
    for (let m = i + 1; m < k; m++) x[i]! -= factor[m * k + i]! * x[m]!
    x[i]! /= factor[i * k + i]!
  }
  return x
}
