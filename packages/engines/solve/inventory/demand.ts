import { z } from 'zod'
import { EngineInputError } from '../../contract/index.ts'

export const Demand = z
  .discriminatedUnion('distribution', [
    z.strictObject({
      distribution: z.literal('normal'),
      mean: z.number().nonnegative(),
      deviation: z.number().nonnegative(),
    }),
    z.strictObject({ distribution: z.literal('poisson'), mean: z.number().positive().max(100_000) }),
    z.strictObject({
      distribution: z.literal('sample'),
      values: z.array(z.number().nonnegative()).min(1).describe('Observed demands of equal weight'),
    }),
  ])
  .describe('Demand in units per period')
export type Demand = z.infer<typeof Demand>

/** Probabilities of 0, 1, 2... units; what is beyond the end is less than 1e-12. @throws EngineInputError for a demand that is not in whole units */
export function probabilitiesOf(demand: Demand): Float64Array {
  if (demand.distribution === 'poisson') {
    const { mean } = demand
    const end = Math.ceil(mean + 12 * Math.sqrt(mean) + 20)
    const list = new Float64Array(end + 1)
    // From the mode outwards, so that nothing underflows before it counts.
    const mode = Math.floor(mean)
    list[mode] = 1
    for (let k = mode; k < end; k++) list[k + 1] = (list[k]! * mean) / (k + 1)
    for (let k = mode; k > 0; k--) list[k - 1] = (list[k]! * k) / mean
    const sum = list.reduce((a, b) => a + b, 0)
    return list.map((each) => each / sum)
  }
  if (demand.distribution === 'sample') {
    const row = demand.values.findIndex((value) => !Number.isInteger(value) || value > 1_000_000)
    if (row >= 0)
      throw new EngineInputError('wrong-unit', [
        { field: 'demand.values', row, message: 'must be whole units, at most 1,000,000' },
      ])
    const list = new Float64Array(Math.max(...demand.values) + 1)
    for (const value of demand.values) list[value]! += 1 / demand.values.length
    return list
  }
  throw new EngineInputError('wrong-type', [
    { field: 'demand.distribution', row: null, message: 'must be poisson or sample: this needs whole units' },
  ])
}
