import type { Random } from '../../contract/index.ts'
import { weightedQuantile } from '../metrics/quantile.ts'
import type { BinnedTable } from './bins.ts'
import { createGrower, type GrownTree, type GrowthRules } from './grow-tree.ts'
import type { Loss } from './losses.ts'
import { addOutputs, type Tree } from './tree.ts'

export interface BoosterRules extends GrowthRules {
  learningRate: number
  /** Share of the rows that each tree sees. */
  rowShare: number
  /** Share of the features that each tree sees. */
  columnShare: number
}

/** With so many rows drawing them is a good part of the work: they are then drawn anew only after so many rounds. */
const manyRows = 100_000
const redrawEvery = 4

/** Boosting under way: each round adds one tree per output. */
export interface Booster {
  start: readonly number[]
  /** `trees[round * outputs + output]` */
  trees: Tree[]
  /** Scores of all rows of the table, also of those not learnt from. */
  scores: Float64Array
  advance(): void
}

/**
 * Gradient boosting (Friedman 2001; row sampling: Friedman 2002) with second-order leaf outputs (Chen & Guestrin 2016).
 * @param rows rows to learn from, ascending; the table's other rows are only scored
 * @param random each round draws from its own fork, so that rounds do not depend on what was drawn before
 */
export function createBooster(
  table: BinnedTable,
  target: Float64Array,
  weights: Float64Array | null,
  rows: Uint32Array,
  loss: Loss,
  rules: BoosterRules,
  random: Random,
): Booster {
  const total = table.rows
  const start = loss.start(target, weights, rows)
  const scores = new Float64Array(total * loss.outputs)
  start.forEach((score, output) => scores.fill(score, output * total, (output + 1) * total))
  const derivatives = new Float64Array(2 * total)
  const residuals = loss.quantile === null ? null : new Float64Array(total)
  const grower = createGrower(table, rules)
  const allFeatures = Uint32Array.from(table.features.keys()).filter((at) => table.features[at]!.bins > 0)
  const trees: Tree[] = []
  let seen = rows
  let unseen = complement(rows, total)

  function advance(): void {
    const round = random.fork(trees.length)
    if (rules.rowShare < 1 && (rows.length < manyRows || (trees.length / loss.outputs) % redrawEvery === 0)) {
      seen = choose(rows, rules.rowShare, round)
      unseen = complement(seen, total)
    }
    const grown: GrownTree[] = []
    for (let output = 0; output < loss.outputs; output++) {
      const features = rules.columnShare < 1 ? choose(allFeatures, rules.columnShare, round) : allFeatures
      loss.derive(scores, target, weights, seen, output, derivatives)
      const each = grower.grow(seen, derivatives, weights, features)
      if (residuals && loss.quantile !== null) renewLeaves(each, scores, target, weights, loss.quantile, residuals)
      scaleOutputs(each.tree.values, loss.longestStep, rules.learningRate)
      // The classes of one round are derived from the same scores.
      grown.push(loss.outputs > 1 ? { ...each, rows: each.rows.slice() } : each)
    }
    grown.forEach(({ tree, rows: ordered, leaves }, output) => {
      const offset = output * total
      for (const leaf of leaves) {
        const value = tree.values[leaf.node]!
        for (let at = leaf.from; at < leaf.to; at++) scores[offset + ordered[at]!]! += value
      }
      addOutputs(tree, table, unseen, scores, offset)
      trees.push(tree)
    })
  }
  return { start, trees, scores, advance }
}

function scaleOutputs(values: Float64Array, longest: number, learningRate: number): void {
  for (let node = 0; node < values.length; node++)
    values[node] = Math.min(longest, Math.max(-longest, values[node]!)) * learningRate
}

function renewLeaves(
  grown: GrownTree,
  scores: Float64Array,
  target: Float64Array,
  weights: Float64Array | null,
  level: number,
  residuals: Float64Array,
): void {
  for (const row of grown.rows) residuals[row] = target[row]! - scores[row]!
  for (const leaf of grown.leaves) {
    const value = weightedQuantile(residuals, weights, grown.rows.subarray(leaf.from, leaf.to), level)
    grown.tree.values[leaf.node] = Math.min(leaf.high, Math.max(leaf.low, value))
  }
}

/** A share of the items without replacement, at least one, in their order (Knuth's selection sampling). */
function choose(items: Uint32Array, share: number, random: Random): Uint32Array {
  const chosen = new Uint32Array(Math.max(1, Math.round(items.length * share)))
  let taken = 0
  for (let at = 0; at < items.length && taken < chosen.length; at++)
    if (random.next() * (items.length - at) < chosen.length - taken) chosen[taken++] = items[at]!
  return chosen
}

function complement(rows: Uint32Array, total: number): Uint32Array {
  const others = new Uint32Array(total - rows.length)
  let next = 0
  for (let row = 0, at = 0; row < total; row++)
    if (rows[at] === row) at++
    else others[next++] = row
  return others
}
