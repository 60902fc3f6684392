import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'
import { normalDensity, normalQuantile } from '../../numerics/index.ts'
import { Demand, probabilitiesOf } from './demand.ts'

const version = '1.0.0'

export const NewsvendorProblem = z
  .strictObject({
    demand: Demand,
    overage: z.number().positive().describe('Cost of each unit that is left'),
    underage: z.number().positive().describe('Cost of each unit that is missing'),
  })
  .describe('How much to have for one season')
export type NewsvendorProblem = z.infer<typeof NewsvendorProblem>

export const NewsvendorOrder = z.strictObject({
  quantity: z.number(),
  criticalRatio: z.number().describe('Probability with which the demand should be covered'),
  cost: z.number().describe('Expected cost of what is left and what is missing'),
  provenance: Provenance,
})
export type NewsvendorOrder = z.infer<typeof NewsvendorOrder>

/**
 * The quantity at which the next unit is as likely to be left as it is to be missed, by cost (Arrow, Harris & Marschak,
 * Econometrica 19, 1951).
 * @throws EngineInputError when one cost is nothing beside the other, so that no finite quantity is best
 */
export function orderForSeason(input: NewsvendorProblem): NewsvendorOrder {
  const problem = checkInput(NewsvendorProblem, input)
  const { demand, overage, underage } = problem
  const criticalRatio = underage / (underage + overage)
  const provenance = provenanceOf('solve/newsvendor', version, 1, [problem])
  if (demand.distribution === 'normal') {
    // By the smaller tail, which keeps its digits next to 0.
    const z = overage < underage ? -normalQuantile(overage / (underage + overage)) : normalQuantile(criticalRatio)
    if (!Number.isFinite(z))
      throw new EngineInputError('out-of-range', [
        { field: overage < underage ? 'overage' : 'underage', row: null, message: 'is nothing beside the other cost' },
      ])
    const cost = demand.deviation * (underage + overage) * normalDensity(z)
    return { quantity: demand.mean + z * demand.deviation, criticalRatio, cost, provenance }
  }
  const points =
    demand.distribution === 'sample'
      ? demand.values.toSorted((a, b) => a - b).map((value) => ({ value, probability: 1 / demand.values.length }))
      : [...probabilitiesOf(demand)].map((probability, value) => ({ value, probability }))
  let sum = 0
  const least = points.find(({ probability }) => (sum += probability) >= criticalRatio - 1e-12)
  const quantity = (least ?? points.at(-1))?.value ?? 0
  const cost = points.reduce(
    (total, { value, probability }) =>
      total + probability * (value > quantity ? underage * (value - quantity) : overage * (quantity - value)),
    0,
  )
  return { quantity, criticalRatio, cost, provenance }
}
