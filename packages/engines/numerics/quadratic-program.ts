import { cholesky, solveFactorised } from './cholesky.ts'
import { innerProduct } from './matrix.ts'

/** coefficients x >= bound, or = bound. */
export interface LinearRow {
  name: string
  coefficients: Float64Array
  bound: number
  equality?: boolean
}

export type QuadraticAnswer =
  | { feasible: true; x: Float64Array; active: string[] }
  /** Names of rows that cannot hold together; without any one of them they can. */
  | { feasible: false; conflict: string[] }

interface Active {
  row: LinearRow
  /** Coefficients with the sign that makes an equality a violated lower bound. */
  normal: Float64Array
  /** H^-1 normal. */
  scaled: Float64Array
  multiplier: number
  /** normal' H^-1 normal with each active one before it and with itself. */
  gram: Float64Array
  /** Its row of the Cholesky factor of those products. */
  factor: Float64Array
}

/**
 * Minimises 1/2 x'Hx + c'x under linear rows, by the dual active-set method of Goldfarb & Idnani (1983): exact, and an
 * infeasible problem ends with rows that contradict each other.
 * @param hessian `[n][n]` row-major, positive definite
 * @throws RangeError when the Hessian is not positive definite
 */
export function solveQuadratic(
  hessian: Float64Array,
  linear: Float64Array,
  rows: readonly LinearRow[],
): QuadraticAnswer {
  const n = linear.length
  const lower = cholesky(hessian, n)
  if (!lower) throw new RangeError('The Hessian is not positive definite.')
  const x = solveFactorised(
    lower,
    n,
    linear.map((value) => -value),
  )
  let active: Active[] = []

  for (let round = 0; round < 50 * (rows.length + n); round++) {
    const violated = mostViolated(rows, active, x)
    if (!violated) return { feasible: true, x, active: active.map(({ row }) => row.name) }
    const { row, sign } = violated
    const normal = row.coefficients.map((value) => sign * value)
    const entering: Active = {
      row,
      normal,
      scaled: solveFactorised(lower, n, Float64Array.from(normal)),
      multiplier: 0,
      gram: none,
      factor: none,
    }
    for (;;) {
      const { weights, products } = dependence(active, entering)
      const step = Float64Array.from(entering.scaled)
      for (const [k, each] of active.entries())
        for (let j = 0; j < n; j++) step[j] = (step[j] ?? 0) - (weights[k] ?? 0) * (each.scaled[j] ?? 0)
      const curvature = innerProduct(step, normal)
      const full =
        curvature > 1e-13 * innerProduct(entering.scaled, normal)
          ? (sign * row.bound - innerProduct(normal, x)) / curvature
          : Infinity
      let [blocked, dropped] = [Infinity, -1]
      for (const [k, each] of active.entries()) {
        const weight = weights[k] ?? 0
        if (each.row.equality || weight <= 1e-12) continue
        const ratio = each.multiplier / weight
        if (ratio < blocked) [blocked, dropped] = [ratio, k]
      }
      const length = Math.min(full, blocked)
      if (length === Infinity) {
        const against = active.filter((_, k) => Math.abs(weights[k] ?? 0) > 1e-9)
        return { feasible: false, conflict: [...against.map((each) => each.row.name), row.name] }
      }
      if (full < Infinity) for (let j = 0; j < n; j++) x[j] = (x[j] ?? 0) + length * (step[j] ?? 0)
      for (const [k, each] of active.entries()) each.multiplier -= length * (weights[k] ?? 0)
      entering.multiplier += length
      if (full <= blocked) {
        entering.gram = Float64Array.of(...products, innerProduct(normal, entering.scaled))
        entering.factor = factorRow(active, entering.gram)
        active.push(entering)
        break
      }
      active = active.filter((_, k) => k !== dropped)
      for (const [k, each] of active.entries()) {
        if (k < dropped) continue
        each.gram = each.gram.filter((_, place) => place !== dropped)
        each.factor = factorRow(active.slice(0, k), each.gram)
      }
    }
  }
  throw new Error('The active-set method did not end; the rows are badly scaled.')
}

function mostViolated(rows: readonly LinearRow[], active: readonly Active[], x: Float64Array) {
  let worst = 0
  let found: { row: LinearRow; sign: number } | null = null
  for (const row of rows) {
    const slack = innerProduct(row.coefficients, x) - row.bound
    const size = Math.sqrt(innerProduct(row.coefficients, row.coefficients)) || 1
    const amount = (row.equality ? -Math.abs(slack) : slack) / size
    if (amount >= -1e-11 * (1 + Math.abs(row.bound)) || active.some((each) => each.row === row)) continue
    // Equalities come first: they never leave again.
    const urgency = row.equality ? amount - 1e6 : amount
    if (urgency < worst) [worst, found] = [urgency, { row, sign: row.equality && slack > 0 ? -1 : 1 }]
  }
  return found
}

/** How the entering normal is made of the active ones in the metric H^-1: (N'H^-1N)^-1 N'H^-1 n. */
function dependence(active: readonly Active[], entering: Active): { weights: Float64Array; products: Float64Array } {
  const products = Float64Array.from(active, (each) => innerProduct(each.normal, entering.scaled))
  const weights = Float64Array.from(products)
  for (const [i, { factor }] of active.entries()) {
    let sum = weights[i] ?? 0
    for (let j = 0; j < i; j++) sum -= (factor[j] ?? 0) * (weights[j] ?? 0)
    weights[i] = sum / (factor[i] ?? 1)
  }
  for (let i = active.length - 1; i >= 0; i--) {
    const factor = active[i]?.factor ?? none
    const weight = (weights[i] ?? 0) / (factor[i] ?? 1)
    weights[i] = weight
    for (let j = 0; j < i; j++) weights[j] = (weights[j] ?? 0) - (factor[j] ?? 0) * weight
  }
  return { weights, products }
}

/** The next row of a Cholesky factor. @param gram products with the rows before and with itself */
function factorRow(active: readonly Active[], gram: Float64Array): Float64Array {
  const row = Float64Array.from(gram)
  const last = gram.length - 1
  let rest = gram[last] ?? 0
  for (let i = 0; i < last; i++) {
    const factor = active[i]?.factor ?? none
    let sum = row[i] ?? 0
    for (let j = 0; j < i; j++) sum -= (factor[j] ?? 0) * (row[j] ?? 0)
    const value = sum / (factor[i] ?? 1)
    row[i] = value
    rest -= value * value
  }
  if (!(rest > 0)) throw new Error('The active rows depend on each other.')
  row[last] = Math.sqrt(rest)
  return row
}

const none = new Float64Array()
