import type { Work } from '../../contract/index.ts'
import type { SparseMatrix } from '../interactions/sparse-matrix.ts'
import { invertLarge } from '../../numerics/index.ts'
import type { DenseWeights } from './scorer.ts'

/** Above it the weights alone take a gigabyte while they are computed. */
export const mostEaseItems = 10_000

/**
 * Linear weights from each item to each other one that best restore the users' rows, ridge-penalised, none from an item
 * to itself, in closed form (EASE: Steck 2019, eq. 8).
 * @param lambda ridge penalty, in squared strengths
 * @returns null when the time limit came first
 */
export function fitEase(matrix: SparseMatrix, lambda: number, work: Work): DenseWeights | null {
  const { rows, columns: n, start, column, value } = matrix
  const gram = new Float64Array(n * n)
  for (let r = 0; r < rows; r++) {
    if ((r & 255) === 0 && work.expired()) return null
    for (let k = start[r]!; k < start[r + 1]!; k++) {
      const base = column[k]! * n
      const strength = value[k]!
      for (let l = start[r]!; l <= k; l++) gram[base + column[l]!] = gram[base + column[l]!]! + strength * value[l]!
    }
  }
  for (let i = 0; i < n; i++) gram[i * n + i] = gram[i * n + i]! + lambda
  const finished = invertLarge(gram, n, (share) => {
    work.progress(0.1 + 0.85 * share, 'inverting the co-occurrences')
    return !work.expired()
  })
  if (!finished) return null
  const weights = new Float32Array(n * n)
  const scale = Float64Array.from({ length: n }, (_, j) => -1 / gram[j * n + j]!)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) weights[i * n + j] = gram[i * n + j]! * scale[j]!
  return { kind: 'ease', items: n, weights }
}
