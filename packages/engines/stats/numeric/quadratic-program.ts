import { cholesky, innerProduct, solveCholesky } from './cholesky.ts'

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
  const x = solveCholesky(
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
    const entering: Active = { row, normal, scaled: solveCholesky(lower, n, normal), multiplier: 0 }
    for (;;) {
      const weights = dependence(active, entering)
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
        active.push(entering)
        break
      }
      active = active.filter((_, k) => k !== dropped)
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
function dependence(active: readonly Active[], entering: Active): Float64Array {
  const k = active.length
  if (k === 0) return new Float64Array()
  const gram = new Float64Array(k * k)
  const right = new Float64Array(k)
  for (const [i, each] of active.entries()) {
    for (const [j, other] of active.entries()) gram[i * k + j] = innerProduct(each.normal, other.scaled)
    right[i] = innerProduct(each.normal, entering.scaled)
  }
  const lower = cholesky(gram, k)
  if (!lower) throw new Error('The active rows depend on each other.')
  return solveCholesky(lower, k, right)
}
