import { EngineInputError, type InputFault } from '../../contract/index.ts'
import { checkProblem, unlimited } from './check-problem.ts'
import { readPlan } from './given-plan.ts'
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

export interface FleetUnit {
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
  /** In the order of their windows, in which they are taken. */
  breaks: readonly {
    id: number
    description: string | undefined
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
export const endOfTime = unlimited

/** @throws EngineInputError naming the job, shipment or vehicle (by its row) */
export function readProblem(problem: RoutingProblem): FleetProblem {
  const { dimensions, clock } = checkProblem(problem)
  const travel = travelOf(problem)
  const jobs = problem.jobs ?? []
  const shipments = problem.shipments ?? []
  const faults: InputFault[] = []
  const windowsOf = (given: readonly (readonly [number, number])[] | undefined, field: string, row: number) => {
    for (const [open, close] of given ?? [])
      if (open > close)
        faults.push({ field, row, message: `the window ends (${String(close)}) before it begins (${String(open)})` })
    return mergedWindows(given ?? [[0, Infinity]], clock)
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
  const nodeOf = new Map(
    nodes.map((node, index) => [`${node.type} ${String(node.id)}`, { index, unit: node.unit }] as const),
  )
  const kinds = new Map<string, number>()
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
    const { durations, costs } = tariffs.get(tariff) ?? legsOf(matrix, speed, perSecond, perMetre, costScale, row)
    tariffs.set(tariff, { durations, costs })
    const { planned, done } = readPlan(vehicle.steps ?? [], row, nodeOf, units, faults)
    const has = new Set(vehicle.skills)
    const kind = JSON.stringify({ ...vehicle, id: 0, description: '', steps: planned.length > 0 ? vehicle.id : [] })
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
      capacity: Int32Array.from({ length: dimensions }, (_, k) =>
        Math.min(vehicle.capacity?.[k] ?? endOfTime, endOfTime),
      ),
      breaks: (vehicle.breaks ?? [])
        .map((pause) => ({
          id: pause.id,
          description: pause.description,
          windows: windowsOf(pause.time_windows, 'vehicles.breaks', row),
          service: pause.service ?? 0,
          maxLoad: pause.max_load ? amounts(pause.max_load) : null,
        }))
        .toSorted((a, b) => (a.windows[0]?.[0] ?? 0) - (b.windows[0]?.[0] ?? 0) || lastOf(a) - lastOf(b)),
      maxTasks: vehicle.max_tasks ?? endOfTime,
      maxTravel: vehicle.max_travel_time ?? endOfTime,
      maxDistance: vehicle.max_distance ?? endOfTime,
      planned,
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

const lastOf = ({ windows }: { windows: readonly (readonly [number, number])[] }) => windows.at(-1)?.[1] ?? 0

/** Windows in order on the inner clock; those that overlap become one. */
function mergedWindows(given: readonly (readonly [number, number])[], clock: number): (readonly [number, number])[] {
  const merged: (readonly [number, number])[] = []
  for (const [open, close] of given.toSorted((a, b) => a[0] - b[0])) {
    const from = Math.max(open - clock, -endOfTime)
    const until = Math.max(-endOfTime, Math.min(close - clock, endOfTime))
    const last = merged.at(-1)
    if (last && from <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], until)]
    else merged.push([from, until])
  }
  return merged
}

/** @throws EngineInputError when a leg would take or cost more than fits into 32 bits */
function legsOf(
  matrix: TravelMatrix,
  speed: number,
  perSecond: number,
  perMetre: number,
  costScale: number,
  row: number,
) {
  const fitting = (field: string, legs: Int32Array, of: (i: number) => number) => {
    const values = new Int32Array(legs.length)
    for (let i = 0; i < legs.length; i++) {
      const value = of(i)
      if (value > endOfTime)
        throw new EngineInputError('wrong-unit', [
          { field, row, message: `makes a leg of more than ${String(endOfTime / costScale)}; use a larger unit` },
        ])
      values[i] = value
    }
    return values
  }
  const durations =
    speed === 1
      ? matrix.durations
      : fitting('vehicles.speed_factor', matrix.durations, (i) => Math.round(matrix.durations[i]! / speed))
  const given = matrix.costs
  const costs = fitting('vehicles.costs', durations, (i) =>
    given
      ? given[i]! * costScale
      : Math.round(costScale * (durations[i]! * perSecond + matrix.distances[i]! * perMetre)),
  )
  return { durations, costs }
}
