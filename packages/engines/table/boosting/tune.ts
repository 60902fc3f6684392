import type { TreeSettings } from './options.ts'

/**
 * What is tried when settings are tuned, one group after the other (coordinate search): size of trees, rows per leaf, sampling, shrinkage. The same for
 * every table.
 */
export const tuningSteps: readonly (readonly Partial<TreeSettings>[])[] = [
  [{ leaves: 8 }, { leaves: 16 }, { leaves: 64 }],
  [{ minRows: 5 }, { minRows: 60 }],
  [{ columnShare: 0.5 }, { columnShare: 1 }],
  [{ rowShare: 0.6 }, { rowShare: 1 }],
  [{ l2: 0.1 }, { l2: 10 }],
]

/** The search uses larger steps; the final fit then makes smaller ones. */
export const searchLearningRate = 0.1
export const finalLearningRate = 0.03
