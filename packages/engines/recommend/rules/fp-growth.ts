import type { Work } from '../../contract/index.ts'

/** Baskets as numbered items: basket `b` holds `item[start[b]]` up to `item[start[b + 1]]`, each item once. */
export interface Baskets {
  start: Uint32Array
  item: Uint32Array
  items: number
}

/** Called with the items of a frequent set (a view that is overwritten, in no order), its length and its count. */
export type TakeItemset = (items: Uint32Array, length: number, count: number) => void

/** A prefix tree of baskets whose items run from the most to the least frequent one. */
interface FrequentPatternTree {
  /** By rank: the item, its count in the tree's baskets, and its last node (-1: none). */
  items: Uint32Array
  counts: Float64Array
  lastNode: Int32Array
  /** By node; the root is node 0. `same` is the node before with the same rank. */
  rank: Int32Array
  parent: Int32Array
  same: Int32Array
  nodeCount: Float64Array
}

/** Longest set that can be asked for. */
export const longestItemset = 64

/**
 * All item sets that at least `minCount` baskets hold, by growing them from their least frequent item in trees of
 * conditional baskets (FP-growth: Han, Pei & Yin 2000).
 * @returns false when the work's time limit ended it before all sets were found
 */
export function growItemsets(
  baskets: Baskets,
  minCount: number,
  maxLength: number,
  work: Work,
  take: TakeItemset,
): boolean {
  const { start, item } = baskets
  const set = new Uint32Array(longestItemset)
  let complete = true
  let steps = 0

  const grow = (tree: FrequentPatternTree, length: number): void => {
    for (let rank = tree.items.length - 1; rank >= 0; rank--) {
      if ((steps++ & 63) === 0 && work.expired()) complete = false
      if (!complete) return
      if (length === 0) work.progress(1 - rank / tree.items.length, 'growing item sets')
      set[length] = tree.items[rank]!
      take(set, length + 1, tree.counts[rank]!)
      if (rank === 0 || length + 1 >= maxLength) continue
      const conditional = conditionalTree(tree, rank, minCount)
      if (conditional) grow(conditional, length + 1)
    }
  }

  const counts = new Float64Array(baskets.items)
  for (const each of item) counts[each] = counts[each]! + 1
  const order = frequentOrder(counts, minCount)
  const builder = createTree(order, counts, item.length + 1)
  const rankOf = new Int32Array(baskets.items).fill(-1)
  order.forEach((each, rank) => (rankOf[each] = rank))
  const path = new Int32Array(order.length)
  for (let b = 0; b + 1 < start.length; b++) {
    let length = 0
    for (let k = start[b]!; k < start[b + 1]!; k++) {
      const rank = rankOf[item[k]!]!
      if (rank >= 0) path[length++] = rank
    }
    path.subarray(0, length).sort()
    builder.add(path, length, 1)
  }
  if (order.length > 0) grow(builder.tree(), 0)
  return complete
}

/** Items with at least `minCount`, the most frequent first; ties by number, so that the trees are always the same. */
function frequentOrder(counts: Float64Array, minCount: number): Uint32Array {
  const frequent: number[] = []
  for (let each = 0; each < counts.length; each++) if (counts[each]! >= minCount) frequent.push(each)
  return Uint32Array.from(frequent.sort((a, b) => counts[b]! - counts[a]! || a - b))
}

function createTree(order: Uint32Array, countsByItem: Float64Array, mostNodes: number) {
  const rank = new Int32Array(mostNodes).fill(-1)
  const parent = new Int32Array(mostNodes).fill(-1)
  const same = new Int32Array(mostNodes).fill(-1)
  const nodeCount = new Float64Array(mostNodes)
  const firstChild = new Int32Array(mostNodes).fill(-1)
  const sibling = new Int32Array(mostNodes).fill(-1)
  const lastNode = new Int32Array(order.length).fill(-1)
  let nodes = 1
  return {
    /** @param path ranks, ascending */
    add(path: Int32Array, length: number, count: number): void {
      let node = 0
      for (let k = 0; k < length; k++) {
        const wanted = path[k]!
        let child = firstChild[node]!
        while (child >= 0 && rank[child]! !== wanted) child = sibling[child]!
        if (child < 0) {
          child = nodes++
          rank[child] = wanted
          parent[child] = node
          sibling[child] = firstChild[node]!
          firstChild[node] = child
          same[child] = lastNode[wanted]!
          lastNode[wanted] = child
        }
        nodeCount[child] = nodeCount[child]! + count
        node = child
      }
    },
    tree(): FrequentPatternTree {
      const counts = Float64Array.from(order, (each) => countsByItem[each]!)
      return { items: order, counts, lastNode, rank, parent, same, nodeCount }
    },
  }
}

/** The tree of what stands before `rank` in the baskets that hold it; null when nothing of it is frequent. */
function conditionalTree(tree: FrequentPatternTree, rank: number, minCount: number): FrequentPatternTree | null {
  const counts = new Float64Array(rank)
  let nodes = 1
  for (let node = tree.lastNode[rank]!; node >= 0; node = tree.same[node]!) {
    const count = tree.nodeCount[node]!
    for (let up = tree.parent[node]!; up > 0; up = tree.parent[up]!) {
      counts[tree.rank[up]!] = counts[tree.rank[up]!]! + count
      nodes++
    }
  }
  const order = frequentOrder(counts, minCount)
  if (order.length === 0) return null
  const newRank = new Int32Array(rank).fill(-1)
  order.forEach((old, at) => (newRank[old] = at))
  const builder = createTree(order, counts, nodes)
  const path = new Int32Array(rank)
  for (let node = tree.lastNode[rank]!; node >= 0; node = tree.same[node]!) {
    let length = 0
    for (let up = tree.parent[node]!; up > 0; up = tree.parent[up]!) {
      const at = newRank[tree.rank[up]!]!
      if (at >= 0) path[length++] = at
    }
    path.subarray(0, length).sort()
    builder.add(path, length, tree.nodeCount[node]!)
  }
  const conditional = builder.tree()
  return { ...conditional, items: order.map((old) => tree.items[old]!) }
}
