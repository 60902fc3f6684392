import { z } from 'zod'
import { EngineInputError } from '../../contract/index.ts'

const Bus = z.strictObject({
  id: z.int(),
  demand: z.number().describe('MW drawn'),
  shunt: z.number().optional().describe('MW drawn by shunt conductance at 1 p.u. voltage; 0 unless told'),
  reference: z.boolean().optional().describe('Its angle is 0; the first bus unless told'),
})
const Generator = z.strictObject({
  bus: z.int(),
  min: z.number().describe('MW'),
  max: z.number().describe('MW'),
  cost: z
    .array(z.number())
    .max(3)
    .describe('Coefficients of the cost per hour in MW, the constant first: [$/h, $/MWh, $/MW2h]'),
})
const Branch = z.strictObject({
  from: z.int(),
  to: z.int(),
  resistance: z.number().describe('p.u.'),
  reactance: z.number().describe('p.u.'),
  rating: z.number().positive().nullable().optional().describe('MW in either direction; none unless told'),
  angle: z.tuple([z.number(), z.number()]).optional().describe('Least and greatest difference of the angles, degrees'),
})

export const PowerNetwork = z
  .strictObject({
    baseMva: z.number().positive().describe('Power of 1 p.u., MVA'),
    buses: z.array(Bus).min(1),
    generators: z.array(Generator),
    branches: z.array(Branch),
  })
  .describe('Transmission network in steady state')
export type PowerNetwork = z.infer<typeof PowerNetwork>

const isolated = 4
const polynomial = 2

/**
 * A network from the text of a MATPOWER case (format 2, Zimmerman et al., IEEE Transactions on Power Systems 26(1), 2011):
 * buses that are isolated, generators and branches out of service are left out.
 * @throws EngineInputError for missing tables and costs that are not polynomials up to degree 2
 */
export function parseMatpower(text: string): PowerNetwork {
  const baseMva = Number(/mpc\.baseMVA\s*=\s*([\d.eE+-]+)/.exec(text)?.[1])
  const buses = table(text, 'bus').filter(([, type]) => type !== isolated)
  const known = new Set(buses.map(([id]) => id))
  const costs = table(text, 'gencost')
  const generators = table(text, 'gen').flatMap(([bus = 0, , , , , , , status = 0, max = 0, min = 0], row) => {
    if (status <= 0 || !known.has(bus)) return []
    const [model, , , terms = 0, ...coefficients] = costs[row] ?? []
    if (model !== polynomial || terms > 3)
      throw new EngineInputError('wrong-type', [
        { field: 'gencost', row, message: 'must be a polynomial of degree 2 or less' },
      ])
    return [{ bus, min, max, cost: coefficients.slice(0, terms).toReversed() }]
  })
  const branches = table(text, 'branch').flatMap((row) => {
    const [
      from = 0,
      to = 0,
      resistance = 0,
      reactance = 0,
      ,
      rating = 0,
      ,
      ,
      ,
      ,
      status = 0,
      least = -360,
      greatest = 360,
    ] = row
    if (status <= 0 || !known.has(from) || !known.has(to)) return []
    // Two zeros stand for no limit, and so does a whole turn.
    const free = (least === 0 && greatest === 0) || (least <= -360 && greatest >= 360)
    const angle: [number, number] = [least, greatest]
    return [{ from, to, resistance, reactance, rating: rating > 0 ? rating : null, ...(free ? {} : { angle }) }]
  })
  return {
    baseMva,
    buses: buses.map(([id = 0, type, demand = 0, , shunt = 0]) => ({ id, demand, shunt, reference: type === 3 })),
    generators,
    branches,
  }
}

function table(text: string, name: string): number[][] {
  const body = new RegExp(`mpc\\.${name}\\s*=\\s*\\[([^\\]]*)\\]`).exec(text)?.[1]
  if (body === undefined)
    throw new EngineInputError('empty', [{ field: name, row: null, message: `there is no table mpc.${name}` }])
  return body
    .split(/[;\n]/)
    .map((line) => line.replace(/%.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/[\s,]+/).map(Number))
}
