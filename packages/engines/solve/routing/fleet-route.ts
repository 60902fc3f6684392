import { endOfTime, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'
import { departuresByBreaks, takesBreaks } from './fleet-breaks.ts'
import { costOfRoute, earliestIn, scheduleRoute } from './fleet-schedule.ts'

/** A route and what is needed to judge a change of it; never changed, but replaced. */
export interface Route {
  nodes: readonly number[]
  cost: number
  /** Earliest departure after each visit, breaks left out: [visits + 1], 0 is the start. A lower bound where there are breaks. */
  leave: Float64Array
  /** Upper bound of the arrival at each visit: [visits + 1], the last is the end. */
  until: Float64Array
  /** Load after the start and after each visit: [visits + 1][dimensions]. */
  loads: Int32Array
  /** Seconds and metres of travel. */
  travel: number
  distance: number
  /** Departures by the number of breaks taken; null without breaks. */
  leaveByBreaks: Float64Array | null
}

export function measure(problem: FleetProblem, vehicle: FleetVehicle, list: readonly number[]): Route {
  const { nodes, dimensions } = problem
  const { places } = vehicle.matrix
  const leave = new Float64Array(list.length + 1)
  const until = new Float64Array(list.length + 1)
  const loads = new Int32Array((list.length + 1) * dimensions)
  leave[0] = vehicle.open
  let travel = 0
  let distance = 0
  let at = vehicle.start
  for (let i = 0; i < list.length; i++) {
    const node = nodes[list[i]!]!
    const leg = at < 0 ? 0 : vehicle.durations[at * places + node.place]!
    travel += leg
    distance += at < 0 ? 0 : vehicle.matrix.distances[at * places + node.place]!
    const arrive = leave[i]! + leg
    leave[i + 1] = earliestIn(node.windows, arrive) + (at === node.place ? 0 : node.setup) + node.service
    at = node.place
    for (let k = 0; k < dimensions; k++) loads[k]! += node.initial[k]!
  }
  for (let i = 0; i < list.length; i++)
    for (let k = 0; k < dimensions; k++)
      loads[(i + 1) * dimensions + k] = loads[i * dimensions + k]! + nodes[list[i]!]!.change[k]!
  if (list.length > 0 && vehicle.end >= 0) {
    travel += vehicle.durations[at * places + vehicle.end]!
    distance += vehicle.matrix.distances[at * places + vehicle.end]!
  }
  until[list.length] = vehicle.close
  let to = vehicle.end
  for (let i = list.length - 1; i >= 0; i--) {
    const node = nodes[list[i]!]!
    const latest = until[i + 1]! - (to < 0 ? 0 : vehicle.durations[node.place * places + to]!) - node.service
    until[i] = Math.min(latest, node.windows.at(-1)![1])
    to = node.place
  }
  return {
    nodes: list,
    cost: costOfRoute(problem, vehicle, list),
    leave,
    until,
    loads,
    travel,
    distance,
    leaveByBreaks: vehicle.breaks.length > 0 ? departuresByBreaks(problem, vehicle, list) : null,
  }
}

/** The list with the first node of a unit after `first` visits, and its second after `second` visits of the list. */
export function withUnit(list: readonly number[], unit: readonly number[], first: number, second: number): number[] {
  const longer = list.slice(0, first)
  longer.push(unit[0]!)
  if (unit.length > 1) {
    for (let i = first; i < second; i++) longer.push(list[i]!)
    longer.push(unit[1]!)
    for (let i = second; i < list.length; i++) longer.push(list[i]!)
  } else for (let i = first; i < list.length; i++) longer.push(list[i]!)
  return longer
}

/** Whether a vehicle can drive its route with a unit more. */
export function fits(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  route: Route,
  unit: readonly number[],
  first: number,
  second: number,
): boolean {
  if (route.nodes.length + unit.length > vehicle.maxTasks || !carries(problem, vehicle, route, unit, first, second))
    return false
  const { durations, matrix, maxTravel, maxDistance } = vehicle
  if (
    maxTravel < endOfTime &&
    route.travel + longer(problem, vehicle, durations, route.nodes, unit, first, second) > maxTravel
  )
    return false
  if (
    maxDistance < endOfTime &&
    route.distance + longer(problem, vehicle, matrix.distances, route.nodes, unit, first, second) > maxDistance
  )
    return false
  if (!arrives(problem, vehicle, route, unit, first, second)) return false
  if (!route.leaveByBreaks) return true
  if (vehicle.breaks.some(({ maxLoad }) => maxLoad))
    return scheduleRoute(problem, vehicle, withUnit(route.nodes, unit, first, second)) !== null
  return takesBreaks(problem, vehicle, route.nodes, route.leaveByBreaks, unit, first, second)
}

/** By how much a unit more makes a route longer. */
function longer(
  problem: FleetProblem,
  { start, end, matrix: { places } }: FleetVehicle,
  legs: Int32Array,
  list: readonly number[],
  unit: readonly number[],
  first: number,
  second: number,
): number {
  const placeOf = (node: number) => problem.nodes[node]!.place
  const leg = (from: number, to: number) => (from < 0 || to < 0 ? 0 : legs[from * places + to]!)
  const before = (i: number) => (i === 0 ? start : placeOf(list[i - 1]!))
  const after = (i: number) => (i === list.length ? end : placeOf(list[i]!))
  const direct = (i: number) => (list.length === 0 ? 0 : leg(before(i), after(i)))
  const a = placeOf(unit[0]!)
  if (unit.length === 1) return leg(before(first), a) + leg(a, after(first)) - direct(first)
  const b = placeOf(unit[1]!)
  if (first === second) return leg(before(first), a) + leg(a, b) + leg(b, after(first)) - direct(first)
  return (
    leg(before(first), a) +
    leg(a, after(first)) -
    direct(first) +
    leg(before(second), b) +
    leg(b, after(second)) -
    direct(second)
  )
}

function carries(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  route: Route,
  unit: readonly number[],
  first: number,
  second: number,
): boolean {
  const { nodes, dimensions } = problem
  const { loads } = route
  const visits = route.nodes.length
  const a = nodes[unit[0]!]!
  const b = unit.length > 1 ? nodes[unit[1]!]! : null
  for (let k = 0; k < dimensions; k++) {
    const most = vehicle.capacity[k]!
    // What is added up to the first node, between both, and after the second.
    const early = a.initial[k]! + (b ? b.initial[k]! : 0)
    const middle = early + a.change[k]!
    const late = b ? middle + b.change[k]! : middle
    if (early > 0) for (let i = 0; i <= first; i++) if (loads[i * dimensions + k]! + early > most) return false
    if (loads[first * dimensions + k]! + middle > most || loads[first * dimensions + k]! + middle < 0) return false
    if (b) {
      if (middle > 0)
        for (let i = first + 1; i <= second; i++) if (loads[i * dimensions + k]! + middle > most) return false
      if (loads[second * dimensions + k]! + late > most || loads[second * dimensions + k]! + late < 0) return false
    }
    if (late !== 0)
      for (let i = (b ? second : first) + 1; i <= visits; i++) {
        const load = loads[i * dimensions + k]! + late
        if (load > most || load < 0) return false
      }
  }
  return true
}

/** Drives from the first change on, until nothing is later than before. */
function arrives(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  route: Route,
  unit: readonly number[],
  first: number,
  second: number,
): boolean {
  const { nodes } = problem
  const { places } = vehicle.matrix
  const { durations, start, end, close } = vehicle
  const { nodes: list, leave, until } = route
  const visits = list.length
  let at = first === 0 ? start : nodes[list[first - 1]!]!.place
  let time = leave[first]!
  let placed = 0
  for (let i = first; i <= visits;) {
    const inserted = placed < unit.length && i === (placed === 0 ? first : second)
    if (!inserted && i === visits) break
    const node = nodes[inserted ? unit[placed]! : list[i]!]!
    const arrive = time + (at < 0 ? 0 : durations[at * places + node.place]!)
    if (!inserted && arrive > until[i]!) return false
    const begin = earliestIn(node.windows, arrive)
    if (begin > endOfTime) return false
    time = begin + (at === node.place ? 0 : node.setup) + node.service
    at = node.place
    if (inserted) placed++
    else {
      i++
      if (placed === unit.length && time <= leave[i]!) return true
    }
  }
  return time + (at < 0 || end < 0 ? 0 : durations[at * places + end]!) <= close
}
