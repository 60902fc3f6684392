import type { BinnedTable } from './bins.ts'
import { findSplit, leafOutput, type NodeSums, type Split, type SplitRules } from './find-split.ts'
import { addRows, perBin, subtract } from './histogram.ts'
import { goesLeft, type Tree } from './tree.ts'

export interface GrowthRules extends SplitRules {
  /** Most leaves of a tree. */
  leaves: number
  /** Most splits between root and leaf. */
  depth: number
  /** Per feature: 1 outputs may not fall with it, -1 not rise, 0 free. */
  monotone: Int8Array
}

/** A grown tree and which rows fell into each leaf: `rows[from..to)`. */
export interface GrownTree {
  tree: Tree
  rows: Uint32Array
  leaves: { node: number; from: number; to: number; low: number; high: number }[]
}

interface OpenLeaf extends NodeSums {
  node: number
  depth: number
  from: number
  to: number
  histogram: Float64Array | null
  split: Split
}

/** Grows trees on one binned table, with memory that is kept between trees. */
export interface Grower {
  /**
   * @param rows rows to learn from; a copy is put in order of leaves
   * @param derivatives gradient and hessian by turns, by row of the table
   * @param features which features may be split on, ascending
   */
  grow(rows: Uint32Array, derivatives: Float64Array, weights: Float64Array | null, features: Uint32Array): GrownTree
}

/**
 * Leaf-wise growth from histograms: the leaf with the largest gain is split next; of two children only the smaller is counted, the other is the
 * difference to the parent (Ke et al. 2017, "LightGBM").
 */
export function createGrower(table: BinnedTable, rules: GrowthRules): Grower {
  const offsets = new Uint32Array(table.features.length + 1)
  table.features.forEach((feature, at) => {
    offsets[at + 1] = offsets[at]! + (feature.bins + 1) * perBin
  })
  const size = offsets[table.features.length]!
  const free: Float64Array[] = []
  const borrow = () => free.pop()?.fill(0) ?? new Float64Array(size)
  let scratch = new Uint32Array(0)
  let ordered = new Uint32Array(0)
  let orderedDerivatives = new Float64Array(0)

  function grow(
    rows: Uint32Array,
    derivatives: Float64Array,
    weights: Float64Array | null,
    features: Uint32Array,
  ): GrownTree {
    if (ordered.length < rows.length) {
      scratch = new Uint32Array(rows.length)
      ordered = new Uint32Array(rows.length)
      orderedDerivatives = new Float64Array(2 * rows.length)
    }
    ordered.set(rows)
    const nodes = startTree(2 * rules.leaves - 1)
    const { tree } = nodes

    const count = (leaf: OpenLeaf): Float64Array => {
      const histogram = borrow()
      gather(derivatives, ordered, leaf.from, leaf.to, orderedDerivatives)
      addRows(histogram, offsets, table.codes, table.rows, features, ordered, leaf.from, leaf.to, orderedDerivatives)
      return histogram
    }
    const search = (leaf: OpenLeaf): void => {
      if (!leaf.histogram) return
      for (const feature of features)
        findSplit(
          leaf.histogram,
          offsets[feature]!,
          feature,
          table.features[feature]!,
          leaf,
          rules.monotone[feature]!,
          rules,
          leaf.split,
        )
      if (leaf.split.feature < 0) release(leaf)
    }
    const release = (leaf: OpenLeaf): void => {
      if (leaf.histogram) free.push(leaf.histogram)
      leaf.histogram = null
    }
    const splittable = (leaf: OpenLeaf) => leaf.depth < rules.depth && leaf.rows >= 2 * rules.minRows

    const root: OpenLeaf = {
      node: nodes.add(),
      depth: 0,
      from: 0,
      to: rows.length,
      ...sumsOf(derivatives, ordered, rows.length),
      low: -Infinity,
      high: Infinity,
      histogram: null,
      split: noSplit(),
    }
    tree.covers[0] = coverOf(weights, ordered, 0, rows.length)
    tree.values[0] = leafOutput(root.gradient, root.hessian, rules.l2, root.low, root.high)
    const open: OpenLeaf[] = [root]
    if (rules.leaves > 1 && splittable(root)) {
      root.histogram = count(root)
      search(root)
    }
    while (open.length < rules.leaves) {
      let pick = -1
      for (let i = 0; i < open.length; i++)
        if (open[i]!.split.feature >= 0 && (pick < 0 || open[i]!.split.gain > open[pick]!.split.gain)) pick = i
      if (pick < 0) break
      const parent = open[pick]!
      const { split } = parent
      const [left, right] = divide(parent, nodes, rules)
      const middle = partition(tree, parent, table, ordered, scratch)
      left.to = middle
      right.from = middle
      tree.covers[left.node] = coverOf(weights, ordered, left.from, left.to)
      tree.covers[right.node] = coverOf(weights, ordered, right.from, right.to)
      tree.gains[parent.node] = split.gain / 2
      open[pick] = left
      open.push(right)
      const last = open.length === rules.leaves
      if (last || (!splittable(left) && !splittable(right))) release(parent)
      else {
        const [small, large] = left.rows <= right.rows ? [left, right] : [right, left]
        small.histogram = count(small)
        large.histogram = parent.histogram
        parent.histogram = null
        if (large.histogram) subtract(large.histogram, small.histogram)
        for (const child of [left, right])
          if (splittable(child)) search(child)
          else release(child)
      }
    }
    for (const leaf of open) release(leaf)
    return {
      tree: nodes.finish(),
      rows: ordered.subarray(0, rows.length),
      leaves: open.map(({ node, from, to, low, high }) => ({ node, from, to, low, high })),
    }
  }
  return { grow }
}

