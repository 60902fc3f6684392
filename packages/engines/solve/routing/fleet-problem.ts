import { EngineInputError, type InputFault } from '../../contract/index.ts'
import { travelOf, type TravelMatrix } from './matrices.ts'
import type { RoutingProblem, RoutingVehicle } from './vroom.ts'

/** A routing problem as numbers. A node is a visit; a unit is what is served or left as a whole: a job, or both ends of a shipment. */
export interface FleetProblem {
  nodes: FleetNode[]
  units: FleetUnit[]
  vehicles: FleetVehicle[]
  dimensions: number
  /** Costs inside are so many times the costs outside, to stay whole. */
  costScale: number
  changeCost: number
  assumedTravel: boolean
  /** Times inside are so much less than outside, to stay small also with Unix times. */
  clock: number
}

interface FleetNode {
  type: 'job' | 'pickup' | 'delivery'
  id: number
  description: string | undefined
  unit: number
  place: number
  located: { location?: [number, number] | undefined; location_index?: number | undefined }
  setup: number
  service: number
  /** Earliest and latest starts, in order. */
  windows: readonly (readonly [number, number])[]
  /** Change of load on the visit, [dimensions]. */
  change: Int32Array
  /** Loaded at the start of the route, [dimensions]. */
  initial: Int32Array
}

interface FleetUnit {
  /** What is still to be planned: empty when all is driven already, the delivery alone when the pickup is. */
  nodes: readonly number[]
  priority: number
  /** Vehicle in the given plan, -1 without. */
  home: number
  /** Fetched already: only its vehicle can deliver it. */
  aboard: boolean
}

export interface FleetVehicle {
  source: RoutingVehicle
  matrix: TravelMatrix
  /** [places][places] row-major, with the speed of the vehicle. */
  durations: Int32Array
  costs: Int32Array
  fixedCost: number
  /** -1 without. */
  start: number
  end: number
  open: number
  close: number
  capacity: Int32Array
  breaks: readonly {
    id: number
    windows: readonly (readonly [number, number])[]
    service: number
    maxLoad: Int32Array | null
  }[]
  maxTasks: number
  maxTravel: number
  maxDistance: number
  /** Nodes of the given plan; the first `done` of them are driven already. */
  planned: number[]
  done: number
  /** Vehicles of one kind can stand for each other. */
  kind: number
  /** [units], 1 where the skills suffice. */
  able: Uint8Array
}

/** Larger than any clock in use, and its sums stay exact. */
export const endOfTime = 1_000_000_000

