/** Square matrices are Float64Array `[n][n]` row-major. */

/** Rows of plain numbers, one array. */
export const flatten = (rows: readonly (readonly number[])[]): Float64Array<ArrayBuffer> =>
  Float64Array.from(rows.flat())

/** matrix x, `[n]`. */
export function multiply(matrix: Float64Array, n: number, x: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const product = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * x[j]!
    product[i] = sum
  }
  return product
}

export function innerProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
