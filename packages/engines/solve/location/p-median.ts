import { z } from 'zod'
import {
  checkInput,
  createRandom,
  EngineInputError,
  Provenance,
  provenanceOf,
  type Random,
  type Warning,
} from '../../contract/index.ts'
import { budgetOf, type SearchBudget, type SearchOptions } from '../search-budget.ts'

const version = '1.0.0'

export const MedianProblem = z
  .strictObject({
    costs: z
      .array(z.array(z.number().nonnegative()))
      .min(1)
      .describe('Cost of serving customer j from place i. [places][customers]'),
    medians: z.int().positive().describe('How many places to open'),
  })
  .describe('p-median: the places from which all customers are served at least cost')
export type MedianProblem = z.infer<typeof MedianProblem>

export const Medians = z.strictObject({
  open: z.array(z.int()).describe('Rows of the places'),
  servedBy: z.array(z.int()).describe('Row of the place that serves each customer'),
  cost: z.number(),
  bound: z.number().describe('No choice costs less (Lagrangian relaxation)'),
  gap: z.number().describe('(cost - bound) / cost'),
  provenance: Provenance,
})
export type Medians = z.infer<typeof Medians>

const restarts = 30
const ascentSteps = 300

/**
 * p-median by swaps of one open place, from many beginnings: part of the best choice is kept, the rest drawn anew.
 *
 * Source: Whitaker, INFOR 21, 1983 (fast interchange); Hansen & Mladenović, Location Science 5, 1997 (shaking); bound by
 * Cornuéjols, Fisher & Nemhauser, Management Science 23, 1977.
 * @throws EngineInputError for rows of different length and more medians than places
 */
export function locateMedians(input: MedianProblem, options: SearchOptions = {}): Medians {
  const problem = checkInput(MedianProblem, input)
  const places = problem.costs.length
  const customers = problem.costs[0]?.length ?? 0
  const wrong = problem.costs.findIndex((row) => row.length !== customers || customers === 0)
  if (wrong >= 0)
    throw new EngineInputError('wrong-length', [
      { field: 'costs', row: wrong, message: 'all rows must have the same length, at least 1' },
    ])
  if (problem.medians > places)
    throw new EngineInputError('out-of-range', [
      { field: 'medians', row: null, message: `there are only ${String(places)} places` },
    ])
  const cost = Float64Array.from(
    { length: places * customers },
    (_, at) => problem.costs[Math.floor(at / customers)]?.[at % customers] ?? 0,
  )
  const budget = budgetOf(options, restarts)
  const random = createRandom(budget.seed)
  let best = swapped(cost, places, customers, drawn(places, problem.medians, [], random), budget)
  const bound = lagrangianBound(cost, places, customers, problem.medians, best.cost, budget)
  let strength = 1
  for (let round = 1; budget.share(round, best.cost) < 1 && best.cost > bound + 1e-9 * best.cost; round++) {
    const kept = random.shuffle([...best.open]).slice(Math.min(strength, problem.medians))
    const next = swapped(cost, places, customers, drawn(places, problem.medians, kept, random), budget)
    strength = next.cost < best.cost ? 1 : (strength % Math.max(2, Math.ceil(problem.medians / 2))) + 1
    if (next.cost < best.cost) best = next
  }
  const warnings: Warning[] = budget.clocked()
    ? [{ code: 'time-limit', message: 'The time limit decided how long was searched.' }]
    : []
  const open = best.open.toSorted((a, b) => a - b)
  const servedBy = Array.from({ length: customers }, (_, j) =>
    open.reduce(
      (nearest, i) => (cost[i * customers + j]! < cost[nearest * customers + j]! ? i : nearest),
      open[0] ?? 0,
    ),
  )
  return {
    open,
    servedBy,
    cost: best.cost,
    bound: Math.min(bound, best.cost),
    gap: best.cost === 0 ? 0 : Math.max(0, best.cost - bound) / best.cost,
    provenance: provenanceOf(
      'solve/p-median',
      version,
      budget.seed,
      [problem, { iterations: options.iterations }],
      warnings,
    ),
  }
}

