/**
 * Cheapest walks from the depot to each node, by their weight: the best, and the best that comes from another node, so
 * that a walk never turns back at once. A walk may pass a node again later.
 */
interface Walks {
  nodes: number
  /** [capacity + 1][nodes], less the prices of all nodes passed. */
  best: Float64Array
  second: Float64Array
  /** Node before the last one; -1 for the depot. */
  bestFrom: Int32Array
  secondFrom: Int32Array
}

/** @param into cost of a leg, [to][from] row-major */
export function cheapestWalks(
  nodes: number,
  into: Float64Array,
  start: Float64Array,
  price: Float64Array,
  weight: Int32Array,
  capacity: number,
): Walks {
  const cells = (capacity + 1) * nodes
  const best = new Float64Array(cells).fill(Infinity)
  const second = new Float64Array(cells).fill(Infinity)
  const bestFrom = new Int32Array(cells).fill(-1)
  const secondFrom = new Int32Array(cells).fill(-1)
  for (let load = 1; load <= capacity; load++)
    for (let j = 0; j < nodes; j++) {
      const before = load - weight[j]!
      if (before < 0) continue
      const cell = load * nodes + j
      if (before === 0) {
        best[cell] = start[j]! - price[j]!
        continue
      }
      const row = before * nodes
      const legs = j * nodes
      let least = Infinity
      let leastFrom = -1
      let next = Infinity
      let nextFrom = -1
      for (let i = 0; i < nodes; i++) {
        const walked = (bestFrom[row + i] === j ? second[row + i]! : best[row + i]!) + into[legs + i]!
        if (walked < next)
          if (walked < least) {
            next = least
            nextFrom = leastFrom
            least = walked
            leastFrom = i
          } else {
            next = walked
            nextFrom = i
          }
      }
      best[cell] = least - price[j]!
      bestFrom[cell] = leastFrom
      second[cell] = next - price[j]!
      secondFrom[cell] = nextFrom
    }
  return { nodes, best, second, bestFrom, secondFrom }
}

/**
 * Joins walks to each node with walks from it, so that the whole costs least by weight.
 * @param backwards walks in the opposite direction
 * @param visits how often the chosen walks pass each node is added, counted by the share of the node they were chosen for
 * @returns the bound: all prices, and for each node its share of what its walk costs less its prices
 */
export function joinWalks(
  forwards: Walks,
  backwards: Walks,
  price: Float64Array,
  weight: Int32Array,
  capacity: number,
  visits: Float64Array,
): number {
  const { nodes } = forwards
  let bound = 0
  for (let i = 0; i < nodes; i++) {
    const own = weight[i]!
    let least = Infinity
    let ahead = 0
    let behind = 0
    for (let a = own; a <= capacity; a++) {
      const there = a * nodes + i
      const first = forwards.best[there]!
      if (first === Infinity) continue
      const firstFrom = forwards.bestFrom[there]!
      const other = forwards.second[there]!
      for (let b = own; b <= capacity - a + own; b++) {
        const back = b * nodes + i
        let walked = first + backwards.best[back]!
        if (firstFrom >= 0 && firstFrom === backwards.bestFrom[back]!)
          walked = Math.min(first + backwards.second[back]!, other + backwards.best[back]!)
        const share = (walked + price[i]!) / (a + b - own)
        if (share < least) {
          least = share
          ahead = a
          behind = b
        }
      }
    }
    // No walk: nothing can be said about this node beyond its price, which no plan could pay.
    if (least === Infinity) return -Infinity
    bound += price[i]! + own * least
    const counted = own / (ahead + behind - own)
    const there = ahead * nodes + i
    const back = behind * nodes + i
    const meet = forwards.bestFrom[there]! >= 0 && forwards.bestFrom[there] === backwards.bestFrom[back]
    const forwardsSecond = meet && forwardGivesWay(forwards, backwards, there, back)
    visits[i]! += counted
    trace(forwards, weight, i, ahead, forwardsSecond, counted, visits)
    trace(backwards, weight, i, behind, meet && !forwardsSecond, counted, visits)
  }
  return bound
}

/** Where both best walks come from the same node, whether the forward one has to give way. */
function forwardGivesWay(forwards: Walks, backwards: Walks, there: number, back: number): boolean {
  return forwards.second[there]! + backwards.best[back]! < forwards.best[there]! + backwards.second[back]!
}

/** Counts the nodes of a walk, without its last. */
function trace(
  walks: Walks,
  weight: Int32Array,
  last: number,
  load: number,
  useSecond: boolean,
  counted: number,
  visits: Float64Array,
): void {
  const { nodes, bestFrom, secondFrom } = walks
  let at = last
  let left = load
  let second = useSecond
  for (;;) {
    const cell = left * nodes + at
    const before = second ? secondFrom[cell]! : bestFrom[cell]!
    if (before < 0) return
    visits[before]! += counted
    left -= weight[at]!
    second = bestFrom[left * nodes + before] === at
    at = before
  }
}
