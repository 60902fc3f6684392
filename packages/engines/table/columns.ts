import { z } from 'zod'
import { EngineInputError, type InputErrorCode, type InputFault } from '../contract/index.ts'

/**
 * A table by columns, each as long as the others. Numbers and booleans make a numeric column, strings a categorical one; `null` is a missing value.
 * In a Float64Array a missing value is NaN; NaN anywhere else, and infinities, are refused.
 */
export const Table = z
  .record(z.string(), z.array(z.union([z.number(), z.string(), z.boolean(), z.null()])))
  .describe(
    'Columns by name, all of one length. Numbers or booleans: numeric; strings: categorical; null: missing. Not NaN, not infinite.',
  )
export type Table = Readonly<Record<string, ColumnValues>>
export type ColumnValues = readonly (number | string | boolean | null)[] | Float64Array

/** A checked numeric column; a missing value is NaN. */
export interface NumericColumn {
  kind: 'number'
  name: string
  values: Float64Array
}

/** A checked categorical column: `codes[row]` is the place in `categories` (in alphabetical order), -1 when missing. */
export interface CategoricalColumn {
  kind: 'category'
  name: string
  codes: Int32Array
  categories: string[]
}
export type Column = NumericColumn | CategoricalColumn

/** Faults named in one error. */
const faultsTold = 20

/** How many rows a table has. @throws EngineInputError when it is empty or its columns differ in length */
export function rowsOf(table: Table): number {
  const columns = Object.entries(table)
  for (const [name, values] of columns) refuseOther(name, values)
  const first = columns[0]
  if (!first) throw fault('empty', 'table', null, 'has no columns')
  const rows = first[1].length
  for (const [name, values] of columns)
    if (values.length !== rows)
      throw fault(
        'wrong-length',
        name,
        null,
        `has ${String(values.length)} values; ${first[0]} has ${String(rows)}. Columns must be of one length`,
      )
  if (rows === 0) throw fault('empty', 'table', null, 'has no rows')
  return rows
}

/** @throws EngineInputError for an unknown name, mixed types, NaN or infinities */
export function readColumn(table: Table, name: string): Column {
  const values = table[name]
  if (!values || !Object.hasOwn(table, name))
    throw fault('unknown-name', name, null, `is not a column; there are: ${Object.keys(table).slice(0, 30).join(', ')}`)
  if (values instanceof Float64Array) return readFloats(name, values)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null) continue
    return typeof value === 'string' ? readCategories(name, values) : readNumbers(name, values)
  }
  return { kind: 'number', name, values: new Float64Array(values.length).fill(Number.NaN) }
}

/** A numeric column without missing values. */
export function readCompleteNumbers(table: Table, name: string): Float64Array {
  const column = readColumn(table, name)
  if (column.kind !== 'number') throw fault('wrong-type', name, 0, 'must be numbers, not text')
  refuseRows('not-finite', name, column.values.length, (row) =>
    Number.isNaN(column.values[row]!) ? 'is missing; leave the row out or fill it' : null,
  )
  return column.values
}

/** A categorical column without missing values; numbers and booleans are taken as their text. */
export function readCompleteCategories(table: Table, name: string): CategoricalColumn {
  const column = readColumn(table, name)
  const read = column.kind === 'category' ? column : asCategories(column)
  refuseRows('not-finite', name, read.codes.length, (row) =>
    read.codes[row]! < 0 ? 'is missing; leave the row out or fill it' : null,
  )
  return read
}

/** Numbers as categories, in numeric order. */
export function asCategories(column: NumericColumn): CategoricalColumn {
  const distinct = [...new Set(column.values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const codeOf = new Map(distinct.map((value, code) => [value, code]))
  return {
    kind: 'category',
    name: column.name,
    codes: Int32Array.from(column.values, (value) => codeOf.get(value) ?? -1),
    categories: distinct.map(String),
  }
}

/** @throws EngineInputError for the rows about which `complaint` says something */
export function refuseRows(
  code: InputErrorCode,
  field: string,
  rows: number,
  complaint: (row: number) => string | null,
): void {
  const faults: InputFault[] = []
  for (let row = 0; row < rows && faults.length < faultsTold; row++) {
    const message = complaint(row)
    if (message !== null) faults.push({ field, row, message })
  }
  if (faults.length > 0) throw new EngineInputError(code, faults)
}

export function fault(code: InputErrorCode, field: string, row: number | null, message: string): EngineInputError {
  return new EngineInputError(code, [{ field, row, message }])
}

/** For callers whose types are not checked. */
function refuseOther(name: string, values: unknown): void {
  if (!Array.isArray(values) && !(values instanceof Float64Array))
    throw fault('wrong-type', name, null, 'is not a column: write a list of values, or a Float64Array')
}

/** Squares and products of larger numbers leave the range of floating point. */
const largest = 1e100

function tooLarge(value: number): string | null {
  if (Math.abs(value) === Infinity) return 'is infinite; write null for a missing value (NaN in a Float64Array)'
  return Math.abs(value) > largest
    ? `is ${String(value)}; values beyond ${String(largest)} cannot be computed with`
    : null
}

function readFloats(name: string, values: Float64Array): NumericColumn {
  refuseRows('not-finite', name, values.length, (row) => tooLarge(values[row]!))
  return { kind: 'number', name, values }
}

function readNumbers(name: string, values: readonly (number | string | boolean | null)[]): NumericColumn {
  const read = new Float64Array(values.length)
  let bad = false
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (typeof value === 'number') {
      read[row] = value
      if (!(Math.abs(value) <= largest)) bad = true
    } else if (value === null) read[row] = Number.NaN
    else if (typeof value === 'boolean') read[row] = value ? 1 : 0
    else bad = true
  }
  if (bad) {
    refuseRows('wrong-type', name, values.length, (row) =>
      typeof values[row] === 'number' || typeof values[row] === 'boolean' || values[row] === null
        ? null
        : `is ${describe(values[row])} in a numeric column; write a number, or null for a missing value`,
    )
    refuseRows('not-finite', name, values.length, (row) => {
      const value = values[row]
      if (typeof value !== 'number') return null
      return Number.isNaN(value) ? 'is NaN; write null for a missing value' : tooLarge(value)
    })
  }
  return { kind: 'number', name, values: read }
}

function readCategories(name: string, values: readonly (number | string | boolean | null)[]): CategoricalColumn {
  refuseRows('wrong-type', name, values.length, (row) =>
    typeof values[row] === 'string' || values[row] === null
      ? null
      : `is ${describe(values[row])} in a categorical column; write text, or null for a missing value`,
  )
  const categories = [...new Set(values)].filter((value) => typeof value === 'string').sort()
  const codeOf = new Map<unknown, number>(categories.map((category, code) => [category, code]))
  return {
    kind: 'category',
    name,
    codes: Int32Array.from(values, (value) => codeOf.get(value) ?? -1),
    categories,
  }
}

function describe(value: unknown): string {
  return typeof value === 'string'
    ? `the text "${value.slice(0, 30)}"`
    : value === undefined
      ? 'undefined'
      : `a ${typeof value}`
}
