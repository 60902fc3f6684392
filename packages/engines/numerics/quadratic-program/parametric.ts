import type { Work } from '../../contract/index.ts'
import { solveFactorised } from '../cholesky.ts'
import { type ActiveRow, along, enter, entering, leave, type SparseRow, split } from './active-set.ts'
import type { SolvedProgram } from './dual-active-set.ts'

/** A straight piece of the path: x + s * step for s from 0 to `length`. */
export interface PathPiece {
  /** t where it begins. */
  at: number
  x: Float64Array
  step: Float64Array
  length: number
}

/**
 * Follows the answer of min 1/2 x'Hx + (c - t g)'x under linear rows as t grows from 0: parametric quadratic programming
 * (Best 1996), which for portfolios is the critical line method (Markowitz 1956). Between two changes of the active rows
 * the answer is a straight line, so every t is exact.
 * @param solved the program at t = 0, all of its rows listed; it is moved along
 * @param direction g
 * @param visit told each piece; ends the path by returning how far to go on it
 * @returns the x where it ended: where `visit` said, or where nothing changes any more
 */
export function followQuadratic(
  solved: SolvedProgram,
  direction: Float64Array,
  visit: (piece: PathPiece) => number | null,
  work?: Work,
): Float64Array {
  const { n, lower, x, active } = solved
  const scaled = solveFactorised(lower, n, Float64Array.from(direction))
  const reach = largest(scaled)
  let at = 0
  for (let round = 0; round < 50 * (solved.rows.length + n); round++) {
    work?.expired()
    const { weights, step } = split(active, scaled)
    if (largest(step) <= 1e-11 * reach) step.fill(0)
    const { length, change } = nextChange(solved, step, weights)
    const end = visit({ at, x, step, length })
    if (end !== null || change === null) {
      for (let j = 0; j < n; j++) x[j]! += (end ?? 0) * step[j]!
      return x
    }
    at += length
    for (let j = 0; j < n; j++) x[j]! += length * step[j]!
    for (const [k, each] of active.entries()) each.multiplier -= length * weights[k]!
    if (typeof change === 'number') leave(active, change)
    else exchange(active, entering(change, 1, lower, n))
  }
  throw new Error('The path did not end; the rows are badly scaled.')
}

/** How far the active rows stay as they are, and the row that enters, or the place of the one that leaves. */
function nextChange(
  { rows, active, x }: SolvedProgram,
  step: Float64Array,
  weights: Float64Array,
): { length: number; change: SparseRow | number | null } {
  let length = Infinity
  let change: SparseRow | number | null = null
  const leastWeight = 1e-11 * largest(weights)
  for (const [k, { sparse, multiplier }] of active.entries()) {
    if (sparse.row.equality || !(weights[k]! > leastWeight)) continue
    const ratio = Math.max(0, multiplier) / weights[k]!
    if (ratio < length) [length, change] = [ratio, k]
  }
  const leastRate = 1e-11 * largest(step)
  for (const row of rows) {
    if (row.active || row.row.equality) continue
    const rate = -along(row, step)
    if (!(rate > leastRate * row.length)) continue
    const ratio = Math.max(0, along(row, x) - row.row.bound) / rate
    if (ratio < length) [length, change] = [ratio, row]
  }
  return { length, change }
}

/** Makes a row active that x has reached; when it depends on the others, one of them leaves for it. */
function exchange(active: ActiveRow[], row: ActiveRow): void {
  const own = along(row.sparse, row.scaled)
  for (;;) {
    const { weights, step, factor } = split(active, row.scaled)
    const curvature = along(row.sparse, step)
    if (curvature > 1e-13 * own) {
      enter(active, row, factor, curvature)
      return
    }
    let [share, dropped] = [Infinity, -1]
    for (const [k, { sparse, multiplier }] of active.entries()) {
      if (sparse.row.equality || weights[k]! <= 1e-12) continue
      if (multiplier / weights[k]! < share) [share, dropped] = [multiplier / weights[k]!, k]
    }
    // x obeys all rows, so rows that contradict each other cannot be met here.
    if (dropped < 0) throw new Error('The rows are badly scaled: a row contradicts those it depends on.')
    for (const [k, each] of active.entries()) each.multiplier -= share * weights[k]!
    row.multiplier += share
    leave(active, dropped)
  }
}

function largest(values: Float64Array): number {
  let most = 0
  for (let j = 0; j < values.length; j++) most = Math.max(most, Math.abs(values[j]!))
  return most
}
