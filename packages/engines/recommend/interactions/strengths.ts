import { EngineInputError, type Warning } from '../../contract/index.ts'
import type { InteractionColumns } from './read-interactions.ts'
import { matrixFrom, type SparseMatrix } from './sparse-matrix.ts'
import type { Strength } from '../recommender/options.ts'

const dayMillis = 86_400_000

/**
 * How strongly each user is tied to each item, `[user][item]`: 1 for any number of interactions (`once`), the sum of the
 * weights, or ln(1 + sum). With a half-life each interaction counts less the longer it was before the latest one.
 * @throws EngineInputError when a half-life is given and a time is missing
 */
export function strengthsOf(
  columns: InteractionColumns,
  strength: Strength,
  halfLifeDays: number | undefined,
): SparseMatrix {
  const { users, items, user, item, weight } = columns
  const decay = decayOf(columns, halfLifeDays)
  const value = weight.map((each, row) => (strength === 'once' ? decay[row]! : each * decay[row]!))
  const combine = strength === 'once' ? Math.max : (a: number, b: number) => a + b
  const matrix = matrixFrom(users.length, items.length, user, item, value, combine)
  if (strength === 'log') matrix.value.forEach((each, k) => (matrix.value[k] = Math.log1p(each)))
  return matrix
}

/** What two strengths of the same user and item make together. */
export function addStrengths(strength: Strength, a: number, b: number): number {
  if (strength === 'once') return Math.max(a, b)
  return strength === 'sum' ? a + b : Math.log1p(Math.expm1(a) + Math.expm1(b))
}

/** What is left of each interaction, 0 to 1. */
function decayOf({ time }: InteractionColumns, halfLifeDays: number | undefined): Float64Array {
  const decay = new Float64Array(time.length).fill(1)
  if (halfLifeDays === undefined) return decay
  const row = time.findIndex(Number.isNaN)
  if (row >= 0) {
    const message = 'is missing, and halfLifeDays needs the time of each interaction'
    throw new EngineInputError('wrong-type', [{ field: 'time', row, message }])
  }
  const latest = time.reduce((a, b) => Math.max(a, b), -Infinity)
  // A strength of exactly 0 would be no interaction at all.
  return decay.map((_, k) => Math.max(1e-12, 2 ** (-(latest - time[k]!) / (halfLifeDays * dayMillis))))
}

/** What a reader should know of thin data. */
export function thinDataWarnings({ rows, columns }: SparseMatrix): Warning[] {
  const warnings: Warning[] = []
  if (rows === 1) warnings.push({ code: 'one-user', message: 'One user alone cannot tell which items go together.' })
  if (columns === 1) warnings.push({ code: 'one-item', message: 'There is one item only: nothing can be chosen.' })
  return warnings
}
