/**
 * Cholesky's factor of a small symmetric positive definite matrix, in place in the lower triangle.
 * @param m `[n][n]` row-major
 * @throws RangeError when it is not positive definite
 */
export function factoriseSpd(m: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = m[i * n + j]!
      for (let k = 0; k < j; k++) sum -= m[i * n + k]! * m[j * n + k]!
      if (i !== j) m[i * n + j] = sum / m[j * n + j]!
      else if (sum > 0) m[i * n + i] = Math.sqrt(sum)
      else throw new RangeError(`not positive definite at row ${String(i)}`)
    }
}

/** Solves L L' x = b in place of b, with the factor of `factoriseSpd`. */
export function solveFactorised(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[k]!
    b[i] = sum / factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[k]!
    b[i] = sum / factor[i * n + i]!
  }
}
