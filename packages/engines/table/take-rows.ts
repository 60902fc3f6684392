import type { Table } from './columns.ts'

/** A table of some rows, in the order given. */
export function takeRows(table: Table, rows: Uint32Array): Record<string, Table[string]> {
  return Object.fromEntries(
    Object.entries(table).map(([name, values]) => [
      name,
      values instanceof Float64Array
        ? Float64Array.from(rows, (row) => values[row]!)
        : Array.from(rows, (row) => values[row]!),
    ]),
  )
}
