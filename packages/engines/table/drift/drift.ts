import { z } from 'zod'
import { type Provenance, provenanceOf, type Warning } from '../../contract/index.ts'
import { asCategories, type Column, fault, readColumn, rowsOf, type Table } from '../columns.ts'
import { readOptions } from '../read-options.ts'

export const DriftOptions = z.strictObject({
  columns: z.array(z.string()).min(1).optional().describe('Columns to compare; all of the reference unless told'),
  bins: z
    .int()
    .min(2)
    .max(100)
    .default(10)
    .describe('Bins of a numeric column, with equally many reference rows in each'),
})
export type DriftOptions = z.input<typeof DriftOptions>

export interface ColumnDrift {
  column: string
  /** Population stability index. */
  psi: number
  /** Below 0.1 stable, below 0.25 moderate, else major (Siddiqi 2006, "Credit Risk Scorecards"). */
  level: 'stable' | 'moderate' | 'major'
  /** Shares of rows: before in the reference, after in the current table. */
  bins: { name: string; before: number; after: number }[]
  /** Categories that the reference does not have. */
  newCategories: string[]
}

/** An empty bin counts as half a row, so that the index stays finite. */
const halfRow = 0.5

/**
 * How the columns of a current table differ from those of a reference, for instance the training rows: sum of (after - before) * ln(after / before) over
 * bins. Missing values are a bin of their own. Largest index first.
 */
export function measureDrift(
  reference: Table,
  current: Table,
  options: DriftOptions = {},
): { columns: ColumnDrift[]; provenance: Provenance } {
  const read = readOptions(DriftOptions, options)
  const [before, after] = [rowsOf(reference), rowsOf(current)]
  const names = read.columns ?? Object.keys(reference)
  const pairs = names.map((name) => [readColumn(reference, name), readColumn(current, name)] as const)
  const warnings: Warning[] = []
  if (Math.min(before, after) < 10 * read.bins)
    warnings.push({ code: 'few-rows', message: 'With so few rows the index is mostly chance; take fewer bins.' })
  const columns = pairs.map(([old, fresh]) => {
    const counts =
      old.kind === 'category' || fresh.kind === 'category'
        ? byCategory(old, fresh)
        : byBin(old.values, fresh.values, read.bins)
    const psi = counts.bins.reduce((sum, bin) => {
      const [p, q] = [share(bin.before, before), share(bin.after, after)]
      return bin.before === 0 && bin.after === 0 ? sum : sum + (q - p) * Math.log(q / p)
    }, 0)
    return {
      column: old.name,
      psi,
      level: psi < 0.1 ? ('stable' as const) : psi < 0.25 ? ('moderate' as const) : ('major' as const),
      bins: counts.bins.map((bin) => ({ name: bin.name, before: bin.before / before, after: bin.after / after })),
      newCategories: counts.fresh,
    }
  })
  return {
    columns: columns.sort((a, b) => b.psi - a.psi),
    provenance: provenanceOf('table/drift', '1', 1, [pairs, read], warnings),
  }
}

function share(count: number, rows: number): number {
  return Math.max(count, halfRow) / rows
}

interface Counts {
  bins: { name: string; before: number; after: number }[]
  fresh: string[]
}

function byCategory(old: Column, fresh: Column): Counts {
  if (old.kind !== fresh.kind && !isEmpty(old) && !isEmpty(fresh))
    throw fault('wrong-type', old.name, null, 'is text in one table and numeric in the other')
  const [a, b] = [old, fresh].map((column) => (column.kind === 'category' ? column : asCategories(column)))
  const names = [...new Set([...a!.categories, ...b!.categories])].sort()
  const count = (column: NonNullable<typeof a>) => {
    const counts = new Map<string | null, number>()
    for (const code of column.codes) {
      const name = code < 0 ? null : column.categories[code]!
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return counts
  }
  const [before, after] = [count(a!), count(b!)]
  const known = new Set(a!.categories)
  return {
    bins: [...names, null].map((name) => ({
      name: name ?? missing,
      before: before.get(name) ?? 0,
      after: after.get(name) ?? 0,
    })),
    fresh: b!.categories.filter((name) => !known.has(name)),
  }
}

const missing = '(missing)'

function isEmpty(column: Column): boolean {
  return column.kind === 'number'
    ? column.values.every((value) => Number.isNaN(value))
    : column.codes.every((code) => code < 0)
}

function byBin(old: Float64Array, fresh: Float64Array, bins: number): Counts {
  const sorted = old.filter((value) => !Number.isNaN(value)).sort()
  const edges = new Set<number>()
  for (let bin = 1; bin < bins && sorted.length > 0; bin++) edges.add(sorted[Math.floor((bin * sorted.length) / bins)]!)
  const cuts = [...edges].sort((a, b) => a - b)
  const count = (values: Float64Array) => {
    const counts = new Float64Array(cuts.length + 2)
    for (const value of values) {
      let at = 0
      if (Number.isNaN(value)) at = cuts.length + 1
      else while (at < cuts.length && cuts[at]! <= value) at++
      counts[at]!++
    }
    return counts
  }
  const [before, after] = [count(old), count(fresh)]
  const nameOf = (at: number) => {
    if (at === cuts.length + 1) return missing
    if (cuts.length === 0) return 'all'
    if (at === 0) return `below ${String(cuts[0])}`
    return at === cuts.length ? `${String(cuts[at - 1])} and above` : `${String(cuts[at - 1])} to ${String(cuts[at])}`
  }
  return {
    bins: Array.from(before, (each, at) => ({ name: nameOf(at), before: each, after: after[at]! })),
    fresh: [],
  }
}
