import { endOfTime, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'

/** What a vehicle does, in order; a break has no node. */
export interface ScheduledStep {
  node: number
  pause: number
  arrival: number
  begin: number
  setup: number
  end: number
  load: Int32Array
}

/** Earliest time within the windows, or `endOfTime`. */
export function earliestIn(windows: readonly (readonly [number, number])[], time: number): number {
  for (const [open, close] of windows) if (time <= close) return time > open ? time : open
  return endOfTime + 1
}

/**
 * Earliest times of a route. A break may interrupt a leg: the vehicle drives until the break can begin, pauses, and drives
 * on. For each number of breaks taken the earliest time dominates (nothing depends on time but windows), so that a table
 * [visits][breaks taken] decides feasibility exactly.
 * @returns null when the windows, the shift, the loads or the limits of the vehicle do not permit the route
 */
export function scheduleRoute(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  route: readonly number[],
): ScheduledStep[] | null {
  const { nodes, dimensions } = problem
  const visits = route.length
  if (visits > vehicle.maxTasks) return null
  const places = vehicle.matrix.places
  const pauses = vehicle.breaks.length
  const stride = pauses + 1

  // Loads after the start and after each visit.
  const loads = new Int32Array((visits + 1) * dimensions)
  for (let k = 0; k < dimensions; k++) {
    let load = 0
    for (const node of route) load += nodes[node]!.initial[k]!
    if (load > vehicle.capacity[k]!) return null
    loads[k] = load
    for (let i = 0; i < visits; i++) {
      load += nodes[route[i]!]!.change[k]!
      if (load > vehicle.capacity[k]! || load < 0) return null
      loads[(i + 1) * dimensions + k] = load
    }
  }

  const legs = new Int32Array(visits + 1)
  const setups = new Int32Array(visits)
  let travel = 0
  let distance = 0
  let at = vehicle.start
  for (let i = 0; i <= visits; i++) {
    const to = i < visits ? nodes[route[i]!]!.place : vehicle.end
    if (at >= 0 && to >= 0) {
      legs[i] = vehicle.durations[at * places + to]!
      distance += vehicle.matrix.distances[at * places + to]!
    }
    if (i < visits) setups[i] = at === to ? 0 : nodes[route[i]!]!.setup
    travel += legs[i]!
    if (to >= 0) at = to
  }
  if (travel > vehicle.maxTravel || distance > vehicle.maxDistance) return null

  // Earliest departure after visit i (0: start) with b breaks taken, and how many were taken before.
  const leave = new Float64Array((visits + 2) * stride).fill(Infinity)
  const taken = new Int32Array((visits + 2) * stride)
  leave[0] = vehicle.open
  for (let i = 0; i <= visits; i++)
    for (let b = 0; b <= pauses; b++) {
      let time = leave[i * stride + b]!
      if (time === Infinity) continue
      let rest = legs[i]!
      for (let then = b; ; then++) {
        let end = time + rest
        if (i < visits) {
          const node = nodes[route[i]!]!
          const begin = earliestIn(node.windows, end)
          end = begin > endOfTime ? Infinity : begin + setups[i]! + node.service
        }
        if (end <= vehicle.close && end < leave[(i + 1) * stride + then]!) {
          leave[(i + 1) * stride + then] = end
          taken[(i + 1) * stride + then] = b
        }
        const pause = vehicle.breaks[then]
        if (!pause) break
        if (pause.maxLoad && exceeds(loads, i * dimensions, pause.maxLoad)) break
        const begin = earliestIn(pause.windows, time)
        if (begin > endOfTime) break
        rest = Math.max(0, rest - (begin - time))
        time = begin + pause.service
      }
    }
  if (leave[(visits + 1) * stride + pauses] === Infinity) return null

  // Back from the end: which breaks fell on which leg.
  const before = new Int32Array(visits + 2)
  before[visits + 1] = pauses
  for (let i = visits + 1; i > 0; i--) before[i - 1] = taken[i * stride + before[i]!]!
  const steps: ScheduledStep[] = []
  for (let i = 0; i <= visits; i++) {
    let time = leave[i * stride + before[i]!]!
    let rest = legs[i]!
    const load = loads.subarray(i * dimensions, (i + 1) * dimensions)
    for (let b = before[i]!; b < before[i + 1]!; b++) {
      const pause = vehicle.breaks[b]!
      const begin = earliestIn(pause.windows, time)
      const driven = Math.min(rest, begin - time)
      rest -= driven
      steps.push({ node: -1, pause: b, arrival: time + driven, begin, setup: 0, end: begin + pause.service, load })
      time = begin + pause.service
    }
    const arrival = time + rest
    if (i < visits) {
      const node = nodes[route[i]!]!
      const begin = earliestIn(node.windows, arrival)
      steps.push({
        node: route[i]!,
        pause: -1,
        arrival,
        begin,
        setup: setups[i]!,
        end: begin + setups[i]! + node.service,
        load: loads.subarray((i + 1) * dimensions, (i + 2) * dimensions),
      })
    } else steps.push({ node: -1, pause: -1, arrival, begin: arrival, setup: 0, end: arrival, load })
  }
  return steps
}

function exceeds(loads: Int32Array, from: number, most: Int32Array): boolean {
  for (let k = 0; k < most.length; k++) if (loads[from + k]! > most[k]!) return true
  return false
}

/** Travel, fixed and leg costs of a route, inside units; 0 when the vehicle stays. */
export function costOfRoute(problem: FleetProblem, vehicle: FleetVehicle, route: readonly number[]): number {
  if (route.length === 0) return 0
  let cost = vehicle.fixedCost
  let at = vehicle.start
  for (const node of route) {
    const to = problem.nodes[node]!.place
    if (at >= 0) cost += vehicle.costs[at * vehicle.matrix.places + to]!
    at = to
  }
  if (vehicle.end >= 0) cost += vehicle.costs[at * vehicle.matrix.places + vehicle.end]!
  return cost
}
