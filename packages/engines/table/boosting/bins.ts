import type { Random } from '../../contract/index.ts'
import { asCategories, type CategoricalColumn, type Column } from '../columns.ts'

/** Values of a feature are counted in at most this many bins; one more code is for missing values, so that a code fits a byte. */
export const maxBins = 255

/** Rows looked at to place the edges of bins. */
const sampledRows = 200_000

/** How one feature becomes codes 0 to `bins`: values 0 to bins - 1, missing (or an unknown category) `bins`. */
export type Feature =
  | {
      kind: 'number'
      name: string
      bins: number
      /** A value is in the first bin whose edge is not below it. */ edges: Float64Array
    }
  | { kind: 'category'; name: string; bins: number; /** The bin of a category is its place. */ categories: string[] }

/** Codes of all features, column by column: `codes[feature * rows + row]`. */
export interface BinnedTable {
  rows: number
  features: readonly Feature[]
  codes: Uint8Array
}

/**
 * Where the bins of a column lie: one bin per value while there are few, else about equally many rows in each
 * (as in LightGBM: Ke et al. 2017). Categories beyond the most frequent 255 count as missing.
 */
export function placeBins(column: Column, random: Random): Feature {
  if (column.kind === 'category') return { kind: 'category', name: column.name, ...frequentCategories(column) }
  const sorted = sample(column.values, random)
  const edges = binEdges(sorted)
  return { kind: 'number', name: column.name, bins: edges.length + 1, edges }
}

/** @param columns in the order of `features`, each of the kind of its feature or numeric where the feature is categorical */
export function bin(columns: readonly Column[], features: readonly Feature[], rows: number): BinnedTable {
  const codes = new Uint8Array(rows * features.length)
  features.forEach((feature, at) => {
    const column = columns[at]!
    const into = codes.subarray(at * rows, (at + 1) * rows)
    if (feature.kind === 'category')
      binCategories(column.kind === 'category' ? column : asCategories(column), feature, into)
    else if (column.kind === 'number') binNumbers(column.values, feature.edges, into)
  })
  return { rows, features, codes }
}

function binCategories(column: CategoricalColumn, feature: Feature & { kind: 'category' }, into: Uint8Array): void {
  const binOf = new Map(feature.categories.map((category, at) => [category, at]))
  const known = Uint8Array.from(column.categories, (category) => binOf.get(category) ?? feature.bins)
  for (let row = 0; row < into.length; row++) {
    const code = column.codes[row]!
    into[row] = code < 0 ? feature.bins : known[code]!
  }
}

/** Cells of a uniform grid over the edges: most values then need no search. */
const gridCells = 4096

function binNumbers(values: Float64Array, edges: Float64Array, into: Uint8Array): void {
  const missing = edges.length + 1
  const first = edges[0] ?? 0
  const span = (edges.at(-1) ?? 0) - first
  const scale = span > 0 && gridCells / span < Infinity ? gridCells / span : 0
  // The bin where the search begins, per cell; a cell's search ends where the next one's begins.
  const begin = new Uint8Array(gridCells + 2).fill(edges.length)
  for (let edge = edges.length - 1; edge >= 0; edge--)
    begin.fill(edge, 0, Math.floor((edges[edge]! - first) * scale) + 1)
  for (let row = 0; row < into.length; row++) {
    const value = values[row]!
    if (value !== value) {
      into[row] = missing
      continue
    }
    const cell = (value - first) * scale
    let low = cell >= gridCells ? 0 : cell > 0 ? begin[Math.floor(cell)]! : 0
    let high = cell >= gridCells ? edges.length : cell >= 0 ? begin[Math.floor(cell) + 1]! : 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if (edges[middle]! < value) low = middle + 1
      else high = middle
    }
    into[row] = low
  }
}

function frequentCategories(column: CategoricalColumn): { bins: number; categories: string[] } {
  const counts = new Float64Array(column.categories.length)
  for (const code of column.codes) if (code >= 0) counts[code]!++
  const kept = [...counts.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, maxBins)
    .sort((a, b) => a - b)
  return { bins: kept.length, categories: kept.map((code) => column.categories[code]!) }
}

/** Values that are not missing, sorted; a sample without replacement when there are many. */
function sample(values: Float64Array, random: Random): Float64Array {
  const some = new Float64Array(Math.min(values.length, sampledRows))
  let taken = 0
  for (let row = 0; row < values.length && taken < some.length; row++) {
    // Selection sampling (Knuth, The Art of Computer Programming 2, algorithm S): every row has the same chance.
    if (values.length > sampledRows && random.next() * (values.length - row) >= some.length - taken) continue
    some[taken++] = values[row]!
  }
  const sorted = some.sort()
  let known = sorted.length
  while (known > 0 && Number.isNaN(sorted[known - 1]!)) known--
  return sorted.subarray(0, known)
}

function binEdges(sorted: Float64Array): Float64Array {
  const values: number[] = []
  const counts: number[] = []
  for (const value of sorted)
    if (value === values.at(-1)) counts[counts.length - 1]!++
    else {
      values.push(value)
      counts.push(1)
    }
  const edges: number[] = []
  // Halfway between two values, so that a value between them that was never seen falls to its neighbour.
  const cut = (at: number) => {
    const low = values[at]!
    const middle = low + (values[at + 1]! - low) / 2
    edges.push(middle < values[at + 1]! ? middle : low)
  }
  if (values.length <= maxBins) {
    for (let at = 0; at + 1 < values.length; at++) cut(at)
    return Float64Array.from(edges)
  }
  // A value as frequent as a whole bin gets its own; the others share what is left.
  const fair = sorted.length / maxBins
  let rowsLeft = sorted.length
  let binsLeft = maxBins
  for (const count of counts)
    if (count >= fair) {
      rowsLeft -= count
      binsLeft--
    }
  let share = rowsLeft / Math.max(1, binsLeft)
  let filled = 0
  for (let at = 0; at + 1 < values.length && edges.length < maxBins - 1; at++) {
    const count = counts[at]!
    const heavy = count >= fair
    if (!heavy) rowsLeft -= count
    filled += count
    const nextIsHeavy = counts[at + 1]! >= fair
    if (heavy || filled >= share || (nextIsHeavy && filled >= share / 2)) {
      cut(at)
      filled = 0
      if (!heavy) {
        binsLeft--
        share = rowsLeft / Math.max(1, binsLeft)
      }
    }
  }
  return Float64Array.from(edges)
}
