import type { SearchOptions } from '../search-budget.ts'
import { startWork } from '../../contract/index.ts'
import type { FleetProblem } from './fleet-problem.ts'
import { costOfRoute } from './fleet-schedule.ts'
import { relaxRoutes, weighNodes, type RouteRelaxation } from './route-relaxation.ts'
import { cheapestWalks, joinWalks } from './walks.ts'

export interface RouteBound {
  /** No plan that serves the same nodes costs less; inside units. */
  bound: number
  clocked: boolean
}

/** What a route may weigh, in the units of the first rounds and of the last. */
const roughCapacity = 60
const fineCapacity = 400
/** Cells of a table of walks, [capacity][nodes][nodes]; with more only the legs are bounded. */
const mostCells = 1e8
/** So small a table is made even when the time is over, since it says far more than the legs alone. */
const quickCells = 1e7
/** Cells of the tables that may be filled in all. */
const workUnlessTold = 2.5e8
/** Of one cell, until a round has shown it. */
const usualMillisPerCell = 3e-5
const fewestRounds = 5
const mostRounds = 200
/** Rounds without a better bound after which steps get shorter. */
const patience = 6

/**
 * A lower bound on the cost of serving what the routes serve: each node gets a price, and its share of the cheapest walk
 * through it that could be part of a route (q-routes without two-cycles). Prices rise where walks pass too seldom and
 * fall where they pass too often.
 *
 * Source: Christofides, Mingozzi & Toth, Mathematical Programming 20, 1981 (q-routes); the share of a node by its weight
 * as in bound H1 of Baldacci, Christofides & Mingozzi, Mathematical Programming 115, 2008; steps by Polyak 1969.
 */
export function boundRoutes(
  problem: FleetProblem,
  routes: readonly (readonly number[])[],
  options: SearchOptions = {},
): RouteBound {
  const work = startWork(options)
  const limit = options.maxMillis ?? Infinity
  const cost = routes.reduce((sum, list, v) => sum + costOfRoute(problem, problem.vehicles[v]!, list), 0)
  const served = routes.flat()
  if (served.length === 0) return { bound: 0, clocked: false }
  const rough = relaxRoutes(problem, served, roughCapacity)
  const fine = { ...rough, ...weighNodes(problem, served, fineCapacity) }
  const symmetric = isSymmetric(rough)
  const outOf = symmetric ? rough.into : transposed(rough.into, rough.nodes)
  const { nodes } = rough
  // Costs are whole, and so is the least of them.
  const whole = (bound: number) => Math.min(cost, Math.ceil(bound - Math.max(1e-6, 1e-9 * cost)))
  let best = Math.max(0, legBound(rough))
  let clocked = false
  const price = pricesOf(problem, routes, rough.weight)
  const visits = new Float64Array(nodes)
  let millisPerCell = usualMillisPerCell * (symmetric ? 1 : 2)

  /** Rounds of a better price for each node, until the work is done, the time over or the plan proven. */
  const ascend = ({ into, from, to, weight, capacity }: RouteRelaxation, workShare: number) => {
    const cells = nodes ** 2 * capacity
    if (cells > mostCells) return
    const rounds = Math.min(mostRounds, Math.max(fewestRounds, Math.floor((workShare * workUnlessTold) / (2 * cells))))
    let pace = 1
    let stale = 0
    let highest = -Infinity
    for (let round = 0; round < rounds && whole(best) < cost; round++) {
      const begun = work.elapsed()
      const isQuick = cells <= quickCells && round * cells <= quickCells && best <= 0.5 * cost
      // A round of a large table is not begun when it would end too late: nothing looks at the clock in its middle.
      const isLate = work.expired() || (cells > quickCells && begun + cells * millisPerCell > limit)
      if (isLate && !isQuick) {
        clocked = true
        return
      }
      work.progress(round / rounds, 'bounding')
      const forwards = cheapestWalks(nodes, into, from, price, weight, capacity)
      const backwards = symmetric ? forwards : cheapestWalks(nodes, outOf, to, price, weight, capacity)
      visits.fill(0)
      const bound = joinWalks(forwards, backwards, price, weight, capacity, visits)
      millisPerCell = (work.elapsed() - begun) / cells
      if (bound === -Infinity) return
      best = Math.max(best, bound)
      if (bound > highest) {
        highest = bound
        stale = 0
      } else if (++stale === patience) {
        pace /= 2
        stale = 0
      }
      let norm = 0
      for (let i = 0; i < nodes; i++) norm += (1 - visits[i]!) ** 2
      if (norm < 1e-12) return
      const stride = (pace * (cost - bound)) / norm
      for (let i = 0; i < nodes; i++) price[i]! += stride * (1 - visits[i]!)
    }
  }
  // Prices found with coarse weights are nearly those of fine ones, and cost far less.
  const roughly = rough.capacity < 0.6 * fine.capacity
  if (roughly) ascend(rough, 0.25)
  if (!clocked) ascend(fine, roughly ? 0.75 : 1)
  return { bound: whole(best), clocked }
}

/** Each visit is come to and left once. */
function legBound({ nodes, into, from, to }: RouteRelaxation): number {
  const least = Float64Array.from(to)
  let coming = 0
  for (let j = 0; j < nodes; j++) {
    let cheapest = from[j]!
    for (let i = 0; i < nodes; i++) {
      const leg = into[j * nodes + i]!
      if (leg < cheapest) cheapest = leg
      if (leg < least[i]!) least[i] = leg
    }
    coming += cheapest
  }
  return Math.max(
    coming,
    least.reduce((a, b) => a + b, 0),
  )
}

/** To begin with, each visit pays half of its legs; what is left of a route is shared by weight. */
function pricesOf(problem: FleetProblem, routes: readonly (readonly number[])[], weight: Int32Array): Float64Array {
  const price = new Float64Array(weight.length)
  let at = 0
  for (const [v, list] of routes.entries()) {
    const vehicle = problem.vehicles[v]!
    const { places } = vehicle.matrix
    let rest = costOfRoute(problem, vehicle, list)
    let heavy = 0
    for (let k = 0; k < list.length; k++) {
      heavy += weight[at + k]!
      if (k === 0) continue
      const leg = vehicle.costs[problem.nodes[list[k - 1]!]!.place * places + problem.nodes[list[k]!]!.place]!
      price[at + k - 1]! += leg / 2
      price[at + k]! += leg / 2
      rest -= leg
    }
    for (let k = 0; k < list.length; k++) price[at + k]! += (rest * weight[at + k]!) / heavy
    at += list.length
  }
  return price
}

function isSymmetric({ nodes, into, from, to }: RouteRelaxation): boolean {
  for (let i = 0; i < nodes; i++) {
    if (from[i] !== to[i]) return false
    for (let j = 0; j < i; j++) if (into[i * nodes + j] !== into[j * nodes + i]) return false
  }
  return true
}

function transposed(matrix: Float64Array, size: number): Float64Array {
  const turned = new Float64Array(matrix.length)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) turned[j * size + i] = matrix[i * size + j]!
  return turned
}
