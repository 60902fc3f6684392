import type { Work } from '../../contract/index.ts'
import { cholesky, solveFactorised } from '../cholesky.ts'
import {
  type ActiveRow,
  along,
  enter,
  entering,
  leave,
  type QuadraticProgram,
  type SparseRow,
  sparseRow,
  split,
} from './active-set.ts'

export type QuadraticAnswer =
  | { feasible: true; x: Float64Array }
  /** Names of rows that cannot hold together; without any one of them they can. */
  | { feasible: false; conflict: string[] }

/** A program whose rows are so many or so alike that rounding keeps the search from its end. */
export class UnsolvedError extends Error {
  override readonly name = 'UnsolvedError'
}

/** A program at its answer: what following it further needs. */
export interface SolvedProgram {
  n: number
  /** Cholesky factor of the Hessian. */
  lower: Float64Array
  rows: SparseRow[]
  x: Float64Array
  active: ActiveRow[]
}

/**
 * Minimises 1/2 x'Hx + c'x under linear rows, by the dual active-set method of Goldfarb & Idnani (1983): exact, and an
 * infeasible problem ends with rows that contradict each other. On the way there is no x that obeys all rows, so a time
 * limit does not end it.
 * @throws RangeError when the Hessian is not positive definite; UnsolvedError; the reason of an aborted signal
 */
export function solveQuadratic(program: QuadraticProgram, work?: Work): QuadraticAnswer {
  const solved = minimise(program, work)
  return 'conflict' in solved ? { feasible: false, conflict: solved.conflict } : { feasible: true, x: solved.x }
}

/** `solveQuadratic` with the state it ended in. */
export function minimise(
  { hessian, linear, rows: given, more }: QuadraticProgram,
  work?: Work,
): SolvedProgram | { conflict: string[] } {
  const n = linear.length
  const lower = cholesky(hessian, n)
  if (!lower) throw new RangeError('The Hessian is not positive definite.')
  const x = solveFactorised(
    lower,
    n,
    linear.map((value) => -value),
  )
  const rows = given.map(sparseRow)
  const active: ActiveRow[] = []
  for (let round = 0; round < 10 * (rows.length + n); round++) {
    work?.expired()
    const violated = mostViolated(rows, x) ?? mostViolated(more ? [sparseRow(more(x))] : [], x)
    if (!violated) return { n, lower, rows, x, active }
    const conflict = admit(entering(violated.row, violated.sign, lower, n), active, x)
    if (conflict) return { conflict: [...new Set(conflict)] }
  }
  throw new UnsolvedError('The active-set method did not end: too many rows meet in one point.')
}

/** Moves x onto the row; active rows that would turn against the move leave. @returns names of a contradiction, or null */
function admit(row: ActiveRow, active: ActiveRow[], x: Float64Array): string[] | null {
  const { sparse, sign, scaled } = row
  const own = sign * along(sparse, scaled)
  for (;;) {
    const { weights, step, factor } = split(active, scaled)
    const curvature = sign * along(sparse, step)
    const full = curvature > 1e-13 * own ? (sign * (sparse.row.bound - along(sparse, x))) / curvature : Infinity
    let [blocked, dropped] = [Infinity, -1]
    for (const [k, { sparse: held, multiplier }] of active.entries()) {
      const weight = weights[k]!
      if (held.row.equality || weight <= 1e-12) continue
      if (multiplier / weight < blocked) [blocked, dropped] = [multiplier / weight, k]
    }
    const length = Math.min(full, blocked)
    if (length === Infinity) {
      const against = active.filter((_, k) => Math.abs(weights[k]!) > 1e-9)
      return [...against.map((each) => each.sparse.row.name), sparse.row.name]
    }
    if (full < Infinity) for (let j = 0; j < x.length; j++) x[j]! += length * step[j]!
    for (const [k, each] of active.entries()) each.multiplier -= length * weights[k]!
    row.multiplier += length
    if (full <= blocked) {
      enter(active, row, factor, curvature)
      return null
    }
    leave(active, dropped)
  }
}

function mostViolated(rows: readonly SparseRow[], x: Float64Array): { row: SparseRow; sign: 1 | -1 } | null {
  let worst = 0
  let found: { row: SparseRow; sign: 1 | -1 } | null = null
  for (const row of rows) {
    if (row.active) continue
    const { bound, equality } = row.row
    const slack = along(row, x) - bound
    const amount = (equality ? -Math.abs(slack) : slack) / row.length
    if (amount >= -1e-11 * (1 + Math.abs(bound))) continue
    // Equalities come first: they never leave again.
    const urgency = equality ? amount - 1e6 : amount
    if (urgency < worst) [worst, found] = [urgency, { row, sign: equality && slack > 0 ? -1 : 1 }]
  }
  return found
}
