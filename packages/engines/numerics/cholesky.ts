/**
 * Cholesky's factor of a symmetric positive definite matrix, in place: the lower triangle becomes L with L L' = A
 * (Golub & Van Loan 2013, algorithm 4.2.1, by rows). The upper triangle is neither read nor written.
 * @param a `[n][n]` row-major
 * @param smallestPivot a pivot not above this share of its diagonal entry is rounding
 * @returns false when A is not positive definite: a row is a combination of those before it. What is in `a` is then of no use
 */
export function factorise(a: Float64Array, n: number, smallestPivot = 0): boolean {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const entry = a[i * n + j]!
      let sum = entry
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!
      else if (sum > smallestPivot * entry && sum > 0 && sum < Infinity) a[i * n + i] = Math.sqrt(sum)
      else return false
    }
  return true
}

/** `factorise` for a matrix that is positive definite by how it was made. @throws RangeError when it is not */
export function factoriseDefinite(a: Float64Array, n: number): void {
  if (!factorise(a, n)) throw new RangeError('The matrix is not positive definite.')
}

/** Solves L L' x = b, in place of b, with a factor from `factorise`. @returns b */
export function solveFactorised(factor: Float64Array, n: number, b: Float64Array): Float64Array {
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
  return b
}

/** The factor in an array of its own, or null when A is not positive definite. See `factorise`. */
export function cholesky(a: Float64Array, n: number, smallestPivot = 1e-15): Float64Array<ArrayBuffer> | null {
  const factor = Float64Array.from(a)
  return factorise(factor, n, smallestPivot) ? factor : null
}

/** x with A x = b, or null when A is not positive definite; both are left as they are. See `factorise`. */
export function solveDefinite(
  a: Float64Array,
  n: number,
  b: ArrayLike<number>,
  smallestPivot?: number,
): Float64Array<ArrayBuffer> | null {
  const factor = cholesky(a, n, smallestPivot)
  if (!factor) return null
  const x = Float64Array.from(b)
  solveFactorised(factor, n, x)
  return x
}

/** Inverse of A, or null when it is not positive definite; A is left as it is. See `factorise`. */
export function invertDefinite(a: Float64Array, n: number, smallestPivot?: number): Float64Array<ArrayBuffer> | null {
  const factor = cholesky(a, n, smallestPivot)
  if (!factor) return null
  const inverse = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    // A is symmetric: its inverse may be filled by rows.
    const row = inverse.subarray(j * n, j * n + n)
    row[j] = 1
    solveFactorised(factor, n, row)
  }
  return inverse
}
