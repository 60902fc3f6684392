import type { Design } from './design.ts'

/** Terms with mean 0 and standard deviation 1 over the weighted rows. */
export function standardise(plain: Design, weights: Float64Array | null) {
  const means: number[] = []
  const scales: number[] = []
  const values = plain.values.slice()
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : plain.rows
  plain.terms.forEach((_, term) => {
    const part = values.subarray(term * plain.rows, (term + 1) * plain.rows)
    const mean = part.reduce((sum, value, row) => sum + value * (weights ? weights[row]! : 1), 0) / total
    const square =
      part.reduce((sum, value, row) => sum + (value - mean) ** 2 * (weights ? weights[row]! : 1), 0) / total
    const scale = square > 0 ? Math.sqrt(square) : 1
    for (let row = 0; row < part.length; row++) part[row] = (part[row]! - mean) / scale
    means.push(mean)
    scales.push(scale)
  })
  return { design: { ...plain, values }, means, scales }
}

/** exp(coefficient), what one unit more multiplies by; null beyond the range of numbers. */
export function factorOf(coefficient: number): number | null {
  const factor = Math.exp(coefficient)
  return factor > 0 && factor < Infinity ? factor : null
}

/** Coefficients of the terms as they are, the intercept first. */
export function unscale(coefficients: Float64Array, means: readonly number[], scales: readonly number[]): Float64Array {
  const own = coefficients.slice()
  means.forEach((mean, at) => {
    own[at + 1] = coefficients[at + 1]! / scales[at]!
    own[0]! -= own[at + 1]! * mean
  })
  return own
}
