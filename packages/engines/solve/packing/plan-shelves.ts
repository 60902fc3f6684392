import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'
import { refuseDuplicates } from '../duplicates.ts'
import { buildProgram, type Variable } from '../program/program.ts'
import { solveProgram, type ProgramOptions } from '../program/solve-program.ts'

const version = '1.0.0'

export const ShelfProblem = z
  .strictObject({
    shelves: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          width: z.number().positive().describe('cm'),
          height: z.number().positive().describe('cm'),
          appeal: z.number().positive().optional().describe('Factor on sales there; 1 unless told'),
        }),
      )
      .min(1),
    products: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          width: z.number().positive().describe('cm of one facing'),
          height: z.number().positive().describe('cm'),
          profit: z.number().describe('With one facing on a shelf of appeal 1'),
          elasticity: z
            .number()
            .min(0)
            .max(1)
            .optional()
            .describe('Profit grows with facings to this power; 0.2 unless told'),
          minFacings: z.int().nonnegative().optional().describe('0 unless told: it may be left out'),
          maxFacings: z.int().positive().max(50).optional().describe('6 unless told'),
        }),
      )
      .min(1),
  })
  .describe('Which products get how many facings on which shelf')
export type ShelfProblem = z.infer<typeof ShelfProblem>

export const ShelfPlan = z.strictObject({
  facings: z.array(z.strictObject({ shelf: z.string(), product: z.string(), count: z.int() })),
  profit: z.number(),
  bound: z.number().nullable(),
  gap: z.number().nullable(),
  provenance: Provenance,
})
export type ShelfPlan = z.infer<typeof ShelfPlan>

/**
 * Shelf space: each product stands on at most one shelf, and its profit grows ever more slowly with its facings. A
 * mixed-integer program with one choice per product, shelf and count (Corstjens & Doyle, Management Science 27, 1981).
 * @throws InfeasibleError naming shelves and products whose least facings do not fit
 */
export async function planShelves(input: ShelfProblem, options: ProgramOptions = {}): Promise<ShelfPlan> {
  const problem = checkInput(ShelfProblem, input)
  const { shelves, products } = problem
  refuseDuplicates('shelves.name', shelves)
  refuseDuplicates('products.name', products)
  const model = buildProgram('maximise')
  const used: [number, Variable][][] = shelves.map(() => [])
  const choices: { shelf: string; product: string; count: number; choice: Variable }[] = []
  for (const [row, product] of products.entries()) {
    const { name, width, height, profit, elasticity = 0.2, minFacings = 0, maxFacings = 6 } = product
    if (minFacings > maxFacings)
      throw new EngineInputError('out-of-range', [
        { field: 'products.minFacings', row, message: 'is above maxFacings' },
      ])
    const own: [number, Variable][] = []
    for (const [s, shelf] of shelves.entries()) {
      if (height > shelf.height) continue
      for (let count = Math.max(1, minFacings); count <= maxFacings && count * width <= shelf.width; count++) {
        const choice = model.variable(`${name}: ${String(count)} on ${shelf.name}`, {
          max: 1,
          integer: true,
          cost: (shelf.appeal ?? 1) * profit * count ** elasticity,
        })
        own.push([1, choice])
        used[s]?.push([count * width, choice])
        choices.push({ shelf: shelf.name, product: name, count, choice })
      }
    }
    model.constraint(`place of ${name}`, own, minFacings > 0 ? { equal: 1 } : { max: 1 })
  }
  for (const [s, { name, width }] of shelves.entries())
    model.constraint(`width of ${name}`, used[s] ?? [], { max: width })
  if (choices.length === 0) model.variable('nothing fits', { max: 0 })
  const solution = await solveProgram(model.program, options)
  return {
    facings: choices.flatMap(({ choice, ...rest }) => ((solution.values[choice.name] ?? 0) > 0.5 ? [rest] : [])),
    profit: solution.objective,
    bound: solution.bound,
    gap: solution.gap,
    provenance: provenanceOf(
      'solve/shelves',
      version,
      options.seed ?? 1,
      [problem, { gap: options.gap }],
      solution.provenance.warnings,
    ),
  }
}
