import { createRandom } from '../../contract/index.ts'
import type { SearchBudget } from '../search-budget.ts'
import { linkedRoutes } from './linked-routes.ts'
import { nearestCustomers, type SingleDepotPlan, type SingleDepotProblem } from './single-depot.ts'

// Parameters of the paper, table 2.
const averageRemoved = 10
const longestString = 10
const splitShare = 0.5
const splitGrowth = 0.01
const blinkShare = 0.01

/** Iterations between two looks at the clock. */
const clockEvery = 128

/**
 * Slack induction by string removals: strings of customers near each other are taken out of their routes and put back
 * one by one at their cheapest place, some places being overlooked; worse plans are accepted by simulated annealing.
 *
 * Source: Christiaens & Vanden Berghe, Transportation Science 54(2), 2020.
 * @param start plan to begin with; without one the first recreate builds it
 */
export function ruinAndRecreate(
  problem: SingleDepotProblem,
  budget: SearchBudget,
  start?: { routes: readonly (readonly number[])[] },
  heat: { from: number; to: number } = { from: 1, to: 0.01 },
): SingleDepotPlan & { iterations: number } {
  const { customers, capacity, demand, cost, fixedCost, omission } = problem
  const size = customers + 1
  const vehicles = Math.min(problem.vehicles, customers)
  const timed = problem.windows !== null
  const none = new Int32Array(0)
  const travel = problem.windows?.travel ?? none
  const open = problem.windows?.open ?? none
  const close = problem.windows?.close ?? none
  const service = problem.windows?.service ?? none
  const random = createRandom(budget.seed)
  const width = Math.min(customers - 1, 300)
  const nearest = nearestCustomers(problem, width)
  const symmetric = isSymmetric(cost, size)
  const toCost = symmetric ? cost : transposed(cost, size)

  const plan = linkedRoutes(problem, vehicles)
  const { numbers, tally, next, previous, routeOf, stepCost, earliest, latest, first, load, count } = plan
  const { insert, removeString, schedule } = plan
  const kept = new Int32Array(numbers.length)
  const best = new Int32Array(numbers.length)

  const removed = new Int32Array(size)
  const sortKey = new Float64Array(size)
  const ruinedAt = new Int32Array(vehicles)
  const depotSpread = new Float64Array(size)
  for (let c = 1; c <= customers; c++) depotSpread[c] = cost[c]! + cost[c * size]!
  let removedCount = 0
  let stamp = 0
  let blink = 0
  const drawBlink = () => {
    blink = Math.floor(Math.log(1 - random.next()) / Math.log(1 - blinkShare))
  }
  drawBlink()

  const ruin = () => {
    const shown = customers - removedCount
    const longest = Math.min(longestString, Math.max(1, shown / Math.max(1, tally.used)))
    const most = (4 * averageRemoved) / (1 + longest) - 1
    const strings = Math.floor(1 + random.next() * most)
    const seed = 1 + random.integer(customers)
    stamp++
    let ruined = 0
    for (let k = -1; k < width && ruined < strings; k++) {
      const c = k < 0 ? seed : nearest[seed * width + k]!
      const r = routeOf[c]!
      if (r < 0 || ruinedAt[r] === stamp) continue
      ruinedAt[r] = stamp
      ruined++
      const here = count[r]!
      const length = Math.floor(1 + random.next() * Math.min(here, longest))
      let keep = 0
      if (length > 1 && length < here && random.next() < splitShare) {
        keep = 1
        while (length + keep < here && random.next() < splitGrowth) keep++
      }
      const span = length + keep
      let behind = 0
      for (let v = previous[c]!; v !== 0 && behind < span - 1; v = previous[v]!) behind++
      let ahead = 0
      for (let v = next[c]!; v !== 0 && ahead < span - 1; v = next[v]!) ahead++
      const least = Math.max(0, span - 1 - ahead)
      let back = least + random.integer(behind - least + 1)
      let from = c
      while (back-- > 0) from = previous[from]!
      if (keep === 0) {
        removeString(r, from, length, removed, removedCount)
        removedCount += length
      } else {
        const head = 1 + random.integer(length - 1)
        let tail = from
        for (let i = 0; i < head + keep; i++) tail = next[tail]!
        removeString(r, tail, length - head, removed, removedCount)
        removeString(r, from, head, removed, removedCount + length - head)
        removedCount += length
      }
      if (timed) schedule(r)
    }
  }

  const sortRemoved = () => {
    const draw = random.integer(timed ? 17 : 11)
    for (let i = 0; i < removedCount; i++) {
      const c = removed[i]!
      let key: number
      if (draw < 4) key = random.next()
      else if (draw < 8) key = -demand[c]!
      else if (draw < 10) key = -depotSpread[c]!
      else if (draw < 11) key = depotSpread[c]!
      else if (draw < 13) key = close[c]! - open[c]!
      else if (draw < 15) key = open[c]!
      else key = -close[c]!
      let j = i - 1
      while (j >= 0 && sortKey[j]! > key) {
        sortKey[j + 1] = sortKey[j]!
        removed[j + 1] = removed[j]!
        j--
      }
      sortKey[j + 1] = key
      removed[j + 1] = c
    }
  }

  // The cheapest place found for the customer at hand.
  let bestDelta = 0
  let bestRoute = -1
  let bestBefore = 0

  const offer = (delta: number, r: number, before: number) => {
    if (delta >= bestDelta) return
    if (--blink < 0) drawBlink()
    else {
      bestDelta = delta
      bestRoute = r
      bestBefore = before
    }
  }

  const scanRoute = (c: number, r: number) => {
    const row = c * size
    let before = 0
    for (let v = first[r]!; v !== 0; v = next[v]!) {
      offer(toCost[row + before]! + cost[row + v]! - stepCost[v]!, r, before)
      before = v
    }
    offer(toCost[row + before]! + cost[row]! - cost[before * size]!, r, before)
  }

  const scanTimed = (c: number, r: number) => {
    const row = c * size
    const opens = open[c]!
    const closes = close[c]!
    const serves = service[c]!
    let leave = open[0]!
    let before = 0
    for (let v = first[r]!; ; v = next[v]!) {
      if (leave > closes) return
      let begin = leave + travel[before * size + c]!
      if (begin < opens) begin = opens
      const until = v === 0 ? close[0]! : latest[v]!
      if (begin <= closes && begin + serves + travel[row + v]! <= until)
        offer(toCost[row + before]! + cost[row + v]! - (v === 0 ? cost[before * size]! : stepCost[v]!), r, before)
      if (v === 0) return
      leave = earliest[v]! + service[v]!
      before = v
    }
  }

  const recreate = () => {
    sortRemoved()
    let left = 0
    for (let i = 0; i < removedCount; i++) {
      const c = removed[i]!
      const room = capacity - demand[c]!
      bestDelta = omission[c]!
      bestRoute = -1
      bestBefore = 0
      for (let r = 0, seen = 0; r < vehicles && seen < tally.used; r++) {
        if (count[r] === 0) continue
        seen++
        if (load[r]! > room) continue
        if (timed) scanTimed(c, r)
        else scanRoute(c, r)
      }
      let empty = -1
      if (tally.used < vehicles) {
        empty = 0
        while (count[empty] !== 0) empty++
      }
      if (empty >= 0 && demand[c]! <= capacity) {
        const delta = fixedCost + depotSpread[c]!
        if (delta < bestDelta && (!timed || reachable(c))) {
          bestDelta = delta
          bestRoute = empty
          bestBefore = 0
        }
      }
      if (bestRoute < 0) removed[left++] = c
      else insert(c, bestRoute, bestBefore)
    }
    removedCount = left
  }

  const reachable = (c: number) => {
    const begin = Math.max(open[0]! + travel[c]!, open[c]!)
    return begin <= close[c]! && begin + service[c]! + travel[c * size]! <= close[0]!
  }

  const omissionCost = () => {
    let sum = 0
    for (let i = 0; i < removedCount; i++) sum += omission[removed[i]!]!
    return sum
  }

  // The first plan.
  for (const [r, route] of (start?.routes ?? []).entries()) {
    if (r >= vehicles) break
    let before = 0
    for (const c of route) {
      insert(c, r, before)
      before = c
    }
  }
  for (let c = 1; c <= customers; c++) if (routeOf[c] === -1) removed[removedCount++] = c
  recreate()
  kept.set(numbers)
  best.set(numbers)
  let keptOut = removed.slice(0, removedCount)
  let bestOut = keptOut
  let keptRoutes = tally.used
  let keptCost = tally.cost
  let keptScore = tally.cost + omissionCost()
  let bestScore = keptScore
  let bestCost = tally.cost

  // The paper's temperatures (100 to 1) suit its instances; here they follow the mean cost of a step.
  const scale = tally.cost / Math.max(1, customers + tally.used)
  const hot = heat.from * scale
  const cold = heat.to * scale
  let temperature = hot
  let iteration = 0
  for (; iteration < budget.iterations; iteration++) {
    if (iteration % clockEvery === 0) {
      const share = budget.share(iteration)
      if (share >= 1) break
      temperature = hot * (cold / hot) ** share
    }
    ruin()
    recreate()
    const score = removedCount === 0 ? tally.cost : tally.cost + omissionCost()
    if (score < keptScore - temperature * Math.log(random.next())) {
      kept.set(numbers)
      keptCost = tally.cost
      keptScore = score
      keptRoutes = tally.used
      keptOut = removedCount === 0 && keptOut.length === 0 ? keptOut : removed.slice(0, removedCount)
      if (score < bestScore) {
        best.set(numbers)
        bestScore = score
        bestCost = tally.cost
        bestOut = keptOut
      }
    } else {
      numbers.set(kept)
      tally.cost = keptCost
      tally.used = keptRoutes
      removed.set(keptOut)
      removedCount = keptOut.length
    }
  }

  numbers.set(best)
  return { routes: plan.list(), omitted: [...bestOut], cost: bestCost, iterations: iteration }
}

function isSymmetric(matrix: Int32Array, size: number): boolean {
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) if (matrix[i * size + j] !== matrix[j * size + i]) return false
  return true
}

function transposed(matrix: Int32Array, size: number): Int32Array {
  const turned = new Int32Array(matrix.length)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) turned[j * size + i] = matrix[i * size + j]!
  return turned
}
