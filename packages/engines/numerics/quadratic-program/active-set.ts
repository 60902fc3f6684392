import { solveFactorised } from '../cholesky.ts'

/** coefficients x >= bound, or = bound. */
export interface LinearRow {
  name: string
  coefficients: Float64Array
  bound: number
  equality?: boolean
}

/** The row that x violates most, of rows too many to list, such as the facets of a sum of absolute values. */
export type RowSource = (x: Float64Array) => LinearRow

export interface QuadraticProgram {
  /** `[n][n]` row-major, positive definite. */
  hessian: Float64Array
  /** `[n]` */
  linear: Float64Array
  rows: readonly LinearRow[]
  more?: RowSource | undefined
}

/** A row with its non-zero coefficients apart: most rows are about one variable. */
export interface SparseRow {
  row: LinearRow
  places: Int32Array
  values: Float64Array
  /** Euclidean length of the coefficients, or 1. */
  length: number
  active: boolean
}

export interface ActiveRow {
  sparse: SparseRow
  /** -1 turns an equality around that was violated from above. */
  sign: 1 | -1
  /** H^-1 n, where n is sign * coefficients. */
  scaled: Float64Array
  multiplier: number
  /** Its row of the Cholesky factor of N' H^-1 N, N being the active rows in their order. */
  factor: Float64Array
}

export function sparseRow(row: LinearRow): SparseRow {
  const places = Int32Array.from([...row.coefficients.keys()].filter((j) => row.coefficients[j] !== 0))
  const values = Float64Array.from(places, (j) => row.coefficients[j]!)
  return {
    row,
    places,
    values,
    length: Math.sqrt(values.reduce((sum, each) => sum + each * each, 0)) || 1,
    active: false,
  }
}

/** coefficients x */
export function along({ places, values }: SparseRow, x: Float64Array): number {
  let sum = 0
  for (let k = 0; k < places.length; k++) sum += values[k]! * x[places[k]!]!
  return sum
}

/** The row about to become active. @param lower Cholesky factor of H */
export function entering(sparse: SparseRow, sign: 1 | -1, lower: Float64Array, n: number): ActiveRow {
  const normal = sparse.row.coefficients.map((value) => sign * value)
  return { sparse, sign, scaled: solveFactorised(lower, n, normal), multiplier: 0, factor: none }
}

const none = new Float64Array()

/**
 * How a direction is made of the active normals in the metric H^-1: weights = (N'H^-1N)^-1 N' scaled, and what is left
 * of it, step = scaled - H^-1 N weights, along which no active row changes.
 * @param scaled H^-1 direction
 */
export function split(active: readonly ActiveRow[], scaled: Float64Array) {
  const k = active.length
  const factor = new Float64Array(k)
  for (let i = 0; i < k; i++) {
    const { sparse, sign, factor: row } = active[i]!
    let sum = sign * along(sparse, scaled)
    for (let j = 0; j < i; j++) sum -= row[j]! * factor[j]!
    factor[i] = sum / row[i]!
  }
  const weights = Float64Array.from(factor)
  const step = Float64Array.from(scaled)
  for (let i = k - 1; i >= 0; i--) {
    const { factor: row, scaled: own } = active[i]!
    const weight = weights[i]! / row[i]!
    weights[i] = weight
    for (let j = 0; j < i; j++) weights[j]! -= row[j]! * weight
    for (let j = 0; j < step.length; j++) step[j]! -= weight * own[j]!
  }
  return { weights, step, factor }
}

/**
 * Appends a row that does not depend on those before.
 * @param factor from `split` of its `scaled` @param curvature of the step that is left of it, above zero
 */
export function enter(active: ActiveRow[], row: ActiveRow, factor: Float64Array, curvature: number): void {
  row.factor = new Float64Array(active.length + 1)
  row.factor.set(factor)
  row.factor[active.length] = Math.sqrt(curvature)
  row.sparse.active = true
  active.push(row)
}

/** Takes a row out; rotations make the factor triangular again (Givens 1958). */
export function leave(active: ActiveRow[], index: number): void {
  const [left] = active.splice(index, 1)
  if (left) left.sparse.active = false
  for (let j = index; j < active.length; j++) {
    const { factor } = active[j]!
    const size = Math.hypot(factor[j]!, factor[j + 1]!)
    const [cosine, sine] = [factor[j]! / size, factor[j + 1]! / size]
    for (let i = j; i < active.length; i++) {
      const row = active[i]!.factor
      const [x, y] = [row[j]!, row[j + 1]!]
      row[j] = cosine * x + sine * y
      row[j + 1] = cosine * y - sine * x
    }
    active[j]!.factor = factor.subarray(0, j + 1)
  }
}
