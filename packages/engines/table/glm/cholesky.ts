import { invertDefinite, solveDefinite } from '../../numerics/index.ts'

/** A pivot smaller than this share of its diagonal entry is rounding. */
const smallestPivot = 1e-11

/**
 * Solves A x = b for a symmetric positive definite A.
 * @param matrix `[k][k]` row-major
 * @returns null when A is singular to working precision: a term is a combination of others
 */
export const solveSymmetric = (matrix: Float64Array, right: Float64Array) =>
  solveDefinite(matrix, right.length, right, smallestPivot)

/** Inverse of a symmetric positive definite matrix, or null. */
export const invertSymmetric = (matrix: Float64Array, k: number) => invertDefinite(matrix, k, smallestPivot)
