import { factorise, solveFactorised } from './cholesky.ts'

/**
 * Solves (A + ridge * mean(diagonal of A) * I) x = b (Hoerl & Kennard 1970); the ridge grows tenfold until the matrix can
 * be factorised.
 * @param a symmetric, positive semidefinite, `[n][n]` row-major; only the lower triangle is read, and left as it is
 */
export function solveRidge(a: Float64Array, n: number, b: Float64Array, ridge: number): Float64Array {
  let trace = 0
  for (let i = 0; i < n; i++) trace += a[i * n + i]!
  const unit = trace > 0 ? trace / n : 1
  for (let strength = Math.max(ridge, 1e-12); strength < 1e12; strength *= 10) {
    const factor = Float64Array.from(a)
    for (let i = 0; i < n; i++) factor[i * n + i]! += strength * unit
    if (factorise(factor, n)) return solveFactorised(factor, n, Float64Array.from(b))
  }
  return new Float64Array(n)
}
