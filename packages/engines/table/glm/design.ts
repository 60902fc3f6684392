import { z } from 'zod'
import { asCategories, type Column, fault, refuseRows } from '../columns.ts'

/** How one column becomes terms of the linear predictor. */
export const TermSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('number'),
    name: z.string(),
    mean: z.number().describe('Fills missing values; the mean of the training rows'),
    missing: z.boolean().describe('A further 0/1 term tells that the value was missing'),
  }),
  z.object({
    kind: z.literal('category'),
    name: z.string(),
    levels: z.array(z.string()).describe('One 0/1 term each'),
    reference: z.string().describe('The level without a term'),
    missing: z.boolean(),
  }),
])
export type TermSource = z.infer<typeof TermSource>

/** Terms column by column: `values[term * rows + row]`. */
export interface Design {
  rows: number
  terms: Term[]
  values: Float64Array
}

interface Term {
  /** Column. */
  feature: string
  /** Category, or `missing`; null for the number itself. */
  level: string | null
  source: number
}

/** @param column a column of the training rows @throws EngineInputError when it is constant */
export function termSource(column: Column): TermSource {
  if (column.kind === 'number') {
    const known = column.values.filter((value) => !Number.isNaN(value))
    if (known.length === 0) throw fault('empty', column.name, null, 'has no values')
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length
    const scale = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length)
    if (!(scale > Math.abs(mean) * 1e-12) && known.length === column.values.length)
      throw fault('constant', column.name, null, 'has one value in all rows; leave it out')
    return { kind: 'number', name: column.name, mean, missing: known.length < column.values.length }
  }
  const counts = new Float64Array(column.categories.length)
  for (const code of column.codes) if (code >= 0) counts[code]!++
  // The most frequent level: its effect is known best, and the others are told against it.
  const reference = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0))
  const missing = column.codes.includes(-1)
  if (column.categories.length < 2 && !missing)
    throw fault('constant', column.name, null, 'has one value in all rows; leave it out')
  return {
    kind: 'category',
    name: column.name,
    levels: column.categories.filter((_, code) => code !== reference),
    reference: column.categories[reference] ?? '',
    missing,
  }
}

/** @throws EngineInputError for a level, or a missing value, that was not there in training */
export function buildDesign(columns: readonly Column[], sources: readonly TermSource[], rows: number): Design {
  const terms: Term[] = []
  const parts: Float64Array[] = []
  sources.forEach((source, at) => {
    const add = (level: string | null, of: (row: number) => number) => {
      terms.push({ feature: source.name, level, source: at })
      parts.push(Float64Array.from({ length: rows }, (_, row) => of(row)))
    }
    const column = columns[at]!
    if (source.kind === 'number') {
      if (column.kind !== 'number')
        throw fault('wrong-type', source.name, null, 'was numeric in training and is text here')
      const { values } = column
      if (!source.missing)
        refuseRows('not-finite', source.name, rows, (row) =>
          Number.isNaN(values[row]!) ? 'is missing, and no value was missing in training' : null,
        )
      add(null, (row) => (Number.isNaN(values[row]!) ? source.mean : values[row]!))
      if (source.missing) add('missing', (row) => (Number.isNaN(values[row]!) ? 1 : 0))
      return
    }
    const { codes, categories } = column.kind === 'category' ? column : asCategories(column)
    refuseRows('unknown-name', source.name, rows, (row) => {
      if (codes[row]! < 0) return source.missing ? null : 'is missing, and no value was missing in training'
      const level = categories[codes[row]!]!
      return level === source.reference || source.levels.includes(level)
        ? null
        : `is "${level}", which training rows do not have`
    })
    for (const level of source.levels)
      add(level, (row) => (codes[row]! >= 0 && categories[codes[row]!] === level ? 1 : 0))
    if (source.missing) add('missing', (row) => (codes[row]! < 0 ? 1 : 0))
  })
  const values = new Float64Array(rows * terms.length)
  parts.forEach((part, term) => values.set(part, term * rows))
  return { rows, terms, values }
}
