import { createRandom } from '../../contract/index.ts'
import type { FleetProblem, FleetVehicle } from './fleet-problem.ts'
import { fits, measure, withUnit, type Route } from './fleet-route.ts'
import { scheduleRoute } from './fleet-schedule.ts'
import { nearUnits } from './near-units.ts'
import type { SearchBudget } from '../search-budget.ts'

/** Nodes by vehicle, and the units that no vehicle serves. */
export interface FleetPlan {
  routes: number[][]
  unserved: number[]
  score: number
  iterations: number
}

const averageRemoved = 10
const longestString = 10
const blinkShare = 0.01
const clockEvery = 32

/**
 * Ruin and recreate for everything that a fleet may be: any vehicles, shipments, breaks, skills, several windows and
 * depots. As in `ruinAndRecreate` strings of neighbouring visits are removed (a shipment with both its ends) and put back
 * at the cheapest place that the schedule permits; a place is scheduled only when it would be the cheapest so far.
 *
 * Source: Christiaens & Vanden Berghe, Transportation Science 54(2), 2020; both ends of a shipment together as in Ropke &
 * Pisinger, Transportation Science 40(4), 2006.
 */
export function searchFleet(problem: FleetProblem, omission: Float64Array, budget: SearchBudget): FleetPlan {
  const { nodes, units, vehicles, changeCost } = problem
  const random = createRandom(budget.seed)
  const near = nearUnits(problem)
  const firstClose = units.map((unit) => Math.min(...unit.nodes.map((node) => nodes[node]!.windows.at(-1)![1])))
  const open = units.map((unit) => Math.min(...unit.nodes.map((node) => nodes[node]!.windows[0]![0])))
  const size = units.map((unit) =>
    unit.nodes.reduce((sum, node) => sum + nodes[node]!.change.reduce((a, b) => a + Math.abs(b), 0), 0),
  )

  const routeOfUnit = new Int32Array(units.length).fill(-1)
  let routes: Route[] = vehicles.map((vehicle) => measure(problem, vehicle, vehicle.planned.slice(0, vehicle.done)))
  let pending: number[] = []

  const place = (r: number, list: readonly number[]) => {
    routes[r] = measure(problem, vehicles[r]!, list)
  }

  // What is planned already stays where it can.
  for (const [r, vehicle] of vehicles.entries()) {
    if (scheduleRoute(problem, vehicle, vehicle.planned)) {
      const whole = vehicle.planned.filter((node) => {
        const unit = units[nodes[node]!.unit]!
        return (
          unit.nodes.every((other) => vehicle.planned.includes(other)) &&
          (unit.nodes.length < 2 || order(unit.nodes, vehicle.planned))
        )
      })
      const kept = [
        ...vehicle.planned.slice(0, vehicle.done),
        ...whole.filter((node) => !vehicle.planned.slice(0, vehicle.done).includes(node)),
      ]
      if (
        kept.every((node, i) => i < vehicle.done || vehicle.able[nodes[node]!.unit] === 1) &&
        scheduleRoute(problem, vehicle, kept)
      )
        place(r, kept)
    }
    for (const node of routes[r]!.nodes) routeOfUnit[nodes[node]!.unit] = r
  }
  for (const [u, unit] of units.entries()) {
    const r = routeOfUnit[u]!
    if (unit.nodes.length === 0 || (r >= 0 && unit.nodes.every((node) => routes[r]!.nodes.includes(node)))) continue
    routeOfUnit[u] = -1
    pending.push(u)
  }

  const cheapest = { delta: 0, route: -1, first: 0, second: 0 }
  let blink = 0
  const blinked = () => {
    if (--blink >= 0) return false
    blink = Math.floor(Math.log(1 - random.next()) / Math.log(1 - blinkShare))
    return true
  }

  const offer = (delta: number, r: number, first: number, second: number, unit: number) => {
    if (delta >= cheapest.delta || blinked()) return
    if (!fits(problem, vehicles[r]!, routes[r]!, units[unit]!.nodes, first, second)) return
    cheapest.delta = delta
    cheapest.route = r
    cheapest.first = first
    cheapest.second = second
  }

  /** Whether what a unit loads at the start or keeps to the end could fit at all. */
  const hasRoom = (vehicle: FleetVehicle, { loads, nodes: list }: Route, unit: readonly number[]) => {
    for (let k = 0; k < problem.dimensions; k++) {
      let initial = 0
      let kept = 0
      for (const node of unit) {
        initial += nodes[node]!.initial[k]!
        kept += nodes[node]!.initial[k]! + nodes[node]!.change[k]!
      }
      if (loads[k]! + initial > vehicle.capacity[k]!) return false
      if (loads[list.length * problem.dimensions + k]! + kept > vehicle.capacity[k]!) return false
    }
    return true
  }

  /** All places of a unit in a route; `second` counts visits of the route before the second node. */
  const scan = (u: number, r: number) => {
    const vehicle = vehicles[r]!
    const unit = units[u]!
    if (!hasRoom(vehicle, routes[r]!, unit.nodes)) return
    const { nodes: list, leave, until } = routes[r]!
    const { costs, durations, start, end } = vehicle
    const { places } = vehicle.matrix
    const visits = list.length
    const fixed = (visits === 0 ? vehicle.fixedCost : 0) + (unit.home >= 0 && unit.home !== r ? changeCost : 0)
    const a = nodes[unit.nodes[0]!]!
    const b = unit.nodes.length > 1 ? nodes[unit.nodes[1]!]! : null
    const closes = a.windows.at(-1)![1]
    const opens = a.windows[0]![0]
    const secondCloses = b ? b.windows.at(-1)![1] : 0
    const leg = (from: number, to: number) => (from < 0 || to < 0 ? 0 : costs[from * places + to]!)
    let from = vehicle.done === 0 ? start : nodes[list[vehicle.done - 1]!]!.place
    for (let i = vehicle.done; i <= visits; i++) {
      const before = from
      const to = i < visits ? nodes[list[i]!]!.place : end
      from = to
      if (leave[i]! > closes) return
      const arrive = leave[i]! + (before < 0 ? 0 : durations[before * places + a.place]!)
      if (arrive > closes) continue
      const go = (arrive > opens ? arrive : opens) + a.service
      const early = go + (to < 0 ? 0 : durations[a.place * places + to]!) <= until[i]!
      if (!early && !b) continue
      const direct = visits === 0 ? 0 : leg(before, to)
      const into = fixed + leg(before, a.place) - direct
      const straight = into + leg(a.place, to)
      if (!b) {
        offer(straight, r, i, i, u)
        continue
      }
      offer(into + leg(a.place, b.place) + leg(b.place, to), r, i, i, u)
      if (!early) continue
      let left = to
      for (let j = i + 1; j <= visits; j++) {
        if (leave[j]! > secondCloses) break
        const right = j < visits ? nodes[list[j]!]!.place : end
        offer(straight + leg(left, b.place) + leg(b.place, right) - leg(left, right), r, i, j, u)
        left = right
      }
    }
  }

  const recreate = (ruinOrder: readonly number[]) => {
    const left: number[] = []
    for (const u of ruinOrder) {
      cheapest.delta = omission[u]!
      cheapest.route = -1
      const emptyKinds = new Set<number>()
      for (let r = 0; r < routes.length; r++) {
        const vehicle = vehicles[r]!
        if (vehicle.able[u] === 0) continue
        if (routes[r]!.nodes.length === 0) {
          if (emptyKinds.has(vehicle.kind) && units[u]!.home !== r) continue
          emptyKinds.add(vehicle.kind)
        }
        scan(u, r)
      }
      if (cheapest.route < 0) left.push(u)
      else {
        place(cheapest.route, withUnit(routes[cheapest.route]!.nodes, units[u]!.nodes, cheapest.first, cheapest.second))
        routeOfUnit[u] = cheapest.route
      }
    }
    pending = left
  }

  const ruin = () => {
    const used = routes.filter((route) => route.nodes.length > 0).length
    const shown = units.length - pending.length
    const longest = Math.min(longestString, Math.max(1, shown / Math.max(1, used)))
    const strings = Math.floor(1 + random.next() * Math.max(1, (4 * averageRemoved) / (1 + longest) - 1))
    const seed = random.integer(units.length)
    const ruined = new Set<number>()
    const out = [...pending]
    for (let k = -1; k < near[seed]!.length && ruined.size < strings; k++) {
      const u = k < 0 ? seed : near[seed]![k]!
      const r = routeOfUnit[u]!
      if (r < 0 || ruined.has(r) || units[u]!.nodes.length === 0) continue
      ruined.add(r)
      const list = routes[r]!.nodes
      const frozen = vehicles[r]!.done
      const at = Math.max(frozen, list.indexOf(units[u]!.nodes[random.integer(units[u]!.nodes.length)]!))
      const length = Math.floor(1 + random.next() * Math.min(longest, list.length - frozen))
      const from = Math.max(frozen, Math.min(at - random.integer(length), list.length - length))
      const gone = new Set<number>()
      const skip = random.next() < 0.5 && length > 2 ? from + 1 + random.integer(length - 2) : -1
      for (let i = from; i < from + length && i < list.length; i++) if (i !== skip) gone.add(nodes[list[i]!]!.unit)
      for (const each of gone) {
        routeOfUnit[each] = -1
        out.push(each)
      }
      place(
        r,
        list.filter((node, i) => i < frozen || !gone.has(nodes[node]!.unit)),
      )
    }
    return out
  }

  const sorted = (out: number[]) => {
    const draw = random.integer(12)
    const key = (u: number): number => {
      if (draw < 4) return random.next()
      if (draw < 5) return -size[u]!
      if (draw < 6) return firstClose[u]! - open[u]!
      if (draw < 8) return open[u]!
      if (draw < 10) return firstClose[u]!
      return -omission[u]! - random.next()
    }
    const keys = new Map(out.map((u) => [u, key(u)]))
    return out.toSorted((x, y) => keys.get(x)! - keys.get(y)! || x - y)
  }

  const scoreOf = () => {
    let score = 0
    for (const route of routes) score += route.cost
    for (const u of pending) score += omission[u]!
    if (changeCost > 0)
      for (const [u, unit] of units.entries())
        if (unit.home >= 0 && routeOfUnit[u]! >= 0 && routeOfUnit[u] !== unit.home) score += changeCost
    return score
  }

  recreate(sorted(pending))
  let kept = [...routes]
  let keptUnits = routeOfUnit.slice()
  let keptPending = pending
  let keptScore = scoreOf()
  let best = kept
  let bestPending = pending
  let bestScore = keptScore
  const travelCost = routes.reduce((sum, route) => sum + route.cost, 0)
  const scale = travelCost / Math.max(1, nodes.length)
  let temperature = scale
  let iteration = 0
  for (; iteration < budget.iterations; iteration++) {
    if (iteration % clockEvery === 0) {
      const share = budget.share(iteration)
      if (share >= 1) break
      temperature = scale * 0.01 ** share
    }
    recreate(sorted(ruin()))
    const score = scoreOf()
    if (score < keptScore - temperature * Math.log(random.next())) {
      kept = [...routes]
      keptUnits = routeOfUnit.slice()
      keptPending = pending
      keptScore = score
      if (score < bestScore) {
        best = kept
        bestPending = pending
        bestScore = score
      }
    } else {
      routes = [...kept]
      routeOfUnit.set(keptUnits)
      pending = keptPending
    }
  }
  return {
    routes: best.map((route) => [...route.nodes]),
    unserved: bestPending.toSorted((a, b) => a - b),
    score: bestScore,
    iterations: iteration,
  }
}

function order(pair: readonly number[], list: readonly number[]): boolean {
  return list.indexOf(pair[0]!) < list.indexOf(pair[1]!)
}
