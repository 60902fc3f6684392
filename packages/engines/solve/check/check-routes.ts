import { travelOf } from '../routing/matrices.ts'
import type { RoutingProblem, RoutingRoute, RoutingSolution, RoutingStep, RoutingVehicle } from '../routing/vroom.ts'

type Windows = readonly (readonly [number, number])[] | undefined

interface Task {
  key: string
  skills: readonly number[]
  windows: Windows
  setup: number
  service: number
  place: number
  /** Change of the load on the visit and load at the start, per dimension. */
  change: (k: number) => number
  initial: (k: number) => number
  /** The pickup that must come before on the same route. */
  after: string | null
}

/**
 * Checks routes against the problem alone, without anything of the solvers but the distances.
 * @returns what is wrong, in words; nothing when the routes can be driven and the figures are right
 */
export function checkRoutes(problem: RoutingProblem, solution: RoutingSolution): string[] {
  const faults: string[] = []
  const travel = travelOf(problem)
  const tasks = tasksOf(problem, travel.placeOf)
  for (const vehicle of problem.vehicles) {
    if (vehicle.start_index !== undefined || vehicle.start)
      travel.placeOf({ location: vehicle.start, location_index: vehicle.start_index }, 'vehicles', 0)
    if (vehicle.end_index !== undefined || vehicle.end)
      travel.placeOf({ location: vehicle.end, location_index: vehicle.end_index }, 'vehicles', 0)
  }
  const seen = new Set<string>()
  const once = (key: string) => {
    if (!tasks.has(key)) faults.push(`${key} is not in the problem`)
    if (seen.has(key)) faults.push(`${key} is there twice`)
    seen.add(key)
  }
  const driven = new Set<number>()
  for (const route of solution.routes) {
    const vehicle = problem.vehicles.find(({ id }) => id === route.vehicle)
    if (!vehicle || driven.has(route.vehicle)) {
      faults.push(`vehicle ${String(route.vehicle)} is unknown or drives twice`)
      continue
    }
    driven.add(route.vehicle)
    for (const step of route.steps) if (isTask(step)) once(keyOf(step))
    for (const fault of checkRoute(vehicle, route, tasks, travel))
      faults.push(`vehicle ${String(vehicle.id)}: ${fault}`)
  }
  for (const each of solution.unassigned) once(`${each.type} ${String(each.id)}`)
  for (const key of tasks.keys()) if (!seen.has(key)) faults.push(`${key} is neither served nor unassigned`)
  const cost = solution.routes.reduce((sum, route) => sum + route.cost, 0)
  if (Math.abs(cost - solution.summary.cost) > 1e-6) faults.push('the cost of the summary is not that of the routes')
  if (solution.summary.bound > solution.summary.cost) faults.push('the bound is above the cost')
  if (solution.summary.unassigned !== solution.unassigned.length) faults.push('unassigned tasks are miscounted')
  return faults
}

