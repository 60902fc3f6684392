import type { Highs } from 'highs'
import type { Work } from '../../contract/index.ts'
import type { Program, ProgramMatrix } from './program.ts'
import { runSolver } from './solver.ts'

/** Seconds that the explanation may take. */
const patience = 10

/**
 * A set of constraints and bounds that cannot hold together, none of which can be left out: constraints are left out in
 * halves, then one by one, as long as the rest stays infeasible (deletion filter, Chinneck & Dravnieks 1991).
 * @param scaled the same program in the units of the solver
 * @returns names of constraints, and `x >= 3` for bounds; `proven` when none of them can be left out
 */
export function smallestConflict(
  highs: Highs,
  program: Program,
  matrix: ProgramMatrix,
  scaled: ProgramMatrix,
  work: Work,
): { names: string[]; proven: boolean } {
  const started = work.elapsed()
  let proven = true
  let over = false
  // Demands by number: rows first, then lower and upper bounds of the columns.
  const { rows, columns } = matrix
  const holds = new Set<number>()
  for (let r = 0; r < rows; r++) holds.add(r)
  for (let j = 0; j < columns; j++) {
    if (matrix.lower[j]! > -Infinity) holds.add(rows + j)
    if (matrix.upper[j]! < Infinity) holds.add(rows + columns + j)
  }
  const infeasible = (kept: ReadonlySet<number>) => {
    const free = (values: Float64Array, from: number, none: number) =>
      values.map((value, i) => (kept.has(from + i) ? value : none))
    const run = runSolver(
      highs,
      {
        ...scaled,
        cost: new Float64Array(columns),
        quadratic: null,
        rowLower: free(scaled.rowLower, 0, -Infinity),
        rowUpper: free(scaled.rowUpper, 0, Infinity),
        lower: free(scaled.lower, rows, -Infinity),
        upper: free(scaled.upper, rows + columns, Infinity),
      },
      false,
      { seconds: 2, seed: 1, check: () => work.expired() },
    )
    // Without bounds the search among whole numbers may never end; then the demands stay, and nothing is proven.
    if (run.status !== 'infeasible' && run.status !== 'optimal') proven = false
    return run.status === 'infeasible'
  }
  let current = holds
  for (let chunk = Math.ceil(holds.size / 2); ; chunk = Math.ceil(chunk / 2)) {
    const list = [...current]
    for (let at = 0; at < list.length; at += chunk) {
      if (work.expired() || (work.elapsed() - started) / 1000 > patience) {
        proven = false
        over = true
        break
      }
      const without = new Set(current)
      for (const each of list.slice(at, at + chunk)) without.delete(each)
      if (without.size < current.size && infeasible(without)) current = without
    }
    if (chunk <= 1 || over) break
  }
  const names = [...current].map((demand) => {
    if (demand < rows) return program.constraints[demand]?.name ?? ''
    const upper = demand >= rows + columns
    const j = demand - rows - (upper ? columns : 0)
    const variable = program.variables[j]
    return `${variable?.name ?? ''} ${upper ? '<=' : '>='} ${String(upper ? matrix.upper[j] : matrix.lower[j])}`
  })
  return { names, proven }
}
