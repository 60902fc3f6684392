import type { Highs } from 'highs'
import type { ProgramMatrix } from './program.ts'
import { runSolver, type SolverLimits } from './solver.ts'

const steep = 1e-7

/**
 * Whether a quadratic objective falls without end along some line that no constraint stops: the curvature vanishes on the
 * line while the linear part improves. The solver of quadratic programs does not notice this.
 *
 * Source: Frank & Wolfe, Naval Research Logistics Quarterly 3, 1956.
 * @param maximise false minimises
 */
export function fallsForever(highs: Highs, matrix: ProgramMatrix, maximise: boolean, limits: SolverLimits): boolean {
  const { columns, rows, starts, indices, values, quadratic } = matrix
  if (!quadratic) return false
  const lower = matrix.lower.map((bound) => (bound === -Infinity ? -1 : 0))
  const upper = matrix.upper.map((bound) => (bound === Infinity ? 1 : 0))
  if (![...lower, ...upper].some((each) => each !== 0)) return false
  // Rows of the whole symmetric Q, from its lower triangle by columns.
  const bend: Map<number, number>[] = Array.from({ length: columns }, () => new Map())
  for (let j = 0; j < columns; j++)
    for (let k = quadratic.starts[j]!; k < quadratic.starts[j + 1]!; k++) {
      const i = quadratic.indices[k]!
      bend[i]!.set(j, quadratic.values[k]!)
      bend[j]!.set(i, quadratic.values[k]!)
    }
  const flat = bend.filter((row) => row.size > 0)
  const allIndices = [...indices]
  const allValues = [...values]
  const allStarts = [...starts]
  for (const row of flat) {
    for (const [j, value] of [...row].toSorted(([a], [b]) => a - b)) {
      allIndices.push(j)
      allValues.push(value)
    }
    allStarts.push(allIndices.length)
  }
  const none = new Float64Array(flat.length)
  const direction: ProgramMatrix = {
    columns,
    rows: rows + flat.length,
    cost: matrix.cost,
    lower,
    upper,
    integer: new Uint8Array(columns),
    rowLower: Float64Array.from([...matrix.rowLower.map((bound) => (bound === -Infinity ? -Infinity : 0)), ...none]),
    rowUpper: Float64Array.from([...matrix.rowUpper.map((bound) => (bound === Infinity ? Infinity : 0)), ...none]),
    starts: Int32Array.from(allStarts),
    indices: Int32Array.from(allIndices),
    values: Float64Array.from(allValues),
    quadratic: null,
  }
  const { status, objective } = runSolver(highs, direction, maximise, limits)
  return status === 'optimal' && (maximise ? objective > steep : objective < -steep)
}
