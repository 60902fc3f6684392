import { type Provenance, provenanceOf, startWork, type WorkOptions } from '../../contract/index.ts'
import type { Table } from '../columns.ts'
import { binFor, ownFeatures } from './apply.ts'
import { gains } from './interactions.ts'
import type { BoostingModel } from './model.ts'
import { createTreeExplainer, depthOf, expectedOutput } from './tree-shap.ts'

/** Why each row got its score: base plus the contributions of its features is the score. */
export interface Explanation {
  /** Unit of base and contributions. */
  scale: 'log-odds' | 'log of the expected value' | 'unit of the target'
  features: string[]
  /** One entry per class of a multiclass target, else one. */
  outputs: {
    /** Class, or the target's name. */
    name: string
    /** Mean score of the training rows. */
    base: number
    /** `[row][feature]` */
    contributions: number[][]
  }[]
  provenance: Provenance
}

/**
 * Shapley values of the features (TreeSHAP) for rows of a table.
 * At the time limit the rows explained so far are returned, with a warning.
 */
export function explainBoosting(model: BoostingModel, table: Table, options: WorkOptions = {}): Explanation {
  const work = startWork(options)
  const { binned, columns } = binFor(model, table)
  const explainer = createTreeExplainer(
    binned,
    model.trees.reduce((most, tree) => Math.max(most, depthOf(tree)), 0),
  )
  const outputs = model.start.map((start, output) => ({
    name: model.objective === 'multiclass' ? model.classes![output]! : (model.classes?.[1] ?? model.target),
    base: start,
    contributions: [] as number[][],
  }))
  model.trees.forEach((tree, at) => {
    outputs[at % outputs.length]!.base += expectedOutput(tree)
  })
  let explained = 0
  for (; explained < binned.rows && !work.expired(); explained++) {
    const sums = outputs.map(() => new Float64Array(binned.features.length))
    model.trees.forEach((tree, at) => {
      explainer.add(tree, explained, sums[at % outputs.length]!)
    })
    sums.forEach((sum, output) => outputs[output]!.contributions.push(Array.from(sharedOut(model, sum))))
    work.progress((explained + 1) / binned.rows, 'explaining rows')
  }
  const warnings =
    explained < binned.rows
      ? [
          {
            code: 'time-limit',
            message: `Only the first ${String(explained)} of ${String(binned.rows)} rows were explained.`,
          },
        ]
      : []
  return {
    scale: scaleOf(model),
    features: ownFeatures(model).map(({ name }) => name),
    outputs,
    provenance: provenanceOf(
      'table/boosting-explain',
      model.provenance.version,
      model.provenance.seed,
      [model.provenance.inputsHash, columns],
      warnings,
    ),
  }
}

function scaleOf({ objective }: BoostingModel): Explanation['scale'] {
  if (objective === 'binary' || objective === 'multiclass') return 'log-odds'
  return objective === 'poisson' || objective === 'gamma' || objective === 'tweedie'
    ? 'log of the expected value'
    : 'unit of the target'
}

/** How much loss each feature removed in training, as shares that sum to 1, largest first. */
export function gainImportance(model: BoostingModel): { feature: string; share: number }[] {
  const sums = sharedOut(model, gains(model.trees, model.features.length))
  const total = sums.reduce((sum, gain) => sum + gain, 0)
  return ownFeatures(model)
    .map(({ name }, at) => ({ feature: name, share: total > 0 ? sums[at]! / total : 0 }))
    .sort((a, b) => b.share - a.share)
}

/** By convention a cross counts half for each of its columns: it changes with both, and neither would be there alone. */
function sharedOut(model: BoostingModel, amounts: Float64Array): Float64Array {
  const own = model.features.length - model.crosses.length
  const shared = amounts.slice(0, own)
  model.crosses.forEach(({ left, right }, at) => {
    shared[left]! += amounts[own + at]! / 2
    shared[right]! += amounts[own + at]! / 2
  })
  return shared
}
