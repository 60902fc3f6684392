import type { Provenance } from '../../contract/index.ts'
import type { Feature } from './bins.ts'
import type { Cross } from './interactions.ts'
import type { Objective, TreeSettings } from './options.ts'
import type { Tree } from './tree.ts'

/** Trees and all that is needed to apply them; made by `fitBoosting`, kept by `saveBoosting`. */
export interface BoostingModel {
  objective: Objective
  /** Name of the target column. */
  target: string
  /** Names of the classes; null for a numeric target. Of two, the second is the positive one. */
  classes: string[] | null
  /** Level of quantile, power of tweedie. */
  parameter: number
  /** The columns, then the crosses. */
  features: readonly Feature[]
  /** Features made from pairs of columns. */
  crosses: readonly Cross[]
  /** Score of each output before the first tree. */
  start: readonly number[]
  /** `trees[round * start.length + output]` */
  trees: readonly Tree[]
  /** Probability from which a row is called positive, of a binary target. */
  threshold: number
  settings: TreeSettings
  /** How the rounds were chosen, and the loss per row out of fold. */
  validation: Validation
  provenance: Provenance
}

export interface Validation {
  method: 'folds' | 'holdout' | 'none'
  rounds: number
  /** Mean loss per tested row, of the objective; null when nothing was tested. */
  loss: number | null
}
