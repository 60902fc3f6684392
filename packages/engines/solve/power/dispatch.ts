import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf, type WorkOptions } from '../../contract/index.ts'
import { buildProgram, type Variable } from '../program/program.ts'
import { solveProgram } from '../program/solve-program.ts'
import { PowerNetwork } from './network.ts'

const version = '1.0.0'
const degrees = Math.PI / 180

export const PowerDispatch = z.strictObject({
  cost: z.number().describe('Per hour'),
  generation: z.array(z.number()).describe('MW by generator'),
  flows: z.array(z.number()).describe('MW by branch, from its `from` to its `to`'),
  angles: z.array(z.number()).describe('Degrees by bus'),
  prices: z.array(z.number()).describe('Locational marginal price by bus: cost of one more MW there, per MWh'),
  provenance: Provenance,
})
export type PowerDispatch = z.infer<typeof PowerDispatch>

/**
 * Cheapest generation by DC optimal power flow: flows are proportional to angle differences with the susceptance
 * x / (r2 + x2), shunts draw at nominal voltage, taps and phase shifts are left out (the formulation DCP of PowerModels,
 * Coffrin et al., PSCC 2018).
 * @throws EngineInputError for unknown or repeated buses and branches without impedance
 * @throws InfeasibleError naming the buses, branches and generators that cannot be satisfied together
 */
export async function dispatchPower(input: PowerNetwork, options: WorkOptions = {}): Promise<PowerDispatch> {
  const network = checkInput(PowerNetwork, input)
  const { baseMva, buses, generators, branches } = network
  const busAt = new Map<number, number>()
  for (const [row, { id }] of buses.entries()) {
    if (busAt.has(id))
      throw new EngineInputError('duplicate-key', [{ field: 'buses.id', row, message: `${String(id)} is there twice` }])
    busAt.set(id, row)
  }
  const at = (id: number, field: string, row: number) => {
    const found = busAt.get(id)
    if (found === undefined)
      throw new EngineInputError('unknown-name', [{ field, row, message: `there is no bus ${String(id)}` }])
    return found
  }
  const reference = Math.max(
    0,
    buses.findIndex((bus) => bus.reference),
  )

  // Angles in radians, power in p.u.; prices are converted back.
  const model = buildProgram()
  let constant = 0
  const injected: [number, Variable][][] = buses.map(() => [])
  const angles = buses.map((bus, row) =>
    model.variable(`angle of bus ${String(bus.id)}`, row === reference ? { min: 0, max: 0 } : { min: null, max: null }),
  )
  const outputs = generators.map(({ bus, min, max, cost }, row) => {
    if (min > max)
      throw new EngineInputError('out-of-range', [{ field: 'generators.min', row, message: 'is above max' }])
    const [fixed = 0, linear = 0, square = 0] = cost
    const output = model.variable(`output of generator ${String(row)}`, {
      min: min / baseMva,
      max: max / baseMva,
      cost: linear * baseMva,
    })
    if (square !== 0) model.quadratic(square * baseMva ** 2, output, output)
    constant += fixed
    injected[at(bus, 'generators.bus', row)]?.push([1, output])
    return output
  })
  const flows = branches.map(({ from, to, resistance, reactance, rating, angle }, row) => {
    const impedance = resistance ** 2 + reactance ** 2
    if (reactance === 0)
      throw new EngineInputError('out-of-range', [{ field: 'branches.reactance', row, message: 'must not be 0' }])
    const susceptance = reactance / impedance
    const limit = rating ? rating / baseMva : null
    const flow = model.variable(`flow of branch ${String(row)}`, { min: limit === null ? null : -limit, max: limit })
    const [a, b] = [at(from, 'branches.from', row), at(to, 'branches.to', row)]
    const [head, tail] = [angles[a], angles[b]]
    if (!head || !tail) return flow
    // Divided by the susceptance, so that all factors are about 1.
    model.constraint(
      `physics of branch ${String(row)}`,
      [
        [1 / susceptance, flow],
        [-1, head],
        [1, tail],
      ],
      { equal: 0 },
    )
    if (angle)
      model.constraint(
        `angle of branch ${String(row)}`,
        [
          [1, head],
          [-1, tail],
        ],
        { min: angle[0] * degrees, max: angle[1] * degrees },
      )
    injected[a]?.push([-1, flow])
    injected[b]?.push([1, flow])
    return flow
  })
  for (const [row, bus] of buses.entries())
    model.constraint(`balance of bus ${String(bus.id)}`, injected[row] ?? [], {
      equal: (bus.demand + (bus.shunt ?? 0)) / baseMva,
    })

  const { objective, values, duals, provenance } = await solveProgram(model.program, options)
  const value = ({ name }: Variable) => values[name] ?? 0
  return {
    cost: objective + constant,
    generation: outputs.map((output) => value(output) * baseMva),
    flows: flows.map((flow) => value(flow) * baseMva),
    angles: angles.map((angle) => value(angle) / degrees),
    prices: buses.map((bus) => (duals?.[`balance of bus ${String(bus.id)}`] ?? 0) / baseMva),
    provenance: provenanceOf('solve/dispatch', version, options.seed ?? 1, [network], provenance.warnings),
  }
}