function drawn(places: number, medians: number, kept: readonly number[], random: Random): number[] {
  const others = random.shuffle(Array.from({ length: places }, (_, i) => i).filter((i) => !kept.includes(i)))
  return [...kept, ...others].slice(0, medians)
}

/** The best swap again and again until none helps or the time is over. */
function swapped(
  cost: Float64Array,
  places: number,
  customers: number,
  start: readonly number[],
  budget: SearchBudget,
): { open: number[]; cost: number } {
  const open = [...start]
  const isOpen = new Uint8Array(places)
  for (const i of open) isOpen[i] = 1
  const nearest = new Int32Array(customers)
  const least = new Float64Array(customers)
  const second = new Float64Array(customers)
  const loss = new Float64Array(places)
  for (;;) {
    for (let j = 0; j < customers; j++) {
      least[j] = Infinity
      second[j] = Infinity
      for (const i of open) {
        const each = cost[i * customers + j]!
        if (each < least[j]!) {
          second[j] = least[j]!
          least[j] = each
          nearest[j] = i
        } else if (each < second[j]!) second[j] = each
      }
    }
    // What rounding may feign is no gain.
    let bestGain = 1e-12 * least.reduce((sum, each) => sum + each, 0)
    let bestIn = -1
    let bestOut = -1
    for (let i = 0; i < places; i++) {
      if (isOpen[i] === 1) continue
      let gain = 0
      for (const each of open) loss[each] = 0
      for (let j = 0; j < customers; j++) {
        const own = cost[i * customers + j]!
        if (own < least[j]!) gain += least[j]! - own
        else loss[nearest[j]!]! += Math.min(own, second[j]!) - least[j]!
      }
      for (const each of open)
        if (gain - loss[each]! > bestGain) {
          bestGain = gain - loss[each]!
          bestIn = i
          bestOut = each
        }
    }
    if (bestIn < 0 || budget.expired()) return { open, cost: least.reduce((sum, each) => sum + each, 0) }
    open[open.indexOf(bestOut)] = bestIn
    isOpen[bestOut] = 0
    isOpen[bestIn] = 1
  }
}

/** Subgradient ascent over the prices that customers would pay for being served. */
function lagrangianBound(
  cost: Float64Array,
  places: number,
  customers: number,
  medians: number,
  known: number,
  budget: SearchBudget,
): number {
  const price = new Float64Array(customers)
  for (let j = 0; j < customers; j++) {
    let dearest = 0
    for (let i = 0; i < places; i++) dearest = Math.max(dearest, cost[i * customers + j]!)
    price[j] = dearest / 2
  }
  const served = new Int32Array(customers)
  let best = 0
  let pace = 2
  let stale = 0
  for (let step = 0; step < ascentSteps && !budget.expired(); step++) {
    const worth = Array.from({ length: places }, (_, i) => {
      let sum = 0
      for (let j = 0; j < customers; j++) sum += Math.min(0, cost[i * customers + j]! - price[j]!)
      return { i, sum }
    }).sort((a, b) => a.sum - b.sum || a.i - b.i)
    served.fill(0)
    let value = price.reduce((sum, each) => sum + each, 0)
    for (const { i, sum } of worth.slice(0, medians)) {
      value += sum
      for (let j = 0; j < customers; j++) if (cost[i * customers + j]! < price[j]!) served[j]!++
    }
    if (value > best) {
      best = value
      stale = 0
    } else if (++stale === 15) {
      pace /= 2
      stale = 0
    }
    let norm = 0
    for (let j = 0; j < customers; j++) norm += (1 - served[j]!) ** 2
    if (norm === 0) break
    const stride = (pace * Math.max(1e-9 * known, known - value)) / norm
    for (let j = 0; j < customers; j++) price[j] = Math.max(0, price[j]! + stride * (1 - served[j]!))
  }
  return best
}
