import { endOfTime, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'
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
}

export function measure(problem: FleetProblem, vehicle: FleetVehicle, list: readonly number[]): Route {
  const { nodes, dimensions } = problem
  const { places } = vehicle.matrix
  const leave = new Float64Array(list.length + 1)
  const until = new Float64Array(list.length + 1)
  const loads = new Int32Array((list.length + 1) * dimensions)
  leave[0] = vehicle.open
  let at = vehicle.start
  for (let i = 0; i < list.length; i++) {
    const node = nodes[list[i]!]!
    const arrive = leave[i]! + (at < 0 ? 0 : vehicle.durations[at * places + node.place]!)
    leave[i + 1] = earliestIn(node.windows, arrive) + (at === node.place ? 0 : node.setup) + node.service
    at = node.place
    for (let k = 0; k < dimensions; k++) loads[k]! += node.initial[k]!
  }
  for (let i = 0; i < list.length; i++)
    for (let k = 0; k < dimensions; k++)
      loads[(i + 1) * dimensions + k] = loads[i * dimensions + k]! + nodes[list[i]!]!.change[k]!
  until[list.length] = vehicle.close
  let to = vehicle.end
  for (let i = list.length - 1; i >= 0; i--) {
    const node = nodes[list[i]!]!
    const latest = until[i + 1]! - (to < 0 ? 0 : vehicle.durations[node.place * places + to]!) - node.service
    until[i] = Math.min(latest, node.windows.at(-1)![1])
    to = node.place
  }
  return { nodes: list, cost: costOfRoute(problem, vehicle, list), leave, until, loads }
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
  if (vehicle.breaks.length > 0 || vehicle.maxTravel < endOfTime || vehicle.maxDistance < endOfTime)
    return scheduleRoute(problem, vehicle, withUnit(route.nodes, unit, first, second)) !== null
  return arrives(problem, vehicle, route, unit, first, second)
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