/** @throws EngineInputError naming the job, shipment or vehicle (by its row) */
export function readProblem(problem: RoutingProblem): FleetProblem {
  const travel = travelOf(problem)
  const jobs = problem.jobs ?? []
  const shipments = problem.shipments ?? []
  if (jobs.length + shipments.length === 0)
    throw new EngineInputError('empty', [{ field: 'jobs', row: null, message: 'there is nothing to visit' }])
  refuseDuplicates(
    'jobs',
    jobs.map((job) => job.id),
  )
  refuseDuplicates(
    'shipments.pickup',
    shipments.map((each) => each.pickup.id),
  )
  refuseDuplicates(
    'shipments.delivery',
    shipments.map((each) => each.delivery.id),
  )
  refuseDuplicates(
    'vehicles',
    problem.vehicles.map((vehicle) => vehicle.id),
  )
  const dimensions = dimensionsOf(problem)
  const clock = firstTime(problem)
  const faults: InputFault[] = []
  const windowsOf = (given: readonly (readonly [number, number])[] | undefined, field: string, row: number) => {
    const windows = (given ?? [[0, Infinity]])
      .map(([open, close]) => [open - clock, Math.min(close - clock, endOfTime)] as const)
      .toSorted((a, b) => a[0] - b[0])
    for (const [open, close] of windows)
      if (open > close)
        faults.push({ field, row, message: `the window ends (${String(close)}) before it begins (${String(open)})` })
    return windows
  }
  const amounts = (given: readonly number[] | undefined, sign = 1) =>
    Int32Array.from({ length: dimensions }, (_, k) => sign * (given?.[k] ?? 0))

  const nodes: FleetNode[] = []
  const units: FleetUnit[] = []
  const skills: (readonly number[])[] = []
  for (const [row, job] of jobs.entries()) {
    nodes.push({
      type: 'job',
      id: job.id,
      description: job.description,
      unit: units.length,
      located: { location: job.location, location_index: job.location_index },
      place: travel.placeOf(job, 'jobs.location_index', row),
      setup: job.setup ?? 0,
      service: job.service ?? 0,
      windows: windowsOf(job.time_windows, 'jobs.time_windows', row),
      change: Int32Array.from({ length: dimensions }, (_, k) => (job.pickup?.[k] ?? 0) - (job.delivery?.[k] ?? 0)),
      initial: amounts(job.delivery),
    })
    units.push({ nodes: [nodes.length - 1], priority: job.priority ?? 0, home: -1, aboard: false })
    skills.push(job.skills ?? [])
  }
  for (const [row, shipment] of shipments.entries()) {
    for (const type of ['pickup', 'delivery'] as const) {
      const end = shipment[type]
      nodes.push({
        type,
        id: end.id,
        description: end.description,
        unit: units.length,
        located: { location: end.location, location_index: end.location_index },
        place: travel.placeOf(end, `shipments.${type}.location_index`, row),
        setup: end.setup ?? 0,
        service: end.service ?? 0,
        windows: windowsOf(end.time_windows, `shipments.${type}.time_windows`, row),
        change: amounts(shipment.amount, type === 'pickup' ? 1 : -1),
        initial: new Int32Array(dimensions),
      })
    }
    units.push({
      nodes: [nodes.length - 2, nodes.length - 1],
      priority: shipment.priority ?? 0,
      home: -1,
      aboard: false,
    })
    skills.push(shipment.skills ?? [])
  }

  const located = problem.vehicles.map((vehicle, row) => ({
    start:
      vehicle.start_index === undefined && !vehicle.start
        ? -1
        : travel.placeOf({ location: vehicle.start, location_index: vehicle.start_index }, 'vehicles.start_index', row),
    end:
      vehicle.end_index === undefined && !vehicle.end
        ? -1
        : travel.placeOf({ location: vehicle.end, location_index: vehicle.end_index }, 'vehicles.end_index', row),
  }))
  const plain = problem.vehicles.every(({ costs }) => (costs?.per_hour ?? 3600) === 3600 && !costs?.per_km)
  const costScale = plain ? 1 : 100
  const nodeOf = new Map(nodes.map((node, index) => [`${node.type} ${String(node.id)}`, index]))
  const kinds = new Map<string, number>()
  const planned = new Set<number>()
  // Vehicles of one tariff share their tables.
  const tariffs = new Map<string, { durations: Int32Array; costs: Int32Array }>()
  const vehicles = problem.vehicles.map((vehicle, row): FleetVehicle => {
    const { start, end } = located[row] ?? { start: -1, end: -1 }
    const [[open, close] = [0, endOfTime]] = windowsOf(
      vehicle.time_window && [vehicle.time_window],
      'vehicles.time_window',
      row,
    )
    const matrix = travel.matrixOf(vehicle.profile ?? 'car')
    const speed = vehicle.speed_factor ?? 1
    const perSecond = (vehicle.costs?.per_hour ?? 3600) / 3600
    const perMetre = (vehicle.costs?.per_km ?? 0) / 1000
    const tariff = [vehicle.profile ?? 'car', speed, perSecond, perMetre].join(' ')
    const { durations, costs } = tariffs.get(tariff) ?? legsOf(matrix, speed, perSecond, perMetre, costScale)
    tariffs.set(tariff, { durations, costs })
    const steps = (vehicle.steps ?? []).filter(
      (step) => step.type !== 'start' && step.type !== 'end' && step.type !== 'break',
    )
    const done = steps.filter((step) => step.done).length
    if (steps.slice(0, done).some((step) => !step.done))
      faults.push({ field: 'vehicles.steps', row, message: 'steps that are done must come first' })
    const route: number[] = []
    for (const [place, step] of steps.entries()) {
      const node = nodeOf.get(`${step.type} ${String(step.id)}`)
      if (node === undefined || planned.has(node)) {
        faults.push({
          field: 'vehicles.steps',
          row,
          message: `${step.type} ${String(step.id)} is unknown or planned twice`,
        })
        continue
      }
      planned.add(node)
      route.push(node)
      const unit = units[nodes[node]?.unit ?? -1]
      if (unit) {
        unit.home = row
        if (place < done) {
          unit.nodes = unit.nodes.filter((other) => other !== node)
          unit.aboard = unit.nodes.length > 0
        }
      }
    }
    const has = new Set(vehicle.skills)
    const kind = JSON.stringify({ ...vehicle, id: 0, description: '', steps: steps.length > 0 ? vehicle.id : [] })
    if (!kinds.has(kind)) kinds.set(kind, kinds.size)
    return {
      source: vehicle,
      matrix,
      durations,
      costs,
      fixedCost: (vehicle.costs?.fixed ?? 0) * costScale,
      start,
      end,
      open,
      close,
      capacity: Int32Array.from({ length: dimensions }, (_, k) => vehicle.capacity?.[k] ?? endOfTime),
      breaks: (vehicle.breaks ?? []).map((pause) => ({
        id: pause.id,
        windows: windowsOf(pause.time_windows, 'vehicles.breaks', row),
        service: pause.service ?? 0,
        maxLoad: pause.max_load ? amounts(pause.max_load) : null,
      })),
      maxTasks: vehicle.max_tasks ?? endOfTime,
      maxTravel: vehicle.max_travel_time ?? endOfTime,
      maxDistance: vehicle.max_distance ?? endOfTime,
      planned: route,
      done,
      kind: kinds.get(kind) ?? 0,
      able: Uint8Array.from(skills, (needs) => (needs.every((skill) => has.has(skill)) ? 1 : 0)),
    }
  })
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
  for (const [index, unit] of units.entries())
    if (unit.aboard) for (const [v, vehicle] of vehicles.entries()) vehicle.able[index] = v === unit.home ? 1 : 0
  return {
    nodes,
    units,
    vehicles,
    dimensions,
    costScale,
    changeCost: (problem.changeCost ?? 0) * costScale,
    assumedTravel: travel.assumed,
    clock,
  }
}

