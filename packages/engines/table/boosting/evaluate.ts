import { type Provenance, provenanceOf } from '../../contract/index.ts'
import { fault, readCompleteCategories, readCompleteNumbers, type Table } from '../columns.ts'
import { type ClassScores, type NumberScores, scoreClasses, scoreNumbers } from '../metrics/scores.ts'
import { readWeights } from '../target.ts'
import { applyBoosting } from './apply.ts'
import type { BoostingModel } from './model.ts'

export type Evaluation = (ClassScores | NumberScores) & { provenance: Provenance }

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

/** Places of the rows' classes. @throws EngineInputError for a class that the model does not know */
export function readKnownClasses(table: Table, name: string, classes: readonly string[]): Float64Array {
  const column = readCompleteCategories(table, name)
  const placeOf = column.categories.map((category) => {
    const place = classes.indexOf(category)
    if (place < 0)
      throw fault('unknown-name', name, null, `has the class "${category}"; the model knows: ${classes.join(', ')}`)
    return place
  })
  return Float64Array.from(column.codes, (code) => placeOf[code]!)
}
