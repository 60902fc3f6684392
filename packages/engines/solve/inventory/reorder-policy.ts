import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../../contract/index.ts'
import { Demand, probabilitiesOf } from './demand.ts'

const version = '1.0.0'

export const ReorderProblem = z
  .strictObject({
    demand: Demand.describe('Demand per period, poisson or a sample of whole units'),
    leadTime: z
      .int()
      .nonnegative()
      .max(1_000)
      .optional()
      .describe('Whole periods from order to arrival; 0 unless told'),
    orderCost: z.number().nonnegative().describe('Of each order'),
    holdingCost: z.number().positive().describe('Of a unit on stock for a period'),
    backorderCost: z.number().positive().describe('Of a unit owed for a period'),
  })
  .describe('Stock that is looked at each period, where missing units are delivered later')
export type ReorderProblem = z.infer<typeof ReorderProblem>

export const ReorderPolicy = z.strictObject({
  reorderPoint: z.int().describe('s: order when stock plus what is ordered, less what is owed, is at or below this'),
  orderUpTo: z.int().describe('S: order up to this'),
  cost: z.number().describe('Expected cost per period'),
  fillRate: z.number().describe('Share of periods that end without owing'),
  provenance: Provenance,
})
export type ReorderPolicy = z.infer<typeof ReorderPolicy>

/**
 * The best (s, S) policy, exactly.
 *
 * Source: Zheng & Federgruen, Operations Research 39(4), 1991.
 * @throws EngineInputError for a demand that is always 0 or not in whole units
 */
export function reorderPolicy(input: ReorderProblem): ReorderPolicy {
  const problem = checkInput(ReorderProblem, input)
  const { leadTime = 0, orderCost, holdingCost, backorderCost } = problem
  const step = probabilitiesOf(problem.demand)
  if ((step[0] ?? 0) > 1 - 1e-12)
    throw new EngineInputError('constant', [
      { field: 'demand', row: null, message: 'is always 0; there is nothing to order' },
    ])
  // An order placed now arrives after the lead time; the period after it ends with this demand behind it.
  let total: Float64Array = step
  for (let t = 0; t < leadTime; t++) total = convolved(total, step)
  const mean = total.reduce((sum, p, d) => sum + p * d, 0)
  const costAt = new Map<number, number>()
  /** Expected holding and backorder cost of a period, from an inventory position. */
  const periodCost = (position: number) => {
    const known = costAt.get(position)
    if (known !== undefined) return known
    let left = 0
    for (let d = 0; d < total.length && d < position; d++) left += total[d]! * (position - d)
    const cost = holdingCost * left + backorderCost * (left - position + mean)
    costAt.set(position, cost)
    return cost
  }

  // Renewal function of the demand: mean visits to `S - j` before the next order.
  const visits: number[] = [1 / (1 - step[0]!)]
  const visitsAt = (j: number): number => {
    for (let k = visits.length; k <= j; k++) {
      let sum = 0
      for (let d = 1; d <= k && d < step.length; d++) sum += step[d]! * visits[k - d]!
      visits.push(sum / (1 - step[0]!))
    }
    return visits[j]!
  }
  const policyCost = (s: number, upTo: number) => {
    let cost = orderCost
    let length = 0
    for (let j = 0; j < upTo - s; j++) {
      cost += visitsAt(j) * periodCost(upTo - j)
      length += visitsAt(j)
    }
    return cost / length
  }

  let bottom = Math.floor(mean)
  while (periodCost(bottom + 1) < periodCost(bottom)) bottom++
  while (periodCost(bottom - 1) <= periodCost(bottom)) bottom--
  let upTo = bottom
  let s = upTo - 1
  while (policyCost(s, upTo) > periodCost(s)) s--
  let best = { s, upTo, cost: policyCost(s, upTo) }
  for (let next = upTo + 1; periodCost(next) <= best.cost; next++) {
    if (policyCost(best.s, next) >= best.cost) continue
    s = best.s
    while (s + 1 < next && policyCost(s, next) <= periodCost(s + 1)) s++
    best = { s, upTo: next, cost: policyCost(s, next) }
    upTo = next
  }
  const covered = (position: number) => total.subarray(0, Math.max(0, position + 1)).reduce((a, b) => a + b, 0)
  let length = 0
  let fill = 0
  for (let j = 0; j < best.upTo - best.s; j++) {
    length += visitsAt(j)
    fill += visitsAt(j) * covered(best.upTo - j)
  }
  return {
    reorderPoint: best.s,
    orderUpTo: best.upTo,
    cost: best.cost,
    fillRate: fill / length,
    provenance: provenanceOf('solve/reorder-policy', version, 1, [problem]),
  }
}

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length + b.length - 1)
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < 1e-15) continue
    for (let j = 0; j < b.length; j++) sum[i + j]! += a[i]! * b[j]!
  }
  let end = sum.length
  while (end > 1 && sum[end - 1]! < 1e-15) end--
  return sum.slice(0, end)
}
