import { checkInput, EngineInputError, Provenance, provenanceOf, type Warning } from '../../contract/index.ts'
import { runSearches } from '../run-searches.ts'
import type { SearchOptions } from '../search-budget.ts'
import { readProblem, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'
import { costOfRoute, scheduleRoute } from './fleet-schedule.ts'
import type { FoundRoutes } from './search-routes.ts'
import { RoutingProblem, RoutingSolution, type RoutingRoute, type RoutingStep } from './vroom.ts'

const version = '1.0.0'

/** An answer in VROOM's JSON, and where it comes from. */
export const PlannedRoutes = RoutingSolution.extend({ provenance: Provenance })
export type PlannedRoutes = RoutingSolution & { provenance: Provenance }

export interface RoutingOptions extends SearchOptions {
  /** Independent searches with seeds of their own, each in a thread; the best counts. 1 unless told, then in the caller's thread. */
  searches?: number | undefined
}

/**
 * Routes for a fleet: capacities, time windows, shipments, shifts and breaks, skills, depots, open routes, limits.
 * Tasks are served by priority, then as many as can be, then at least cost. What is `done` in a vehicle's `steps` stays as
 * it is, and the rest is planned anew (at `changeCost` for each task that changes its vehicle).
 * @throws EngineInputError naming the job, shipment or vehicle
 */
export async function planRoutes(input: RoutingProblem, options: RoutingOptions = {}): Promise<PlannedRoutes> {
  const given = checkInput(RoutingProblem, input)
  const problem = readProblem(given)
  refuseImpossiblePast(problem)
  const seed = options.seed ?? 1
  const { iterations } = options
  const found = await runSearches<FoundRoutes>(
    new URL('./search-routes.ts', import.meta.url),
    'searchRoutes',
    [problem],
    { ...options, seed, iterations, searches: options.searches ?? 1 },
    (result) => result.score,
  )
  const warnings: Warning[] = []
  if (problem.assumedTravel)
    warnings.push({
      code: 'travel-assumed',
      message: 'No matrices were given: distances are great circles times 1.3, speed is 50 km/h.',
    })
  if (found.clocked)
    warnings.push({
      code: 'time-limit',
      message: 'The time limit decided how long was searched; a longer search may find better routes.',
    })
  const solution = describe(given, problem, found.routes)
  return {
    ...solution,
    provenance: provenanceOf(
      'solve/routing',
      version,
      seed,
      [given, { iterations, searches: options.searches ?? 1 }],
      warnings,
    ),
  }
}

function refuseImpossiblePast(problem: FleetProblem): void {
  const faults = problem.vehicles.flatMap((vehicle, row) =>
    vehicle.done > 0 && !scheduleRoute(problem, { ...vehicle, breaks: [] }, vehicle.planned.slice(0, vehicle.done))
      ? [
          {
            field: 'vehicles.steps',
            row,
            message: 'what is done does not fit the windows, capacity or shift; correct those to what happened',
          },
        ]
      : [],
  )
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
}

function describe(
  given: RoutingProblem,
  problem: FleetProblem,
  routes: readonly (readonly number[])[],
): RoutingSolution {
  const served = new Set(routes.flat())
  const described = routes.flatMap((list, v) => (list.length === 0 ? [] : [describeRoute(problem, v, list)]))
  const unassigned = problem.nodes.flatMap((node, n) =>
    served.has(n) ? [] : [{ type: node.type, id: node.id, reason: reasonOf(problem, node.unit) }],
  )
  const sum = (of: (route: RoutingRoute) => number) => described.reduce((total, route) => total + of(route), 0)
  return {
    code: 0,
    summary: {
      cost: sum((route) => route.cost),
      routes: described.length,
      unassigned: unassigned.length,
      setup: sum((route) => route.setup),
      service: sum((route) => route.service),
      duration: sum((route) => route.duration),
      waiting_time: sum((route) => route.waiting_time),
      distance: sum((route) => route.distance),
      priority: sum((route) => route.priority),
    },
    routes: described,
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
    })
  }
  let waited = 0
  let priority = 0
  for (const step of schedule) {
    const node = problem.nodes[step.node]
    const pause = vehicle.breaks[step.pause]
    const load = [...step.load]
    if (node) {
      travel(node.place)
      if (node.type !== 'pickup') priority += problem.units[node.unit]?.priority ?? 0
      waited += step.begin - step.arrival
      steps.push({
        type: node.type,
        id: node.id,
        ...(node.description === undefined ? {} : { description: node.description }),
        ...placed(node.located.location, node.located.location_index),
        arrival: problem.clock + step.arrival,
        setup: step.setup,
        service: node.service,
        waiting_time: step.begin - step.arrival,
        duration,
        distance,
        load,
      })
    } else if (pause) {
      waited += step.begin - step.arrival
      const driven = duration + Math.max(0, step.arrival - clock)
      steps.push({
        type: 'break',
        id: pause.id,
        arrival: problem.clock + step.arrival,
        setup: 0,
        service: pause.service,
        waiting_time: step.begin - step.arrival,
        duration: driven,
        distance,
        load,
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
      })
    }
    clock = step.end
  }
  return {
    vehicle: source.id,
    ...(source.description === undefined ? {} : { description: source.description }),
    cost: costOfRoute(problem, vehicle, list) / problem.costScale,
    setup: steps.reduce((sum, step) => sum + step.setup, 0),
    service: steps.reduce((sum, step) => sum + step.service, 0),
    duration,
    waiting_time: waited,
    distance,
    priority,
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
