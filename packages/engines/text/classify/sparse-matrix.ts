/** Rows of a sparse matrix in compressed form: row i has the columns and values from `starts[i]` up to `starts[i + 1]`. */
export interface SparseMatrix {
  rows: number
  columns: number
  /** [rows + 1] */
  starts: Int32Array
  column: Int32Array
  value: Float32Array
}

/** The rows named, in that order. */
export function selectRows(matrix: SparseMatrix, rows: Int32Array): SparseMatrix {
  const starts = new Int32Array(rows.length + 1)
  for (const [index, row] of rows.entries())
    starts[index + 1] = (starts[index] ?? 0) + (matrix.starts[row + 1] ?? 0) - (matrix.starts[row] ?? 0)
  const total = starts[rows.length] ?? 0
  const column = new Int32Array(total)
  const value = new Float32Array(total)
  for (const [index, row] of rows.entries()) {
    const [from, to] = [matrix.starts[row] ?? 0, matrix.starts[row + 1] ?? 0]
    column.set(matrix.column.subarray(from, to), starts[index])
    value.set(matrix.value.subarray(from, to), starts[index])
  }
  return { rows: rows.length, columns: matrix.columns, starts, column, value }
}
