import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'
import { refuseDuplicates } from '../duplicates.ts'
import { buildProgram, type Variable } from '../program/program.ts'
import { solveProgram, type ProgramOptions } from '../program/solve-program.ts'

const version = '1.0.0'

export const FacilityProblem = z
  .strictObject({
    facilities: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          fixedCost: z.number().nonnegative().describe('Of opening it'),
          capacity: z.number().nonnegative().nullable().optional().describe('In units of demand; none unless told'),
        }),
      )
      .min(1),
    customers: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          demand: z.number().nonnegative().optional().describe('1 unless told'),
        }),
      )
      .min(1),
    costs: z
      .array(z.array(z.number().nullable()))
      .describe(
        'Cost of serving all of the demand of customer j from facility i; null where it cannot be. [facilities][customers]',
      ),
    singleSource: z.boolean().optional().describe('Each customer is served by one facility alone'),
  })
  .describe('Which facilities to open, and who is served from where')
export type FacilityProblem = z.infer<typeof FacilityProblem>

export const FacilityPlan = z.strictObject({
  open: z.array(z.string()),
  shares: z.array(
    z.strictObject({
      facility: z.string(),
      customer: z.string(),
      share: z.number().describe('Of the demand of the customer'),
    }),
  ),
  cost: z.number(),
  bound: z.number().nullable(),
  gap: z.number().nullable(),
  provenance: Provenance,
})
export type FacilityPlan = z.infer<typeof FacilityPlan>

/**
 * Facility location, with or without capacities, as a mixed-integer program in the strong form (Balinski 1965): a customer
 * is served only from what is open.
 * @throws InfeasibleError naming the capacities and customers that cannot be brought together
 */
export async function locateFacilities(input: FacilityProblem, options: ProgramOptions = {}): Promise<FacilityPlan> {
  const problem = checkInput(FacilityProblem, input)
  const { facilities, customers, costs } = problem
  refuseDuplicates('facilities.name', facilities)
  refuseDuplicates('customers.name', customers)
  const wrong = costs.findIndex((row) => row.length !== customers.length)
  if (costs.length !== facilities.length || wrong >= 0)
    throw new EngineInputError('wrong-length', [
      {
        field: 'costs',
        row: wrong < 0 ? null : wrong,
        message: 'needs a row for each facility and a column for each customer',
      },
    ])
  const model = buildProgram()
  const opened = facilities.map(({ name, fixedCost }) =>
    model.variable(`open ${name}`, { max: 1, integer: true, cost: fixedCost }),
  )
  const served: [number, Variable][][] = customers.map(() => [])
  const links: { facility: string; customer: string; share: Variable }[] = []
  for (const [i, facility] of facilities.entries()) {
    const gate = opened[i]
    if (!gate) continue
    const used: [number, Variable][] = []
    for (const [j, customer] of customers.entries()) {
      const cost = costs[i]?.[j]
      if (cost === null || cost === undefined) continue
      const share = model.variable(`${facility.name} serves ${customer.name}`, {
        max: 1,
        cost,
        integer: problem.singleSource === true,
      })
      model.constraint(
        `${facility.name} must be open for ${customer.name}`,
        [
          [1, share],
          [-1, gate],
        ],
        { max: 0 },
      )
      served[j]?.push([1, share])
      used.push([customer.demand ?? 1, share])
      links.push({ facility: facility.name, customer: customer.name, share })
    }
    if (facility.capacity !== null && facility.capacity !== undefined)
      model.constraint(`capacity of ${facility.name}`, [...used, [-facility.capacity, gate]], { max: 0 })
  }
  for (const [j, customer] of customers.entries())
    model.constraint(`${customer.name} is served`, served[j] ?? [], { equal: 1 })
  const solution = await solveProgram(model.program, options)
  const value = (variable: Variable) => solution.values[variable.name] ?? 0
  return {
    open: facilities.flatMap(({ name }, i) => (opened[i] && value(opened[i]) > 0.5 ? [name] : [])),
    shares: links.flatMap(({ facility, customer, share }) =>
      value(share) > 1e-7 ? [{ facility, customer, share: value(share) }] : [],
    ),
    cost: solution.objective,
    bound: solution.bound,
    gap: solution.gap,
    provenance: provenanceOf(
      'solve/facilities',
      version,
      options.seed ?? 1,
      [problem, { gap: options.gap }],
      solution.provenance.warnings,
    ),
  }
}
