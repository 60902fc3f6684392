import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'
import { refuseDuplicates } from '../duplicates.ts'
import { buildProgram } from '../program/program.ts'
import { solveProgram, type ProgramOptions } from '../program/solve-program.ts'

const version = '1.0.0'

export const KnapsackProblem = z
  .strictObject({
    capacities: z.array(z.number().nonnegative()).min(1).describe('One per dimension: weight, volume'),
    items: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          value: z.number(),
          sizes: z.array(z.number().nonnegative()).describe('Size of one piece in each dimension'),
          count: z.int().nonnegative().optional().describe('Pieces that there are; 1 unless told'),
        }),
      )
      .min(1),
  })
  .describe('What to take along, so that it fits and is worth most')
export type KnapsackProblem = z.infer<typeof KnapsackProblem>

export const KnapsackPacking = z.strictObject({
  taken: z.array(z.strictObject({ name: z.string(), count: z.int() })),
  value: z.number(),
  bound: z.number().nullable().describe('No choice is worth more'),
  gap: z.number().nullable().describe('(bound - value) relative to the larger of both'),
  provenance: Provenance,
})
export type KnapsackPacking = z.infer<typeof KnapsackPacking>

/** Cells of the table of dynamic programming up to which it is used. */
const mostCells = 20_000_000

/**
 * Knapsack, exactly: by dynamic programming over a whole-numbered capacity (Bellman 1957), otherwise as a mixed-integer
 * program with any number of dimensions.
 * @throws EngineInputError for names that are there twice and sizes that do not match the dimensions
 */
export async function packKnapsack(input: KnapsackProblem, options: ProgramOptions = {}): Promise<KnapsackPacking> {
  const problem = checkInput(KnapsackProblem, input)
  const { capacities, items } = problem
  refuseDuplicates('items.name', items)
  for (const [row, { sizes }] of items.entries()) {
    if (sizes.length !== capacities.length)
      throw new EngineInputError('wrong-length', [
        { field: 'items.sizes', row, message: `must have ${String(capacities.length)} numbers` },
      ])
  }
  const [capacity = 0] = capacities
  const pieces = items.reduce((sum, { count }) => sum + (count ?? 1), 0)
  const whole =
    capacities.length === 1 &&
    Math.floor(capacity) * pieces <= mostCells &&
    items.every(({ sizes }) => Number.isInteger(sizes[0]))
  const provenance = provenanceOf('solve/knapsack', version, options.seed ?? 1, [problem, { gap: options.gap }])
  if (whole) {
    const counts = byTable(
      items.map(({ value, sizes, count }) => ({ value, size: sizes[0] ?? 0, count: count ?? 1 })),
      Math.floor(capacity),
    )
    const value = items.reduce((sum, item, i) => sum + item.value * (counts[i] ?? 0), 0)
    return { taken: named(items, counts), value, bound: value, gap: 0, provenance }
  }
  const model = buildProgram('maximise')
  const taken = items.map(({ name, value, count }) =>
    model.variable(name, { max: count ?? 1, integer: true, cost: value }),
  )
  for (const [k, max] of capacities.entries())
    model.constraint(
      `dimension ${String(k)}`,
      taken.map((variable, i) => [items[i]?.sizes[k] ?? 0, variable]),
      { max },
    )
  const solution = await solveProgram(model.program, options)
  const counts = items.map(({ name }) => solution.values[name] ?? 0)
  return {
    taken: named(items, counts),
    value: solution.objective,
    bound: solution.bound,
    gap: solution.gap,
    provenance: { ...provenance, warnings: solution.provenance.warnings },
  }
}

function named(items: readonly { name: string }[], counts: readonly number[]) {
  return items.flatMap(({ name }, i) => ((counts[i] ?? 0) > 0 ? [{ name, count: counts[i] ?? 0 }] : []))
}

function byTable(items: readonly { value: number; size: number; count: number }[], capacity: number): number[] {
  const pieces = items.flatMap(({ value, size, count }, i) =>
    value > 0 ? Array.from({ length: count }, () => ({ value, size, i })) : [],
  )
  const best = new Float64Array(capacity + 1)
  const took = pieces.map(({ value, size }) => {
    const row = new Uint8Array(capacity + 1)
    for (let room = capacity; room >= size; room--) {
      const taken = best[room - size]! + value
      if (taken > best[room]!) {
        best[room] = taken
        row[room] = 1
      }
    }
    return row
  })
  const counts = items.map(() => 0)
  let room = capacity
  for (let p = pieces.length - 1; p >= 0; p--)
    if (took[p]![room] === 1) {
      const { i, size } = pieces[p]!
      counts[i]!++
      room -= size
    }
  return counts
}