/** The first time that any window names. */
function firstTime(problem: RoutingProblem): number {
  const windows = [
    ...(problem.jobs ?? []).flatMap((job) => job.time_windows ?? []),
    ...(problem.shipments ?? []).flatMap(({ pickup, delivery }) => [
      ...(pickup.time_windows ?? []),
      ...(delivery.time_windows ?? []),
    ]),
    ...problem.vehicles.flatMap(({ time_window: shift }) => (shift ? [shift] : [])),
  ]
  return windows.reduce((least, [open]) => Math.min(least, open), windows[0]?.[0] ?? 0)
}

function legsOf(matrix: TravelMatrix, speed: number, perSecond: number, perMetre: number, costScale: number) {
  const durations = speed === 1 ? matrix.durations : matrix.durations.map((each) => Math.round(each / speed))
  const costs = matrix.costs
    ? matrix.costs.map((each) => each * costScale)
    : durations.map((each, i) => Math.round(costScale * (each * perSecond + (matrix.distances[i] ?? 0) * perMetre)))
  return { durations, costs }
}

function refuseDuplicates(field: string, ids: readonly number[]): void {
  const seen = new Set<number>()
  const faults = ids.flatMap((id, row) => {
    if (seen.has(id)) return [{ field: `${field}.id`, row, message: `${String(id)} is there twice; give each its own` }]
    seen.add(id)
    return []
  })
  if (faults.length > 0) throw new EngineInputError('duplicate-key', faults)
}

/** Dimensions of capacity; amounts and capacities must agree on them. */
function dimensionsOf(problem: RoutingProblem): number {
  const lists = [
    ...problem.vehicles.map((vehicle, row) => ({ field: 'vehicles.capacity', row, list: vehicle.capacity })),
    ...(problem.jobs ?? []).flatMap((job, row) => [
      { field: 'jobs.delivery', row, list: job.delivery },
      { field: 'jobs.pickup', row, list: job.pickup },
    ]),
    ...(problem.shipments ?? []).map((each, row) => ({ field: 'shipments.amount', row, list: each.amount })),
  ]
  const dimensions = lists.find(({ list }) => list)?.list?.length ?? 0
  const faults = lists.flatMap(({ field, row, list }) =>
    list && list.length !== dimensions
      ? [{ field, row, message: `has ${String(list.length)} numbers where others have ${String(dimensions)}` }]
      : [],
  )
  if (faults.length > 0) throw new EngineInputError('wrong-length', faults)
  return dimensions
}
