import {
  asCategories,
  fault,
  readColumn,
  readCompleteCategories,
  readCompleteNumbers,
  refuseRows,
  type Table,
} from './columns.ts'

/** A numeric target, or classes numbered from 0. */
export interface Target {
  values: Float64Array
  /** Names of the classes; null for a numeric target. Of a binary target the second one is the positive. */
  classes: string[] | null
}

/** Two classes as 0 and 1. @param positive which class is 1; unless told: 1, true, or the later one in the alphabet */
export function readBinaryTarget(table: Table, name: string, positive: string | undefined): Target {
  const { values, classes } = readClassTarget(table, name)
  if (!classes || classes.length !== 2)
    throw fault('out-of-range', name, null, `has ${String(classes?.length)} classes; a binary target has two`)
  if (positive === undefined || positive === classes[1]) return { values, classes }
  if (positive !== classes[0])
    throw fault('unknown-name', 'positive', null, `"${positive}" is not a class; there are: ${classes.join(', ')}`)
  return { values: values.map((value) => 1 - value), classes: classes.toReversed() }
}

export function readClassTarget(table: Table, name: string): Target {
  const { codes, categories } = readCompleteCategories(table, name)
  if (categories.length < 2)
    throw fault('constant', name, null, `is always ${categories[0] ?? 'missing'}; nothing to learn`)
  return { values: Float64Array.from(codes), classes: categories }
}

/** @param domain what the loss allows: any number, none below zero, or only above zero */
export function readNumericTarget(table: Table, name: string, domain: 'any' | 'non-negative' | 'positive'): Target {
  const values = readCompleteNumbers(table, name)
  if (domain !== 'any')
    refuseRows('out-of-range', name, values.length, (row) =>
      domain === 'positive' && values[row]! <= 0
        ? `is ${String(values[row])}; this loss needs values above zero`
        : values[row]! < 0
          ? `is ${String(values[row])}; this loss needs values of zero or more`
          : null,
    )
  if (values.every((value) => value === values[0]))
    throw fault('constant', name, null, `is always ${String(values[0])}; nothing to learn`)
  return { values, classes: null }
}

/** Whether a target reads as classes: text, booleans, or numbers that are all 0 or 1. */
export function looksLikeClasses(table: Table, name: string): boolean {
  const column = readColumn(table, name)
  return column.kind === 'category' || column.values.every((value) => value === 0 || value === 1)
}

/** Weights of rows: finite, none below zero, not all zero. */
export function readWeights(table: Table, name: string): Float64Array {
  const weights = readCompleteNumbers(table, name)
  refuseRows('out-of-range', name, weights.length, (row) =>
    weights[row]! < 0 ? `is ${String(weights[row])}; a weight is zero or more` : null,
  )
  if (weights.every((weight) => weight === 0)) throw fault('constant', name, null, 'gives no row any weight')
  return weights
}

/** Group of each row, as numbers. */
export function readGroups(table: Table, name: string): Int32Array {
  const column = readColumn(table, name)
  const { codes } = column.kind === 'category' ? column : asCategories(column)
  refuseRows('not-finite', name, codes.length, (row) => (codes[row]! < 0 ? 'is missing; each row needs a group' : null))
  return codes
}

/** Places of the rows' classes. @throws EngineInputError for a class that the model does not know */
export function readKnownClasses(table: Table, name: string, classes: readonly string[]): Float64Array {
  const column = readCompleteCategories(table, name)
  const placeOf = column.categories.map((category) => {
    const place = classes.indexOf(category)
    if (place < 0)
      throw fault('unknown-name', name, null, `has the class "${category}"; the model knows: ${classes.join(', ')}`)
    return place
  })
  return Float64Array.from(column.codes, (code) => placeOf[code]!)
}
