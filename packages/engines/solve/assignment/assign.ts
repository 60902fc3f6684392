import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  InfeasibleError,
  Provenance,
  provenanceOf,
  startWork,
  type WorkOptions,
} from '../../contract/index.ts'

const version = '1.0.0'

export const AssignmentProblem = z
  .strictObject({
    costs: z
      .array(z.array(z.number().nullable()))
      .min(1)
      .describe('Cost of giving row i to column j; null where it must not be. [rows][columns]'),
    objective: z.enum(['minimise', 'maximise']).optional().describe('minimise unless told'),
  })
  .describe('One column for each row, or one row for each column when there are fewer columns')
export type AssignmentProblem = z.infer<typeof AssignmentProblem>

export const Assignment = z.strictObject({
  columns: z.array(z.int().nullable()).describe('Column of each row; null for a row that is left'),
  cost: z.number(),
  rowPrices: z.array(z.number()).describe('Dual prices: they prove that no assignment is better'),
  columnPrices: z.array(z.number()),
  provenance: Provenance,
})
export type Assignment = z.infer<typeof Assignment>

/**
 * Cheapest assignment, exactly, by shortest augmenting paths.
 *
 * Source: Jonker & Volgenant, Computing 38, 1987; the form for rectangles by Crouse, IEEE Transactions on Aerospace and
 * Electronic Systems 52(4), 2016.
 * @throws EngineInputError for rows of different length
 * @throws InfeasibleError naming rows that have too few columns between them; without any one of them the rest could be served
 */
export function assign(input: AssignmentProblem, options: Pick<WorkOptions, 'signal' | 'onProgress'> = {}): Assignment {
  const work = startWork(options)
  const problem = checkInput(AssignmentProblem, input)
  const width = problem.costs[0]?.length ?? 0
  const faults = problem.costs.flatMap((row, i) =>
    row.length === width && width > 0
      ? []
      : [
          {
            field: 'costs',
            row: i,
            message: `must have as many columns as the first row (${String(width)}), at least 1`,
          },
        ],
  )
  if (faults.length > 0) throw new EngineInputError('wrong-length', faults)
  const sign = problem.objective === 'maximise' ? -1 : 1
  const turned = problem.costs.length > width
  const rows = turned ? width : problem.costs.length
  const columns = turned ? problem.costs.length : width
  const cost = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    const value = turned ? problem.costs[j]?.[i] : problem.costs[i]?.[j]
    return value === null || value === undefined ? Infinity : sign * value
  })
  const rowPrice = new Float64Array(rows)
  const columnPrice = new Float64Array(columns)
  const columnOf = new Int32Array(rows).fill(-1)
  const rowOf = new Int32Array(columns).fill(-1)
  const distance = new Float64Array(columns)
  const from = new Int32Array(columns)
  const settled = new Uint8Array(columns)
  const reached = new Uint8Array(rows)
  for (let start = 0; start < rows; start++) {
    work.expired()
    work.progress(start / rows, 'assigning')
    distance.fill(Infinity)
    settled.fill(0)
    reached.fill(0)
    let i = start
    let least = 0
    let sink = -1
    while (sink < 0) {
      reached[i] = 1
      let next = -1
      let nearest = Infinity
      for (let j = 0; j < columns; j++) {
        if (settled[j] === 1) continue
        const through = least + cost[i * columns + j]! - rowPrice[i]! - columnPrice[j]!
        if (through < distance[j]!) {
          distance[j] = through
          from[j] = i
        }
        if (distance[j]! < nearest || (distance[j] === nearest && nearest < Infinity && rowOf[j] === -1)) {
          nearest = distance[j]!
          next = j
        }
      }
      if (next < 0) throw tooFewColumns(reached, settled, turned)
      least = nearest
      settled[next] = 1
      if (rowOf[next] === -1) sink = next
      else i = rowOf[next]!
    }
    for (let r = 0; r < rows; r++)
      if (reached[r] === 1) rowPrice[r]! += r === start ? least : least - distance[columnOf[r]!]!
    for (let j = 0; j < columns; j++) if (settled[j] === 1) columnPrice[j]! -= least - distance[j]!
    for (let j = sink; ;) {
      const r = from[j]!
      rowOf[j] = r
      const before = columnOf[r]!
      columnOf[r] = j
      if (r === start) break
      j = before
    }
  }
  const matched = turned ? rowOf : columnOf
  const chosen = [...matched].map((other) => (other < 0 ? null : other))
  const total = chosen.reduce<number>((sum, j, i) => sum + (j === null ? 0 : (problem.costs[i]?.[j] ?? 0)), 0)
  const prices = [rowPrice, columnPrice].map((list) => [...list].map((price) => sign * price + 0))
  const [own = [], other = []] = turned ? prices.toReversed() : prices
  return {
    columns: chosen,
    cost: total,
    rowPrices: own,
    columnPrices: other,
    provenance: provenanceOf('solve/assignment', version, 1, [problem]),
  }
}

/** The rows that were reached compete for the columns that were, one fewer (Hall, Journal of the London Mathematical Society 10, 1935). */
function tooFewColumns(reached: Uint8Array, settled: Uint8Array, turned: boolean): InfeasibleError {
  const [own, other] = turned ? ['column', 'row'] : ['row', 'column']
  const those = [...reached.keys()].filter((i) => reached[i] === 1)
  const open = [...settled.keys()].filter((j) => settled[j] === 1)
  return new InfeasibleError(
    `These cannot all be served: ${own}s ${those.join(', ')} may only have ${open.length === 0 ? `no ${other}` : `${other}s ${open.join(', ')}`}.`,
    those.map((i) => `${own} ${String(i)}`),
  )
}
