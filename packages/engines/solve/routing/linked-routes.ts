import type { SingleDepotProblem } from './single-depot.ts'

/**
 * Routes from one depot as a linked list each; 0 ends a list. All numbers of a plan but its tally lie in one buffer, so
 * that it is copied at once.
 */
export interface LinkedRoutes {
  readonly numbers: Int32Array
  /** Cost of the plan, and how many routes have customers. */
  readonly tally: { cost: number; used: number }
  /** By customer: neighbours, route (-1 without), cost of the step to it, earliest and latest start of service. */
  readonly next: Int32Array
  readonly previous: Int32Array
  readonly routeOf: Int32Array
  readonly stepCost: Int32Array
  readonly earliest: Int32Array
  readonly latest: Int32Array
  /** By route. */
  readonly first: Int32Array
  readonly load: Int32Array
  readonly count: Int32Array
  /** Puts a customer into a route behind `before`, 0 for its begin. */
  readonly insert: (customer: number, route: number, before: number) => void
  /** Unlinks `length` customers from `from` on and writes them into `removed` from place `at` on. */
  readonly removeString: (route: number, from: number, length: number, removed: Int32Array, at: number) => void
  /** Earliest and latest starts along a route. */
  readonly schedule: (route: number) => void
  /** Customers of each route that has some. */
  readonly list: () => number[][]
}

/** @param vehicles routes that there are at most */
export function linkedRoutes(problem: SingleDepotProblem, vehicles: number): LinkedRoutes {
  const { customers, demand, cost, fixedCost } = problem
  const size = customers + 1
  const timed = problem.windows !== null
  const none = new Int32Array(0)
  const travel = problem.windows?.travel ?? none
  const open = problem.windows?.open ?? none
  const close = problem.windows?.close ?? none
  const service = problem.windows?.service ?? none
  const perNode = timed ? 6 : 4
  const total = size * perNode + vehicles * 4
  const numbers = new Int32Array(total)
  const next = numbers.subarray(0, size)
  const previous = numbers.subarray(size, 2 * size)
  const routeOf = numbers.subarray(2 * size, 3 * size)
  const stepCost = numbers.subarray(3 * size, 4 * size)
  const earliest = timed ? numbers.subarray(4 * size, 5 * size) : none
  const latest = timed ? numbers.subarray(5 * size, 6 * size) : none
  const first = numbers.subarray(size * perNode, size * perNode + vehicles)
  const last = numbers.subarray(size * perNode + vehicles, size * perNode + 2 * vehicles)
  const load = numbers.subarray(size * perNode + 2 * vehicles, size * perNode + 3 * vehicles)
  const count = numbers.subarray(size * perNode + 3 * vehicles, total)
  const tally = { cost: 0, used: 0 }
  routeOf.fill(-1)

  const schedule = (r: number) => {
    let at = 0
    let leave = open[0]!
    for (let v = first[r]!; v !== 0; v = next[v]!) {
      const arrive = leave + travel[at * size + v]!
      const begin = arrive > open[v]! ? arrive : open[v]!
      earliest[v] = begin
      leave = begin + service[v]!
      at = v
    }
    let until = close[0]!
    let to = 0
    for (let v = last[r]!; v !== 0; v = previous[v]!) {
      const limit = until - travel[v * size + to]! - service[v]!
      until = limit < close[v]! ? limit : close[v]!
      latest[v] = until
      to = v
    }
  }

  /** Unlinks `length` customers from `from` on and writes them into `removed` from place `at` on. */
  const removeString = (r: number, from: number, length: number, removed: Int32Array, at: number) => {
    const before = previous[from]!
    let v = from
    for (let i = 0; i < length; i++) {
      tally.cost -= stepCost[v]!
      load[r]! -= demand[v]!
      removed[at + i] = v
      routeOf[v] = -1
      v = next[v]!
    }
    count[r]! -= length
    if (before === 0) first[r] = v
    else next[before] = v
    const step = cost[before * size + v]!
    if (v === 0) {
      last[r] = before
      tally.cost -= cost[removed[at + length - 1]! * size]!
      if (count[r] === 0) {
        tally.used--
        tally.cost -= fixedCost
      } else tally.cost += step
    } else {
      previous[v] = before
      tally.cost += step - stepCost[v]!
      stepCost[v] = step
    }
  }

  const insert = (c: number, r: number, before: number) => {
    const v = before === 0 ? first[r]! : next[before]!
    const into = cost[before * size + c]!
    const out = cost[c * size + v]!
    if (v === 0) tally.cost += into + out - (before === 0 ? -fixedCost : cost[before * size]!)
    else {
      tally.cost += into + out - stepCost[v]!
      stepCost[v] = out
      previous[v] = c
    }
    if (before === 0) first[r] = c
    else next[before] = c
    if (v === 0) last[r] = c
    if (count[r] === 0) tally.used++
    stepCost[c] = into
    previous[c] = before
    next[c] = v
    routeOf[c] = r
    load[r]! += demand[c]!
    count[r]!++
    if (timed) schedule(r)
  }

  const list = () => {
    const routes: number[][] = []
    for (let r = 0; r < vehicles; r++) {
      if (count[r] === 0) continue
      const route: number[] = []
      for (let v = first[r]!; v !== 0; v = next[v]!) route.push(v)
      routes.push(route)
    }
    return routes
  }

  return {
    numbers,
    tally,
    next,
    previous,
    routeOf,
    stepCost,
    earliest,
    latest,
    first,
    load,
    count,
    insert,
    removeString,
    schedule,
    list,
  }
}
