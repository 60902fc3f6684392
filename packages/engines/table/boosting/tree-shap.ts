import type { BinnedTable } from './bins.ts'
import { goesLeft, type Tree } from './tree.ts'

/**
 * Exact Shapley values of one tree's features for one row, features absent from a coalition averaged over the training rows of each branch
 * (TreeSHAP: Lundberg, Erion & Lee 2018, algorithm 2, path-dependent).
 * The values of all features sum to the tree's output less its expected output.
 */
export interface TreeExplainer {
  /** Adds the row's Shapley values to `into[feature]`. */
  add(tree: Tree, row: number, into: Float64Array): void
}

/** @param depth most splits between root and leaf in any tree */
export function createTreeExplainer(table: BinnedTable, depth: number): TreeExplainer {
  // One path per level, each one entry longer than its parent's.
  const size = ((depth + 2) * (depth + 3)) / 2
  const pathFeature = new Int32Array(size)
  const zeroShare = new Float64Array(size)
  const oneShare = new Float64Array(size)
  const weight = new Float64Array(size)
  const missing = table.features.map(({ bins }) => bins)
  let tree: Tree
  let row = 0
  let into: Float64Array

  /** Grows the path at `start` of `length` entries by one. */
  function extend(start: number, length: number, zero: number, one: number, feature: number): void {
    pathFeature[start + length] = feature
    zeroShare[start + length] = zero
    oneShare[start + length] = one
    weight[start + length] = length === 0 ? 1 : 0
    for (let i = length - 1; i >= 0; i--) {
      weight[start + i + 1]! += (one * weight[start + i]! * (i + 1)) / (length + 1)
      weight[start + i] = (zero * weight[start + i]! * (length - i)) / (length + 1)
    }
  }

  /** Takes entry `at` out of the path; the inverse of `extend`. */
  function unwind(start: number, length: number, at: number): void {
    const one = oneShare[start + at]!
    const zero = zeroShare[start + at]!
    let next = weight[start + length - 1]!
    for (let i = length - 2; i >= 0; i--)
      if (one !== 0) {
        const held = weight[start + i]!
        weight[start + i] = (next * length) / ((i + 1) * one)
        next = held - (weight[start + i]! * zero * (length - 1 - i)) / length
      } else weight[start + i] = (weight[start + i]! * length) / (zero * (length - 1 - i))
    for (let i = at; i < length - 1; i++) {
      pathFeature[start + i] = pathFeature[start + i + 1]!
      zeroShare[start + i] = zeroShare[start + i + 1]!
      oneShare[start + i] = oneShare[start + i + 1]!
    }
  }

  /** What the weights would sum to with entry `at` taken out. */
  function unwoundSum(start: number, length: number, at: number): number {
    const one = oneShare[start + at]!
    const zero = zeroShare[start + at]!
    let next = weight[start + length - 1]!
    let sum = 0
    for (let i = length - 2; i >= 0; i--)
      if (one !== 0) {
        const part = (next * length) / ((i + 1) * one)
        sum += part
        next = weight[start + i]! - (part * zero * (length - 1 - i)) / length
      } else if (zero !== 0) sum += (weight[start + i]! * length) / (zero * (length - 1 - i))
    return sum
  }

  function visit(node: number, parent: number, inherited: number, zero: number, one: number, feature: number): void {
    const start = parent + inherited
    for (let i = 0; i < inherited; i++) {
      pathFeature[start + i] = pathFeature[parent + i]!
      zeroShare[start + i] = zeroShare[parent + i]!
      oneShare[start + i] = oneShare[parent + i]!
      weight[start + i] = weight[parent + i]!
    }
    extend(start, inherited, zero, one, feature)
    let length = inherited + 1
    const split = tree.features[node]!
    if (split < 0) {
      const value = tree.values[node]!
      for (let i = 1; i < length; i++)
        into[pathFeature[start + i]!]! +=
          unwoundSum(start, length, i) * (oneShare[start + i]! - zeroShare[start + i]!) * value
      return
    }
    const left = goesLeft(tree, node, table.codes[split * table.rows + row]!, missing[split]!)
    const taken = left ? tree.left[node]! : tree.right[node]!
    const other = left ? tree.right[node]! : tree.left[node]!
    let zeroBefore = 1
    let oneBefore = 1
    for (let i = 1; i < length; i++)
      if (pathFeature[start + i] === split) {
        zeroBefore = zeroShare[start + i]!
        oneBefore = oneShare[start + i]!
        unwind(start, length, i)
        length--
        break
      }
    const cover = tree.covers[node]!
    visit(taken, start, length, (zeroBefore * tree.covers[taken]!) / cover, oneBefore, split)
    visit(other, start, length, (zeroBefore * tree.covers[other]!) / cover, 0, split)
  }

  return {
    add(each, at, sums) {
      tree = each
      row = at
      into = sums
      visit(0, 0, 0, 1, 1, -1)
    },
  }
}

/** Mean output of a tree over its training rows. */
export function expectedOutput(tree: Tree): number {
  let sum = 0
  for (let node = 0; node < tree.features.length; node++)
    if (tree.features[node]! < 0) sum += tree.values[node]! * tree.covers[node]!
  return sum / tree.covers[0]!
}

/** Most splits between the root and a leaf. */
export function depthOf(tree: Tree): number {
  const depths = new Int32Array(tree.features.length)
  let most = 0
  // Children come after their parent.
  for (let node = 0; node < depths.length; node++) {
    if (tree.features[node]! < 0) continue
    const below = depths[node]! + 1
    depths[tree.left[node]!] = depths[tree.right[node]!] = below
    most = Math.max(most, below)
  }
  return most
}
