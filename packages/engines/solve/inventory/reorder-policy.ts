import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  Provenance,
  provenanceOf,
  startWork,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { Demand, probabilitiesOf } from './demand.ts'

const version = '1.1.0'

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
  bound: z.number().describe('No policy costs less; equal to the cost unless the time limit came first'),
  gap: z.number().describe('(cost - bound) / cost'),
  serviceLevel: z.number().describe('Share of periods that end without owing'),
  fillRate: z.number().describe('Share of the demand that is served from stock at once'),
  provenance: Provenance,
})
export type ReorderPolicy = z.infer<typeof ReorderPolicy>

/** Units that the demand over the lead time may reach; more needs a larger unit. */
const mostUnits = 2_000_000

/**
 * The best (s, S) policy, exactly.
 *
 * Source: Zheng & Federgruen, Operations Research 39(4), 1991.
 * @throws EngineInputError for a demand that is always 0, not in whole units, or in units that are too small
 */
export function reorderPolicy(input: ReorderProblem, options: WorkOptions = {}): ReorderPolicy {
  const problem = checkInput(ReorderProblem, input)
  const { leadTime = 0, orderCost, holdingCost, backorderCost } = problem
  const work = startWork(options)
  const step = probabilitiesOf(problem.demand)
  if ((step[0] ?? 0) > 1 - 1e-12)
    throw new EngineInputError('constant', [
      { field: 'demand', row: null, message: 'is always 0; there is nothing to order' },
    ])
  if (step.length * (leadTime + 1) > mostUnits)
    throw new EngineInputError('wrong-unit', [
      {
        field: 'demand',
        row: null,
        message: `over the lead time is more than ${String(mostUnits)} units; count in larger units`,
      },
    ])
  const before = lossOf(demandOver(problem.demand, step, leadTime))
  // An order placed now arrives after the lead time; the period after it ends with this demand behind it.
  const total = lossOf(demandOver(problem.demand, step, leadTime + 1))
  /** Expected holding and backorder cost of a period, from an inventory position. */
  const periodCost = (position: number) => {
    const missing = total.missing(position)
    return holdingCost * (position - total.mean + missing) + backorderCost * missing
  }
  const visitsAt = renewals(step)
  /** Mean cost of the periods between two orders, and how many they are. */
  const cycleOf = (s: number, upTo: number) => {
    let cost = orderCost
    let length = 0
    for (let j = 0; j < upTo - s; j++) {
      cost += visitsAt(j) * periodCost(upTo - j)
      length += visitsAt(j)
    }
    return { cost, length }
  }
  const policyCost = (s: number, upTo: number) => {
    const { cost, length } = cycleOf(s, upTo)
    return cost / length
  }

  let bottom = Math.floor(total.mean)
  while (periodCost(bottom + 1) < periodCost(bottom)) bottom++
  while (periodCost(bottom - 1) <= periodCost(bottom)) bottom--
  const first = cycleOf(bottom - 1, bottom)
  let s = bottom - 1
  while (first.cost / first.length > periodCost(s)) {
    first.cost += visitsAt(bottom - s) * periodCost(s)
    first.length += visitsAt(bottom - s)
    s--
  }
  let best = { s, upTo: bottom, cost: first.cost / first.length }
  let late = false
  for (let next = bottom + 1; periodCost(next) <= best.cost; next++) {
    late = work.expired()
    if (late) break
    if (policyCost(best.s, next) >= best.cost) continue
    s = best.s
    while (s + 1 < next && policyCost(s, next) <= periodCost(s + 1)) s++
    best = { s, upTo: next, cost: policyCost(s, next) }
  }
  const bound = late ? Math.min(best.cost, periodCost(bottom)) : best.cost
  const { length } = cycleOf(best.s, best.upTo)
  let covered = 0
  let owed = 0
  for (let j = 0; j < best.upTo - best.s; j++) {
    const position = best.upTo - j
    covered += visitsAt(j) * total.atMost(position)
    owed += visitsAt(j) * (total.missing(position) - before.missing(position))
  }
  const warnings: Warning[] = late
    ? [{ code: 'time-limit', message: 'The time limit came before all policies were compared.' }]
    : []
  return {
    reorderPoint: best.s,
    orderUpTo: best.upTo,
    cost: best.cost,
    bound,
    gap: (best.cost - bound) / best.cost,
    serviceLevel: covered / length,
    fillRate: 1 - owed / length / (total.mean / (leadTime + 1)),
    provenance: provenanceOf('solve/reorder-policy', version, 1, [problem], warnings),
  }
}

/** Renewal function of the demand: mean visits to `S - j` before the next order. */
function renewals(step: Float64Array): (j: number) => number {
  const again = 1 - step[0]!
  const least = step.findIndex((each, d) => d > 0 && each > 0)
  const visits: number[] = [1 / again]
  return (j) => {
    for (let k = visits.length; k <= j; k++) {
      let sum = 0
      for (let d = least; d <= k && d < step.length; d++) sum += step[d]! * visits[k - d]!
      visits.push(sum / again)
    }
    return visits[j]!
  }
}

/** Probabilities of the demand of so many periods together. */
function demandOver(demand: Demand, step: Float64Array, periods: number): Float64Array {
  if (periods === 0) return new Float64Array([1])
  if (demand.distribution === 'poisson')
    return probabilitiesOf({ distribution: 'poisson', mean: demand.mean * periods })
  let sum = step
  for (let t = 1; t < periods; t++) sum = convolved(sum, step)
  return sum
}

/** Mean, distribution function and expected shortfall of counted demand, each at once for any position. */
function lossOf(probabilities: Float64Array) {
  const size = probabilities.length
  const below = new Float64Array(size + 1)
  const part = new Float64Array(size + 1)
  for (let d = 0; d < size; d++) {
    below[d + 1] = below[d]! + probabilities[d]!
    part[d + 1] = part[d]! + d * probabilities[d]!
  }
  const mean = part[size]!
  const known = (position: number) => Math.max(0, Math.min(size, position + 1))
  return {
    mean,
    atMost: (position: number) => below[known(position)]!,
    missing: (position: number) => {
      const k = known(position)
      return Math.max(0, mean - part[k]! - position * (below[size]! - below[k]!))
    },
  }
}

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length + b.length - 1)
  const counted = [...b.keys()].filter((j) => b[j]! > 0)
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < 1e-15) continue
    for (const j of counted) sum[i + j]! += a[i]! * b[j]!
  }
  let end = sum.length
  while (end > 1 && sum[end - 1]! < 1e-15) end--
  return sum.slice(0, end)
}
