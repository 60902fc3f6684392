/**
 * Cholesky factor of a symmetric positive definite matrix, in place: the lower triangle becomes L, L Lᵀ = A.
 * @param a row by row, n × n; only the lower triangle is read
 * @returns false when the matrix is not positive definite to working precision
 */
export function factorise(a: Float64Array, n: number): boolean {
  for (let j = 0; j < n; j++) {
    let diagonal = a[j * n + j]!
    for (let k = 0; k < j; k++) diagonal -= a[j * n + k]! ** 2
    if (!(diagonal > 0)) return false
    const root = Math.sqrt(diagonal)
    a[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!
      const rowI = i * n
      const rowJ = j * n
      for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!
      a[rowI + j] = sum / root
    }
  }
  return true
}

/** Solves L Lᵀ x = b for a factor from `factorise`. */
export function solveFactorised(l: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  return x
}

/**
 * Solves (A + ridge · mean(diag A) · I) x = b; the ridge grows tenfold until the matrix can be factorised.
 * @param a lower triangle, row by row; left as it is
 */
export function solveRidge(a: Float64Array, n: number, b: Float64Array, ridge: number): Float64Array {
  let trace = 0
  for (let i = 0; i < n; i++) trace += a[i * n + i]!
  const unit = trace > 0 ? trace / n : 1
  for (let strength = Math.max(ridge, 1e-12); strength < 1e12; strength *= 10) {
    const factor = Float64Array.from(a)
    for (let i = 0; i < n; i++) factor[i * n + i]! += strength * unit
    if (factorise(factor, n)) return solveFactorised(factor, n, b)
  }
  return new Float64Array(n)
}
