import type { BinnedTable } from './bins.ts'

/** A tree over binned features; node 0 is the root. Rows that a split sends left have `bin <= bins[node]`, or a bin in its set. */
export interface Tree {
  /** Split feature, -1 at a leaf. */
  features: Int32Array
  bins: Uint8Array
  /** Place of a categorical split's set in `sets`, -1 at a numeric split. */
  setOf: Int32Array
  /** 256 entries per set: 1 where the bin goes left. */
  sets: Uint8Array
  /** 1 where missing values go left. */
  missingLeft: Uint8Array
  left: Int32Array
  right: Int32Array
  /** Output of a leaf on the scale of the link, the learning rate applied; at inner nodes what a leaf there would say. */
  values: Float64Array
  /** Weight of the training rows that came through (sum of row weights). */
  covers: Float64Array
  /** Loss removed by the split. */
  gains: Float64Array
}

/** Whether a row with this bin goes left at an inner node. */
export function goesLeft(tree: Tree, node: number, bin: number, missing: number): boolean {
  if (bin === missing) return tree.missingLeft[node] === 1
  const set = tree.setOf[node]!
  return set < 0 ? bin <= tree.bins[node]! : tree.sets[set * 256 + bin] === 1
}

/** From so many rows on a table of next nodes by bin pays for itself. */
const manyRows = 4000

/** Adds the tree's output for some rows to their scores. */
export function addOutputs(
  tree: Tree,
  table: BinnedTable,
  rows: Uint32Array,
  scores: Float64Array,
  offset: number,
): void {
  const missing = Uint8Array.from(table.features, (feature) => feature.bins)
  if (rows.length >= manyRows) walkByTable(tree, table, missing, rows, scores, offset)
  else walk(tree, table, missing, rows, scores, offset)
}

function walk(
  tree: Tree,
  table: BinnedTable,
  missing: Uint8Array,
  rows: Uint32Array,
  scores: Float64Array,
  offset: number,
): void {
  const { features, bins, setOf, sets, missingLeft, left, right, values } = tree
  const { codes, rows: total } = table
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    let node = 0
    for (let feature = features[0]!; feature >= 0; feature = features[node]!) {
      const bin = codes[feature * total + row]!
      const set = setOf[node]!
      const goLeft =
        bin === missing[feature] ? missingLeft[node] === 1 : set < 0 ? bin <= bins[node]! : sets[set * 256 + bin] === 1
      node = goLeft ? left[node]! : right[node]!
    }
    scores[offset + row]! += values[node]!
  }
}

/** The same walk without a branch for the processor to guess at. */
function walkByTable(
  tree: Tree,
  table: BinnedTable,
  missing: Uint8Array,
  rows: Uint32Array,
  scores: Float64Array,
  offset: number,
): void {
  const { features, values } = tree
  const { codes, rows: total } = table
  const next = new Int32Array(features.length * 256)
  for (let node = 0; node < features.length; node++) {
    const feature = features[node]!
    if (feature < 0) continue
    for (let bin = 0; bin <= missing[feature]!; bin++)
      next[node * 256 + bin] = goesLeft(tree, node, bin, missing[feature]!) ? tree.left[node]! : tree.right[node]!
  }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    let node = 0
    for (let feature = features[0]!; feature >= 0; feature = features[node]!)
      node = next[node * 256 + codes[feature * total + row]!]!
    scores[offset + row]! += values[node]!
  }
}
