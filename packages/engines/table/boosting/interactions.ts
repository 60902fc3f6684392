import { z } from 'zod'
import { createRandom, type Work } from '../../contract/index.ts'
import type { Column, NumericColumn } from '../columns.ts'
import { bin, type Feature, placeBins } from './bins.ts'
import { type BoosterRules, createBooster } from './booster.ts'
import type { Loss } from './losses.ts'
import type { Tree } from './tree.ts'

const operations = ['product', 'difference', 'ratio'] as const

/** A feature made from two numeric columns, by their places among the columns. */
export const Cross = z.object({ operation: z.enum(operations), left: z.int().min(0), right: z.int().min(0) })
export type Cross = z.infer<typeof Cross>

/** Numeric columns, without a monotone constraint (a cross could break it), whose pairs are tried. */
const mostColumns = 8
/** Crosses kept. */
const mostCrosses = 10
/** Rows, rounds and learning rate of the search. */
const searchRows = 50_000
const searchRounds = 60
const searchLearningRate = 0.1

const signs = { product: '*', difference: '-', ratio: '/' }

function crossName({ operation, left, right }: Cross, names: readonly string[]): string {
  return `${names[left]!} ${signs[operation]} ${names[right]!}`
}

/** @param columns in the order that the cross counts in; missing where either value is missing, or the divisor is zero */
export function crossColumn(cross: Cross, columns: readonly Column[]): NumericColumn {
  const left = numbersOf(columns[cross.left]!)
  const right = numbersOf(columns[cross.right]!)
  const values = new Float64Array(left.length)
  for (let row = 0; row < values.length; row++) {
    const [a, b] = [left[row]!, right[row]!]
    const value =
      cross.operation === 'product' ? a * b : cross.operation === 'difference' ? a - b : b === 0 ? Number.NaN : a / b
    values[row] = Number.isFinite(value) ? value : Number.NaN
  }
  const names = columns.map(({ name }) => name)
  return { kind: 'number', name: crossName(cross, names), values }
}

/**
 * Products, differences and ratios of pairs of columns that trees would have to build from many splits: of the most useful numeric columns all pairs are
 * tried together in one short boosting, and those that removed most loss are proposed. Whether they stay is for cross-validation to say.
 */
export function proposeCrosses(
  columns: readonly Column[],
  features: readonly Feature[],
  target: Float64Array,
  weights: Float64Array | null,
  loss: Loss,
  rules: BoosterRules,
  work: Work,
): Cross[] {
  const rows = sampleRows(target.length, work.seed).filter((row) => !weights || weights[row]! > 0)
  const some = columns.map((column) => rowsOfColumn(column, rows))
  const y = Float64Array.from(rows, (row) => target[row]!)
  const w = weights && Float64Array.from(rows, (row) => weights[row]!)
  const gainsOf = (of: readonly Column[], own: readonly Feature[]): Float64Array => {
    const table = bin(of, own, y.length)
    const all = Uint32Array.from({ length: y.length }, (_, row) => row)
    // Crosses obey no constraint: they only say where to look.
    const free = { ...rules, learningRate: searchLearningRate, monotone: new Int8Array(own.length) }
    const booster = createBooster(table, y, w, all, loss, free, createRandom(work.seed).fork(500))
    for (let round = 0; round < searchRounds && !work.expired(); round++) booster.advance()
    return gains(booster.trees, own.length)
  }
  const useful = gainsOf(some, features)
  const best = [...columns.keys()]
    .filter(
      (at) => columns[at]!.kind === 'number' && rules.monotone[at] === 0 && features[at]!.bins > 2 && useful[at]! > 0,
    )
    .sort((a, b) => useful[b]! - useful[a]! || a - b)
    .slice(0, mostColumns)
    .sort((a, b) => a - b)
  const candidates = best.flatMap((left, i) =>
    best.slice(i + 1).flatMap((right) => operations.map((operation): Cross => ({ operation, left, right }))),
  )
  if (candidates.length === 0) return []
  const made = candidates.map((cross) => crossColumn(cross, some))
  const random = createRandom(work.seed).fork(501)
  const found = gainsOf(
    [...some, ...made],
    [...features, ...made.map((column, at) => placeBins(column, random.fork(at)))],
  )
  const gainOf = candidates.map((_, at) => found[columns.length + at]!)
  return [...candidates.keys()]
    .filter((at) => gainOf[at]! > 0)
    .sort((a, b) => gainOf[b]! - gainOf[a]! || a - b)
    .slice(0, mostCrosses)
    .map((at) => candidates[at]!)
}

/** Loss removed by the splits of each feature. */
export function gains(trees: readonly Tree[], features: number): Float64Array {
  const sums = new Float64Array(features)
  for (const tree of trees)
    for (let node = 0; node < tree.features.length; node++)
      if (tree.features[node]! >= 0) sums[tree.features[node]!]! += tree.gains[node]!
  return sums
}

function numbersOf(column: Column): Float64Array {
  return column.kind === 'number' ? column.values : new Float64Array(column.codes.length).fill(Number.NaN)
}

function sampleRows(rows: number, seed: number): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  return rows <= searchRows ? all : createRandom(seed).fork(502).shuffle(all).slice(0, searchRows).sort()
}

function rowsOfColumn(column: Column, rows: Uint32Array): Column {
  return column.kind === 'number'
    ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) }
    : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) }
}
