import type { Random, Work } from '../../contract/index.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/** Passes over the data at most; most classes are done with most texts after a few. */
const passes = 12
/** The clock is looked at so often, after the first pass, without which there is no machine. */
const rowsPerLook = 64
/** The largest step of a pass below which nothing changes any more. */
const tolerance = 0.01

/**
 * One linear machine per class against the rest with squared hinge loss, min ½|w|² + C Σ max(0, 1 - y w·x)², by dual coordinate descent
 * (C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi and S. Sundararajan, "A Dual Coordinate Descent Method for Large-scale Linear SVM",
 * ICML 2008, algorithm 1). All classes see a text at once, since their weights of a feature lie beside each other.
 *
 * @param target [rows] class of each row, -1 when it belongs to none
 * @returns weights [columns][classes], row-major
 */
export function fitLinearMachines(
  matrix: SparseMatrix,
  target: Int32Array,
  classes: number,
  random: Random,
  work: Work,
  c = 1,
): Float32Array {
  const { rows, columns, starts, column, value } = matrix
  const weights = new Float32Array(columns * classes)
  const dual = new Float32Array(rows * classes)
  const square = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) sum += (value[at] ?? 0) ** 2
    square[row] = sum
  }
  const order = Int32Array.from({ length: rows }, (_, row) => row)
  const margin = new Float64Array(classes)
  const changed = new Int32Array(classes)
  const step = new Float32Array(classes)
  const diagonal = 0.5 / c
  for (let pass = 0; pass < passes && !(pass > 0 && work.expired()); pass++) {
    random.shuffle(order)
    let largest = 0
    for (const [place, row] of order.entries()) {
      if (pass > 0 && place % rowsPerLook === 0 && work.expired()) break
      const from = starts[row] ?? 0
      const to = starts[row + 1] ?? 0
      margin.fill(0)
      addRow(weights, column, value, from, to, margin)
      const curvature = (square[row] ?? 0) + diagonal
      const base = row * classes
      let steps = 0
      for (let k = 0; k < classes; k++) {
        const sign = k === target[row] ? 1 : -1
        const old = dual[base + k] ?? 0
        const gradient = sign * (margin[k] ?? 0) - 1 + diagonal * old
        const next = Math.max(0, old - gradient / curvature)
        if (next === old) continue
        dual[base + k] = next
        changed[steps] = k
        step[steps++] = (next - old) * sign
        largest = Math.max(largest, Math.abs(next - old))
      }
      if (steps === 0) continue
      for (let at = from; at < to; at++) {
        const offset = (column[at] ?? 0) * classes
        const amount = value[at] ?? 0
        for (let s = 0; s < steps; s++) {
          const place = offset + (changed[s] ?? 0)
          weights[place] = (weights[place] ?? 0) + amount * (step[s] ?? 0)
        }
      }
    }
    if (largest < tolerance) break
  }
  return weights
}

/** Adds a row's product with the weights to `sums` [width]; four features at a time, since fetching the sums costs as much as the product. */
export function addRow(
  weights: Float32Array,
  column: Int32Array,
  value: Float32Array,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  const width = sums.length
  let at = from
  for (; at + 3 < to; at += 4) {
    const [a, b, c, d] = [value[at] ?? 0, value[at + 1] ?? 0, value[at + 2] ?? 0, value[at + 3] ?? 0]
    const i = (column[at] ?? 0) * width
    const j = (column[at + 1] ?? 0) * width
    const l = (column[at + 2] ?? 0) * width
    const m = (column[at + 3] ?? 0) * width
    for (let k = 0; k < width; k++)
      sums[k] =
        (sums[k] ?? 0) +
        (a * (weights[i + k] ?? 0) +
          b * (weights[j + k] ?? 0) +
          (c * (weights[l + k] ?? 0) + d * (weights[m + k] ?? 0)))
  }
  for (; at < to; at++) {
    const amount = value[at] ?? 0
    const offset = (column[at] ?? 0) * width
    for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + amount * (weights[offset + k] ?? 0)
  }
}

/** Scores [rows][classes] of a matrix. */
export function linearScores(matrix: SparseMatrix, weights: Float32Array, classes: number): Float32Array {
  const scores = new Float32Array(matrix.rows * classes)
  const sums = new Float64Array(classes)
  for (let row = 0; row < matrix.rows; row++) {
    sums.fill(0)
    addRow(weights, matrix.column, matrix.value, matrix.starts[row] ?? 0, matrix.starts[row + 1] ?? 0, sums)
    scores.set(sums, row * classes)
  }
  return scores
}
