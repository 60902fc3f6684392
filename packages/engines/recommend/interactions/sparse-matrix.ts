/** Rows of a sparse matrix one after another: row `r` has `column[k]`, `value[k]` for k from `start[r]` to `start[r + 1]`, columns ascending. */
export interface SparseMatrix {
  rows: number
  columns: number
  start: Uint32Array
  column: Uint32Array
  value: Float64Array
}

/** @returns the same entries by column; entries of one column in the order of their rows */
export function transpose({ rows, columns, start, column, value }: SparseMatrix): SparseMatrix {
  const turned = emptyMatrix(columns, rows, column.length)
  for (const each of column) turned.start[each + 1] = turned.start[each + 1]! + 1
  for (let c = 0; c < columns; c++) turned.start[c + 1] = turned.start[c + 1]! + turned.start[c]!
  const next = turned.start.slice()
  for (let r = 0; r < rows; r++)
    for (let k = start[r]!; k < start[r + 1]!; k++) {
      const at = next[column[k]!]!++
      turned.column[at] = r
      turned.value[at] = value[k]!
    }
  return turned
}

export function emptyMatrix(rows: number, columns: number, entries: number): SparseMatrix {
  return {
    rows,
    columns,
    start: new Uint32Array(rows + 1),
    column: new Uint32Array(entries),
    value: new Float64Array(entries),
  }
}

/**
 * The matrix of (row, column, value); entries of the same place become one.
 * @param combine what two values of one place make
 */
export function matrixFrom(
  rows: number,
  columns: number,
  row: Uint32Array,
  column: Uint32Array,
  value: Float64Array,
  combine: (a: number, b: number) => number,
): SparseMatrix {
  // Sorting by counting, by column and then by row, keeps the order of the input within a place.
  const byRow = emptyMatrix(rows, columns, row.length)
  for (const each of row) byRow.start[each + 1] = byRow.start[each + 1]! + 1
  for (let r = 0; r < rows; r++) byRow.start[r + 1] = byRow.start[r + 1]! + byRow.start[r]!
  const next = byRow.start.slice()
  for (let k = 0; k < row.length; k++) {
    const at = next[row[k]!]!++
    byRow.column[at] = column[k]!
    byRow.value[at] = value[k]!
  }
  const sorted = transpose(transpose(byRow))
  const start = new Uint32Array(rows + 1)
  let kept = 0
  for (let r = 0; r < rows; r++) {
    const first = kept
    for (let k = sorted.start[r]!; k < sorted.start[r + 1]!; k++) {
      if (kept > first && sorted.column[kept - 1] === sorted.column[k])
        sorted.value[kept - 1] = combine(sorted.value[kept - 1]!, sorted.value[k]!)
      else {
        sorted.column[kept] = sorted.column[k]!
        sorted.value[kept] = sorted.value[k]!
        kept++
      }
    }
    start[r + 1] = kept
  }
  return { rows, columns, start, column: sorted.column.slice(0, kept), value: sorted.value.slice(0, kept) }
}

/** The chosen rows and columns, renumbered in the order of the choice. */
export function submatrix(matrix: SparseMatrix, rows: Uint32Array, columns: Uint32Array): SparseMatrix {
  const renumbered = new Int32Array(matrix.columns).fill(-1)
  columns.forEach((old, at) => (renumbered[old] = at))
  const [row, column, value]: [number[], number[], number[]] = [[], [], []]
  rows.forEach((old, r) => {
    for (let k = matrix.start[old]!; k < matrix.start[old + 1]!; k++) {
      const at = renumbered[matrix.column[k]!]!
      if (at < 0) continue
      row.push(r)
      column.push(at)
      value.push(matrix.value[k]!)
    }
  })
  return matrixFrom(
    rows.length,
    columns.length,
    Uint32Array.from(row),
    Uint32Array.from(column),
    Float64Array.from(value),
    (a) => a,
  )
}