function noSplit(): Split {
  return { feature: -1, gain: 0, bin: 0, set: null, missingLeft: false, leftGradient: 0, leftHessian: 0, leftRows: 0 }
}

/** Makes the two children of a leaf; a constrained feature's children get bounds between which everything below them stays (as in XGBoost). */
function divide(parent: OpenLeaf, nodes: TreeBuilder, rules: GrowthRules): [OpenLeaf, OpenLeaf] {
  const { split } = parent
  const { tree } = nodes
  const l2 = rules.l2 + (split.set ? rules.categoryL2 : 0)
  const child = (gradient: number, hessian: number, rows: number): OpenLeaf => ({
    node: nodes.add(),
    depth: parent.depth + 1,
    from: parent.from,
    to: parent.to,
    gradient,
    hessian,
    rows,
    low: parent.low,
    high: parent.high,
    histogram: null,
    split: noSplit(),
  })
  const left = child(split.leftGradient, split.leftHessian, split.leftRows)
  const right = child(
    parent.gradient - split.leftGradient,
    parent.hessian - split.leftHessian,
    parent.rows - split.leftRows,
  )
  for (const each of [left, right])
    tree.values[each.node] = leafOutput(each.gradient, each.hessian, l2, each.low, each.high)
  const direction = rules.monotone[split.feature]!
  if (direction !== 0) {
    const middle = (tree.values[left.node]! + tree.values[right.node]!) / 2
    if (direction > 0) left.high = right.low = middle
    else left.low = right.high = middle
  }
  tree.features[parent.node] = split.feature
  tree.bins[parent.node] = split.bin
  tree.missingLeft[parent.node] = split.missingLeft ? 1 : 0
  tree.left[parent.node] = left.node
  tree.right[parent.node] = right.node
  if (split.set) nodes.addSet(parent.node, split.set)
  return [left, right]
}

/** Puts the rows that go left first, both sides in their order. @returns where the right side begins */
function partition(tree: Tree, parent: OpenLeaf, table: BinnedTable, rows: Uint32Array, scratch: Uint32Array): number {
  const { feature } = parent.split
  const base = feature * table.rows
  const { codes } = table
  const missing = table.features[feature]!.bins
  const isLeft = new Uint8Array(256)
  for (let bin = 0; bin <= missing; bin++) isLeft[bin] = goesLeft(tree, parent.node, bin, missing) ? 1 : 0
  let left = parent.from
  let right = 0
  for (let at = parent.from; at < parent.to; at++) {
    const row = rows[at]!
    const side = isLeft[codes[base + row]!]!
    rows[left] = row
    scratch[right] = row
    left += side
    right += 1 - side
  }
  for (let at = 0; at < right; at++) rows[left + at] = scratch[at]!
  return left
}

function gather(values: Float64Array, rows: Uint32Array, from: number, to: number, into: Float64Array): void {
  for (let at = from, i = 0; at < to; at++, i += 2) {
    const place = rows[at]! * 2
    into[i] = values[place]!
    into[i + 1] = values[place + 1]!
  }
}

function sumsOf(derivatives: Float64Array, rows: Uint32Array, count: number) {
  let gradient = 0
  let hessian = 0
  for (let at = 0; at < count; at++) {
    gradient += derivatives[rows[at]! * 2]!
    hessian += derivatives[rows[at]! * 2 + 1]!
  }
  return { gradient, hessian, rows: count }
}

function coverOf(weights: Float64Array | null, rows: Uint32Array, from: number, to: number): number {
  if (!weights) return to - from
  let cover = 0
  for (let at = from; at < to; at++) cover += weights[rows[at]!]!
  return cover
}

interface TreeBuilder {
  tree: Tree
  add(): number
  addSet(node: number, bins: readonly number[]): void
  finish(): Tree
}

function startTree(most: number): TreeBuilder {
  let nodes = 0
  const sets: Uint8Array[] = []
  const tree: Tree = {
    features: new Int32Array(most).fill(-1),
    bins: new Uint8Array(most),
    setOf: new Int32Array(most).fill(-1),
    sets: new Uint8Array(0),
    missingLeft: new Uint8Array(most),
    left: new Int32Array(most),
    right: new Int32Array(most),
    values: new Float64Array(most),
    covers: new Float64Array(most),
    gains: new Float64Array(most),
  }
  return {
    tree,
    add: () => nodes++,
    addSet(node, bins) {
      const set = new Uint8Array(256)
      for (const bin of bins) set[bin] = 1
      tree.setOf[node] = sets.length
      sets.push(set)
      // Read at once by the partition of this node.
      tree.sets = new Uint8Array(sets.length * 256)
      sets.forEach((each, at) => tree.sets.set(each, at * 256))
    },
    finish: () => ({
      features: tree.features.slice(0, nodes),
      bins: tree.bins.slice(0, nodes),
      setOf: tree.setOf.slice(0, nodes),
      sets: tree.sets,
      missingLeft: tree.missingLeft.slice(0, nodes),
      left: tree.left.slice(0, nodes),
      right: tree.right.slice(0, nodes),
      values: tree.values.slice(0, nodes),
      covers: tree.covers.slice(0, nodes),
      gains: tree.gains.slice(0, nodes),
    }),
  }
}
