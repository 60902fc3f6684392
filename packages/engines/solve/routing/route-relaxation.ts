import { endOfTime, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'
import { earliestIn } from './fleet-schedule.ts'

/**
 * What all routes of a problem have in common: legs at the least cost of any vehicle that could drive them, and a weight
 * of each node such that no route weighs more than `capacity`. Every feasible route is one of this form at no higher cost.
 */
export interface RouteRelaxation {
  nodes: number
  /** From column to row, [nodes][nodes] row-major; Infinity where no route has the leg. */
  into: Float64Array
  /** From the start of a route, and to its end, with half of the fixed cost each; [nodes]. */
  from: Float64Array
  to: Float64Array
  /** Whole and at least 1, [nodes]. */
  weight: Int32Array
  capacity: number
}

/** Cells of the table [capacity][nodes][nodes] that weights are made coarse for. */
const mostCells = 2e7

/**
 * @param served nodes that all plans in question serve
 * @param mostCapacity weights are at most so large together on a route; larger amounts are counted in coarser units
 */
export function relaxRoutes(problem: FleetProblem, served: readonly number[], mostCapacity: number): RouteRelaxation {
  const size = served.length
  const into = new Float64Array(size * size).fill(Infinity)
  const from = new Float64Array(size).fill(Infinity)
  const to = new Float64Array(size).fill(Infinity)
  for (const vehicle of onePerKind(problem.vehicles)) relaxLegs(problem, vehicle, served, into, from, to)
  return { nodes: size, into, from, to, ...weighNodes(problem, served, mostCapacity) }
}

function onePerKind(vehicles: readonly FleetVehicle[]): FleetVehicle[] {
  return [...new Map(vehicles.map((vehicle) => [vehicle.kind, vehicle])).values()]
}

/** Lowers the legs to what this vehicle could drive them for. */
function relaxLegs(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  served: readonly number[],
  into: Float64Array,
  from: Float64Array,
  to: Float64Array,
): void {
  const size = served.length
  const { costs, durations, start, end, close, fixedCost } = vehicle
  const { places } = vehicle.matrix
  const nodes = served.map((n) => problem.nodes[n]!)
  const begin = earliestBegins(problem, vehicle, served)
  for (let i = 0; i < size; i++) {
    const a = nodes[i]!
    const leave = begin[i]! + a.service
    if (leave > close) continue
    if (a.type !== 'delivery')
      from[i] = Math.min(from[i]!, fixedCost / 2 + (start < 0 ? 0 : costs[start * places + a.place]!))
    if (a.type !== 'pickup' && (end < 0 || leave + durations[a.place * places + end]! <= close))
      to[i] = Math.min(to[i]!, fixedCost / 2 + (end < 0 ? 0 : costs[a.place * places + end]!))
    for (let j = 0; j < size; j++) {
      const b = nodes[j]!
      if (i === j || begin[j] === Infinity || leave + durations[a.place * places + b.place]! > b.windows.at(-1)![1])
        continue
      if (a.type === 'delivery' && b.type === 'pickup' && a.unit === b.unit) continue
      const cost = costs[a.place * places + b.place]!
      if (cost < into[j * size + i]! && fitTogether(vehicle, a, b)) into[j * size + i] = cost
    }
  }
}

/** Earliest begin of service at each node on any path from the start (Dijkstra 1959; waiting never helps), Infinity for nodes that the vehicle cannot serve. */
function earliestBegins(problem: FleetProblem, vehicle: FleetVehicle, served: readonly number[]): Float64Array {
  const size = served.length
  const { places } = vehicle.matrix
  const begin = new Float64Array(size).fill(Infinity)
  const settled = new Uint8Array(size)
  const reach = (i: number, time: number) => {
    const earliest = earliestIn(problem.nodes[served[i]!]!.windows, time)
    if (earliest <= endOfTime && earliest < begin[i]!) begin[i] = earliest
  }
  const able = served.map((n) => vehicle.able[problem.nodes[n]!.unit] === 1 || vehicle.planned.includes(n))
  for (let i = 0; i < size; i++) {
    const { place } = problem.nodes[served[i]!]!
    if (able[i]) reach(i, vehicle.open + (vehicle.start < 0 ? 0 : vehicle.durations[vehicle.start * places + place]!))
  }
  for (;;) {
    let i = -1
    for (let k = 0; k < size; k++) if (settled[k] === 0 && begin[k]! < (i < 0 ? Infinity : begin[i]!)) i = k
    if (i < 0) return begin
    settled[i] = 1
    const { place, service } = problem.nodes[served[i]!]!
    for (let j = 0; j < size; j++)
      if (settled[j] === 0 && able[j])
        reach(j, begin[i]! + service + vehicle.durations[place * places + problem.nodes[served[j]!]!.place]!)
  }
}

type Node = FleetProblem['nodes'][number]

/** Whether two visits in a row can be carried: what both fetch is aboard after them, what both bring before them. */
function fitTogether(vehicle: FleetVehicle, a: Node, b: Node): boolean {
  for (let k = 0; k < vehicle.capacity.length; k++) {
    const most = vehicle.capacity[k]!
    const fetched = Math.max(0, a.change[k]! + a.initial[k]!) + Math.max(0, b.change[k]! + b.initial[k]!)
    const brought = broughtTo(a, k) + broughtTo(b, k)
    if (fetched > most || brought > most) return false
  }
  return true
}

const broughtTo = (node: Node, k: number) => (node.type === 'job' ? node.initial[k]! : Math.max(0, -node.change[k]!))

/** The amounts of the dimension that is scarcest, or visits where the amounts do not limit a route. */
export function weighNodes(
  problem: FleetProblem,
  served: readonly number[],
  mostCapacity: number,
): Pick<RouteRelaxation, 'weight' | 'capacity'> {
  const nodes = served.map((n) => problem.nodes[n]!)
  let amounts: number[] | null = null
  let most = 0
  let scarcest = 1
  for (let k = 0; k < problem.dimensions; k++) {
    const capacity = problem.vehicles.reduce((max, vehicle) => Math.max(max, vehicle.capacity[k]!), 0)
    for (const amount of [
      (node: Node) => (node.type === 'job' ? node.initial[k]! : 0),
      (node: Node) => (node.type === 'job' ? node.change[k]! + node.initial[k]! : 0),
    ]) {
      const list = nodes.map(amount)
      const scarcity = list.reduce((a, b) => a + b, 0) / capacity
      if (scarcity > scarcest) {
        scarcest = scarcity
        most = capacity
        amounts = list
      }
    }
  }
  const limit = Math.max(10, Math.min(mostCapacity, Math.floor(mostCells / nodes.length ** 2)))
  if (!amounts) return { weight: new Int32Array(nodes.length).fill(1), capacity: mostVisits(problem, nodes) }
  const unit = Math.max(1, Math.ceil(most / limit))
  const weight = Int32Array.from(amounts, (amount) => Math.max(1, Math.floor(amount / unit)))
  // What routes can weigh at most after rounding: a fractional knapsack (Dantzig 1957).
  const order = weight.map((_, i) => i).toSorted((a, b) => amounts[a]! / weight[a]! - amounts[b]! / weight[b]!)
  let room = most
  let capacity = 0
  for (const i of order) {
    const share = amounts[i] === 0 ? 1 : Math.min(1, room / amounts[i]!)
    room -= share * amounts[i]!
    capacity += share * weight[i]!
    if (share < 1) break
  }
  return { weight, capacity: Math.floor(capacity + 1e-9) }
}

/** Visits that fit into the longest shift, each with its service and the shortest leg to it. */
function mostVisits(problem: FleetProblem, nodes: readonly Node[]): number {
  let most = 0
  for (const vehicle of onePerKind(problem.vehicles)) {
    const { places } = vehicle.matrix
    const shift = vehicle.close - vehicle.open
    const lasting = nodes
      .map(
        (node) =>
          nodes.reduce(
            (least, other) =>
              other === node ? least : Math.min(least, vehicle.durations[other.place * places + node.place]!),
            vehicle.start < 0 ? 0 : vehicle.durations[vehicle.start * places + node.place]!,
          ) + node.service,
      )
      .toSorted((a, b) => a - b)
    let time = 0
    const over = lasting.findIndex((each) => (time += each) > shift)
    most = Math.max(most, Math.min(vehicle.maxTasks, over < 0 ? nodes.length : over))
  }
  return Math.max(1, most)
}
