/**
 * Routing from one depot by identical vehicles: the form that the fast search understands.
 * Place 0 is the depot, places 1 to `customers` are visited once each.
 */
export interface SingleDepotProblem {
  customers: number
  /** Routes that may be used at most. */
  vehicles: number
  /** Load that a vehicle carries at most. */
  capacity: number
  /** [customers + 1], the depot's is 0. */
  demand: Int32Array
  /** Cost of travel, [customers + 1][customers + 1] row-major, from row to column. */
  cost: Int32Array
  /** Cost of using a vehicle at all. */
  fixedCost: number
  /** Cost of leaving a customer out; larger than any detour. */
  omission: Float64Array
  /** Service must begin within windows; null when there are none. The depot's window bounds departure and return. */
  windows: TimeWindows | null
}

interface TimeWindows {
  /** Time of travel, [customers + 1][customers + 1] row-major, in the unit of the windows. */
  travel: Int32Array
  /** Earliest and latest start of service, [customers + 1]. */
  open: Int32Array
  close: Int32Array
  /** Length of service, [customers + 1]. */
  service: Int32Array
}

/** Routes of an answer: customers in the order of their visits, without the depot. */
export interface SingleDepotPlan {
  routes: number[][]
  omitted: number[]
  cost: number
}

/** Customers by distance from each customer, the nearest first: [customers + 1][width] row-major, without itself and the depot. */
export function nearestCustomers(problem: SingleDepotProblem, width: number): Int32Array {
  const { customers, cost } = problem
  const size = customers + 1
  const nearest = new Int32Array(size * width)
  const others = Array.from({ length: customers }, (_, i) => i + 1)
  const key = new Float64Array(size)
  for (let c = 1; c <= customers; c++) {
    for (let v = 1; v <= customers; v++) key[v] = cost[c * size + v]! + cost[v * size + c]!
    key[c] = Infinity
    const sorted = others.toSorted((a, b) => key[a]! - key[b]! || a - b)
    for (let k = 0; k < width; k++) nearest[c * width + k] = sorted[k]!
  }
  return nearest
}
