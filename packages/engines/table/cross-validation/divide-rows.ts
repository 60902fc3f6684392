import type { z } from 'zod'
import { readCompleteNumbers, type Table } from '../columns.ts'
import { readGroups } from '../target.ts'
import type { Folding } from './folding.ts'
import { type Fold, groupFolds, randomFolds, timeFolds } from './folds.ts'

/** Folds as asked: by time, by group, or at random and by class. @param strata class of each row, or null */
export function divideRows(
  table: Table,
  rows: number,
  folding: z.output<typeof Folding>,
  strata: Float64Array | null,
  seed: number,
): Fold[] {
  if (folding.time !== undefined) return timeFolds(readCompleteNumbers(table, folding.time), folding.folds)
  if (folding.group !== undefined) return groupFolds(readGroups(table, folding.group), folding.folds)
  return randomFolds(rows, folding.folds, strata, seed)
}