function checkRoute(
  vehicle: RoutingVehicle,
  route: RoutingRoute,
  tasks: ReadonlyMap<string, Task>,
  travel: ReturnType<typeof travelOf>,
): string[] {
  const faults: string[] = []
  const matrix = travel.matrixOf(vehicle.profile ?? 'car')
  const speed = vehicle.speed_factor ?? 1
  const leg = (from: number | null, to: number | null) =>
    from === null || to === null ? -1 : from * matrix.places + to
  const startPlace = vehicle.start_index ?? (vehicle.start ? travel.placeOf({ location: vehicle.start }, '', 0) : null)
  const endPlace = vehicle.end_index ?? (vehicle.end ? travel.placeOf({ location: vehicle.end }, '', 0) : null)
  const [open, close] = vehicle.time_window ?? [-Infinity, Infinity]
  const visits = route.steps.filter(isTask)
  const dimensions = Math.max(0, ...route.steps.map(({ load }) => load.length))
  const load = Array.from({ length: dimensions }, (_, k) =>
    visits.reduce((sum, step) => sum + (tasks.get(keyOf(step))?.initial(k) ?? 0), 0),
  )
  if (visits.length > (vehicle.max_tasks ?? Infinity)) faults.push('too many tasks')
  if ((route.steps[0]?.type === 'start') !== (startPlace !== null)) faults.push('start is missing')
  if ((route.steps.at(-1)?.type === 'end') !== (endPlace !== null)) faults.push('end is missing')
  const plannedFirst = (vehicle.steps ?? []).filter((step) => step.done && isTask(step)).map(keyOf)
  if (plannedFirst.some((key, i) => visits[i] === undefined || keyOf(visits[i]) !== key))
    faults.push('what was driven has been changed')

  let at = startPlace
  let clock = open
  /** Time since the last visit that is not break. */
  let spare = 0
  let leftAt = open
  let moving = 0
  let metres = 0
  let cost = vehicle.costs?.fixed ?? 0
  const taken = new Set<number>()
  const visited = new Set<string>()
  for (const step of route.steps) {
    const begin = step.arrival + step.waiting_time
    const name = `${step.type} ${String(step.id ?? '')}`
    if (step.waiting_time < 0) faults.push(`${name}: waits less than nothing`)
    if (step.arrival < clock) faults.push(`${name}: arrives at ${String(step.arrival)}, before ${String(clock)}`)
    if (step.type === 'break') {
      const pause = vehicle.breaks?.find(({ id }) => id === step.id)
      if (!pause || taken.has(pause.id)) faults.push(`${name}: is unknown or taken twice`)
      else taken.add(pause.id)
      if (!within(pause?.time_windows, begin)) faults.push(`${name}: is outside its windows`)
      if (step.service !== (pause?.service ?? 0)) faults.push(`${name}: has another length`)
      if (pause?.max_load?.some((most, k) => (load[k] ?? 0) > most)) faults.push(`${name}: too much is loaded`)
      clock = begin + step.service
      spare += step.service
      continue
    }
    const task = isTask(step) ? tasks.get(keyOf(step)) : undefined
    const place = step.type === 'start' ? startPlace : step.type === 'end' ? endPlace : (task?.place ?? null)
    const across = step.type === 'start' ? -1 : leg(at, place)
    const seconds = across < 0 ? 0 : Math.round((matrix.durations[across] ?? 0) / speed)
    const length = across < 0 ? 0 : (matrix.distances[across] ?? 0)
    if (step.arrival - leftAt - spare < seconds) faults.push(`${name}: arrives sooner than the leg takes`)
    moving += seconds
    metres += length
    if (across >= 0)
      cost += matrix.costs
        ? (matrix.costs[across] ?? 0)
        : Math.round(
            100 *
              ((seconds * (vehicle.costs?.per_hour ?? 3600)) / 3600 + (length * (vehicle.costs?.per_km ?? 0)) / 1000),
          ) / 100
    if (step.duration !== moving || step.distance !== metres) faults.push(`${name}: duration or distance is wrong`)
    if (task) {
      const setup = at === place ? 0 : task.setup
      if (step.setup !== setup || step.service !== task.service) faults.push(`${name}: setup or service is wrong`)
      if (!within(task.windows, begin)) faults.push(`${name}: begins at ${String(begin)}, outside its windows`)
      if (task.skills.some((skill) => !vehicle.skills?.includes(skill))) faults.push(`${name}: skills are missing`)
      if (task.after !== null && !visited.has(task.after)) faults.push(`${name}: comes before its pickup`)
      for (let k = 0; k < dimensions; k++) load[k] = (load[k] ?? 0) + task.change(k)
      visited.add(task.key)
    }
    for (let k = 0; k < dimensions; k++) {
      if ((load[k] ?? 0) > (vehicle.capacity?.[k] ?? Infinity) || (load[k] ?? 0) < 0)
        faults.push(`${name}: load ${String(load[k])} does not fit`)
      if (load[k] !== step.load[k]) faults.push(`${name}: load is told wrongly`)
    }
    if (place !== null) at = place
    clock = begin + step.setup + step.service
    leftAt = clock
    spare = 0
  }
  for (const key of visited) {
    const [type, id] = key.split(' ')
    if (type === 'pickup' && ![...visited].some((other) => tasks.get(other)?.after === `pickup ${id ?? ''}`))
      faults.push(`${key}: is never delivered`)
  }
  if (taken.size !== (vehicle.breaks?.length ?? 0)) faults.push('a break is missing')
  if (clock > close) faults.push('the shift is too long')
  if (moving > (vehicle.max_travel_time ?? Infinity)) faults.push('too much travel')
  if (metres > (vehicle.max_distance ?? Infinity)) faults.push('too far')
  if (Math.abs(cost - route.cost) > 1e-6 * Math.max(1, cost))
    faults.push(`the cost is ${String(cost)}, not ${String(route.cost)}`)
  return faults
}

function tasksOf(problem: RoutingProblem, placeOf: ReturnType<typeof travelOf>['placeOf']): Map<string, Task> {
  const tasks = new Map<string, Task>()
  for (const [row, job] of (problem.jobs ?? []).entries())
    tasks.set(`job ${String(job.id)}`, {
      key: `job ${String(job.id)}`,
      skills: job.skills ?? [],
      windows: job.time_windows,
      setup: job.setup ?? 0,
      service: job.service ?? 0,
      place: placeOf(job, 'jobs', row),
      change: (k) => (job.pickup?.[k] ?? 0) - (job.delivery?.[k] ?? 0),
      initial: (k) => job.delivery?.[k] ?? 0,
      after: null,
    })
  for (const [row, shipment] of (problem.shipments ?? []).entries())
    for (const type of ['pickup', 'delivery'] as const) {
      const end = shipment[type]
      tasks.set(`${type} ${String(end.id)}`, {
        key: `${type} ${String(end.id)}`,
        skills: shipment.skills ?? [],
        windows: end.time_windows,
        setup: end.setup ?? 0,
        service: end.service ?? 0,
        place: placeOf(end, 'shipments', row),
        change: (k) => (type === 'pickup' ? 1 : -1) * (shipment.amount?.[k] ?? 0),
        initial: () => 0,
        after: type === 'delivery' ? `pickup ${String(shipment.pickup.id)}` : null,
      })
    }
  return tasks
}

const isTask = (step: { type: RoutingStep['type'] }) =>
  step.type === 'job' || step.type === 'pickup' || step.type === 'delivery'

const keyOf = (step: { type: string; id?: number | undefined }) => `${step.type} ${String(step.id)}`

const within = (windows: Windows, time: number) =>
  windows === undefined || windows.some(([open, close]) => time >= open && time <= close)
