import type { FleetProblem, FleetVehicle } from './fleet-problem.ts'
import { costOfRoute, scheduleRoute } from './fleet-schedule.ts'
import type { RoutingProblem, RoutingRoute, RoutingSolution, RoutingStep } from './vroom.ts'

/**
 * Found routes in VROOM's JSON: figures, times of each step, and why the rest is left.
 * @param bound on the cost, in the unit of the caller
 */
export function describeRoutes(
  given: RoutingProblem,
  problem: FleetProblem,
  routes: readonly (readonly number[])[],
  bound: number,
): RoutingSolution {
  const served = new Set(routes.flat())
  const driven = routes.flatMap((list, v) => (list.length === 0 ? [] : [describeRoute(problem, v, list)]))
  const unassigned = problem.nodes.flatMap((node, n) => {
    if (served.has(n)) return []
    const { type, id, description, located } = node
    const { location, location_index: index } = located
    return [{ type, id, ...described(description), ...placed(location, index), reason: reasonOf(problem, node.unit) }]
  })
  const sum = (of: (route: RoutingRoute) => number) => driven.reduce((total, route) => total + of(route), 0)
  const amounts = (of: (route: RoutingRoute) => readonly number[]) =>
    Array.from({ length: problem.dimensions }, (_, k) => sum((route) => of(route)[k] ?? 0))
  const cost = sum((route) => route.cost)
  return {
    code: 0,
    summary: {
      cost,
      bound: Math.min(bound, cost),
      gap: cost === 0 ? 0 : Math.max(0, cost - bound) / cost,
      routes: driven.length,
      unassigned: unassigned.length,
      setup: sum((route) => route.setup),
      service: sum((route) => route.service),
      duration: sum((route) => route.duration),
      waiting_time: sum((route) => route.waiting_time),
      distance: sum((route) => route.distance),
      priority: sum((route) => route.priority),
      delivery: amounts((route) => route.delivery),
      pickup: amounts((route) => route.pickup),
      violations: [],
    },
    routes: driven,
    unassigned,
  }
}

function reasonOf(problem: FleetProblem, u: number): string {
  const able = problem.vehicles.filter((vehicle) => vehicle.able[u] === 1)
  if (able.length === 0) return 'No vehicle has the skills.'
  const unit = problem.units[u]
  const alone = able.some((vehicle) =>
    scheduleRoute(problem, vehicle, [...vehicle.planned.slice(0, vehicle.done), ...(unit?.nodes ?? [])]),
  )
  return alone
    ? 'A vehicle could serve it, but none has the time and room beside the tasks that were preferred.'
    : 'No vehicle can serve it even alone: its windows, amounts or the limits of the vehicles do not permit it.'
}

function describeRoute(problem: FleetProblem, v: number, list: readonly number[]): RoutingRoute {
  const vehicle = problem.vehicles[v]
  const scheduled = vehicle && scheduleLate(problem, vehicle, list)
  if (!vehicle || !scheduled) throw new Error(`The search left a route that cannot be driven: vehicle ${String(v)}.`)
  const { source, matrix } = vehicle
  const { schedule } = scheduled
  const steps: RoutingStep[] = []
  let at = vehicle.start
  let duration = 0
  let distance = 0
  let clock = scheduled.departure
  const travel = (to: number) => {
    if (at >= 0 && to >= 0) {
      duration += vehicle.durations[at * matrix.places + to] ?? 0
      distance += matrix.distances[at * matrix.places + to] ?? 0
    }
    if (to >= 0) at = to
  }
  if (vehicle.start >= 0) {
    const load = Array.from({ length: problem.dimensions }, (_, k) =>
      list.reduce((sum, n) => sum + (problem.nodes[n]?.initial[k] ?? 0), 0),
    )
    steps.push({
      type: 'start',
      ...placed(source.start, source.start_index),
      arrival: problem.clock + clock,
      setup: 0,
      service: 0,
      waiting_time: 0,
      duration: 0,
      distance: 0,
      load,
      violations: [],
    })
  }
  const amounts = (of: (node: FleetProblem['nodes'][number], k: number) => number) =>
    Array.from({ length: problem.dimensions }, (_, k) =>
      list.reduce((sum, n) => sum + (problem.nodes[n] ? of(problem.nodes[n], k) : 0), 0),
    )
  let waited = 0
  let priority = 0
  for (const step of schedule) {
    const node = problem.nodes[step.node]
    const pause = vehicle.breaks[step.pause]
    const load = [...step.load]
    if (node) {
      travel(node.place)
      priority += problem.units[node.unit]?.priority ?? 0
      waited += step.begin - step.arrival
      steps.push({
        type: node.type,
        id: node.id,
        ...described(node.description),
        ...placed(node.located.location, node.located.location_index),
        arrival: problem.clock + step.arrival,
        setup: step.setup,
        service: node.service,
        waiting_time: step.begin - step.arrival,
        duration,
        distance,
        load,
        violations: [],
      })
    } else if (pause) {
      waited += step.begin - step.arrival
      const driven = duration + Math.max(0, step.arrival - clock)
      steps.push({
        type: 'break',
        id: pause.id,
        ...described(pause.description),
        arrival: problem.clock + step.arrival,
        setup: 0,
        service: pause.service,
        waiting_time: step.begin - step.arrival,
        duration: driven,
        distance,
        load,
        violations: [],
      })
      clock = step.end - (driven - duration)
      continue
    } else if (vehicle.end >= 0) {
      travel(vehicle.end)
      steps.push({
        type: 'end',
        ...placed(source.end, source.end_index),
        arrival: problem.clock + step.arrival,
        setup: 0,
        service: 0,
        waiting_time: 0,
        duration,
        distance,
        load,
        violations: [],
      })
    }
    clock = step.end
  }
  return {
    vehicle: source.id,
    ...described(source.description),
    cost: costOfRoute(problem, vehicle, list) / problem.costScale,
    setup: steps.reduce((sum, step) => sum + step.setup, 0),
    service: steps.reduce((sum, step) => sum + step.service, 0),
    duration,
    waiting_time: waited,
    distance,
    priority,
    delivery: amounts((node, k) =>
      node.type === 'job' ? (node.initial[k] ?? 0) : Math.max(0, -(node.change[k] ?? 0)),
    ),
    pickup: amounts((node, k) => Math.max(0, (node.change[k] ?? 0) + (node.initial[k] ?? 0))),
    violations: [],
    steps,
  }
}

/** The schedule that leaves as late as it can and still ends at the earliest time. */
function scheduleLate(problem: FleetProblem, vehicle: FleetVehicle, list: readonly number[]) {
  const earliest = scheduleRoute(problem, vehicle, list)
  const end = earliest?.at(-1)?.end
  if (!earliest || end === undefined || vehicle.done > 0)
    return earliest && { departure: vehicle.open, schedule: earliest }
  let departure = vehicle.open
  let schedule = earliest
  for (let step = 2 ** 31; step >= 1; step /= 2) {
    const later = scheduleRoute(problem, { ...vehicle, open: departure + step }, list)
    if (later?.at(-1)?.end !== end) continue
    departure += step
    schedule = later
  }
  return { departure, schedule }
}

function placed(location: [number, number] | undefined, index: number | undefined) {
  return { ...(location ? { location } : {}), ...(index === undefined ? {} : { location_index: index }) }
}

const described = (description: string | undefined) => (description === undefined ? {} : { description })
