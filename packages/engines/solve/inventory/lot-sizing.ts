import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'

const version = '1.0.0'

const PerPeriod = z.union([z.number().nonnegative(), z.array(z.number().nonnegative())])

export const LotSizingProblem = z
  .strictObject({
    demand: z.array(z.number().nonnegative()).min(1).max(5_000).describe('Units by period'),
    setupCost: PerPeriod.describe('Of each order, one number or by period'),
    holdingCost: PerPeriod.describe('Of a unit from one period to the next, one number or by period'),
    unitCost: PerPeriod.optional().describe('Of a unit, one number or by period; 0 unless told'),
  })
  .describe('When to order how much of a known demand')
export type LotSizingProblem = z.infer<typeof LotSizingProblem>

export const LotSizes = z.strictObject({
  orders: z.array(z.number()).describe('Units by period'),
  stock: z.array(z.number()).describe('Units at the end of each period'),
  cost: z.number(),
  provenance: Provenance,
})
export type LotSizes = z.infer<typeof LotSizes>

/**
 * Cheapest orders for a known demand, exactly: each order covers whole periods.
 *
 * Source: Wagner & Whitin, Management Science 5(1), 1958.
 * @throws EngineInputError when costs by period do not match the demand
 */
export function sizeLots(input: LotSizingProblem): LotSizes {
  const problem = checkInput(LotSizingProblem, input)
  const periods = problem.demand.length
  const byPeriod = (given: number | number[] | undefined, field: string) => {
    if (Array.isArray(given) && given.length !== periods)
      throw new EngineInputError('wrong-length', [
        { field, row: null, message: `must have ${String(periods)} numbers, one per period` },
      ])
    return Float64Array.from({ length: periods }, (_, t) => (Array.isArray(given) ? (given[t] ?? 0) : (given ?? 0)))
  }
  const setup = byPeriod(problem.setupCost, 'setupCost')
  const holding = byPeriod(problem.holdingCost, 'holdingCost')
  const unit = byPeriod(problem.unitCost, 'unitCost')
  const demand = Float64Array.from(problem.demand)
  // Least cost of all periods before t, and the period of the order that covers the last of them.
  const least = new Float64Array(periods + 1).fill(Infinity)
  const orderedIn = new Int32Array(periods + 1)
  least[0] = 0
  for (let from = 0; from < periods; from++) {
    let held = 0
    let cost = least[from]!
    let units = 0
    for (let t = from; t < periods; t++) {
      units += demand[t]!
      cost += demand[t]! * (unit[from]! + held)
      held += holding[t]!
      const whole = cost + (units > 0 ? setup[from]! : 0)
      if (whole < least[t + 1]!) {
        least[t + 1] = whole
        orderedIn[t + 1] = from
      }
    }
  }
  const orders = Array.from({ length: periods }, () => 0)
  for (let end = periods; end > 0; end = orderedIn[end]!) {
    const from = orderedIn[end]!
    orders[from] = demand.subarray(from, end).reduce((a, b) => a + b, 0)
  }
  let left = 0
  const stock = orders.map((order, t) => (left = Math.max(0, left + order - demand[t]!)))
  return { orders, stock, cost: least[periods]!, provenance: provenanceOf('solve/lot-sizing', version, 1, [problem]) }
}
