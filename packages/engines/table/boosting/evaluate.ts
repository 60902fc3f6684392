import { provenanceOf } from '../../contract/index.ts'
import { readCompleteNumbers, type Table } from '../columns.ts'
import { type Evaluation, scoreClasses, scoreNumbers } from '../metrics/scores.ts'
import { readKnownClasses, readWeights } from '../target.ts'
import { applyBoosting } from './apply.ts'
import type { BoostingModel } from './model.ts'

/**
 * Scores of a model on rows whose truth is known.
 * @param table with the model's features and its target
 * @param options.weight column with the weight of each row
 */
export function evaluateBoosting(model: BoostingModel, table: Table, options: { weight?: string } = {}): Evaluation {
  const prediction = applyBoosting(model, table)
  const weights = options.weight === undefined ? null : readWeights(table, options.weight)
  const { classes } = model
  const truth = classes ? readKnownClasses(table, model.target, classes) : readCompleteNumbers(table, model.target)
  const provenance = provenanceOf('table/boosting-evaluate', model.provenance.version, model.provenance.seed, [
    prediction.provenance.inputsHash,
    truth,
    weights,
  ])
  if (prediction.kind === 'number')
    return { ...scoreNumbers(Float64Array.from(prediction.value), truth, weights, model), provenance }
  const probabilities =
    prediction.kind === 'binary' ? prediction.probability.map((p) => [1 - p, p]) : prediction.probabilities
  return { ...scoreClasses(probabilities, truth, classes ?? [], model.threshold, weights), provenance }
}
