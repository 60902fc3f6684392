import { z } from 'zod'
import { type Provenance, provenanceOf, startWork, type WorkOptions } from '../../contract/index.ts'
import { applyBoosting } from '../boosting/apply.ts'
import { evaluateBoosting } from '../boosting/evaluate.ts'
import { fitBoosting } from '../boosting/fit.ts'
import { BoostingOptions } from '../boosting/options.ts'
import { fault, readColumn, rowsOf, type Table } from '../columns.ts'
import { applyGlm, evaluateGlm } from '../glm/apply.ts'
import { fitGlm } from '../glm/fit.ts'
import { GlmOptions } from '../glm/options.ts'
import type { Evaluation } from '../metrics/scores.ts'
import { readOptions } from '../read-options.ts'
import { takeRows } from '../take-rows.ts'
import { looksLikeClasses, readClassTarget } from '../target.ts'
import { divideRows } from './divide-rows.ts'
import { Folding } from './folding.ts'

export const CrossValidationOptions = z.strictObject({
  model: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('boosting'), options: BoostingOptions }),
    z.strictObject({ kind: z.literal('glm'), options: GlmOptions }),
  ]),
  folding: Folding.prefault({}),
})
export type CrossValidationOptions = z.input<typeof CrossValidationOptions>

export interface CrossValidation {
  /** Scores of each fold's model on the rows it has not seen. */
  folds: { trained: number; scores: Evaluation }[]
  /**
   * Per row what the model that has not seen it predicts: the probability of the positive class, or the value; of more than two classes the probability of
   * the true one. Null for rows that no fold tests (the first ones in time).
   */
  predictions: (number | null)[]
  provenance: Provenance
}

/**
 * An honest score of a way of fitting: everything, also the choice of rounds, settings and penalty, is done again on each fold's training rows.
 * @throws the errors of the fit
 */
export function crossValidate(table: Table, options: CrossValidationOptions & WorkOptions): CrossValidation {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ seed, signal, maxMillis, onProgress })
  const { folding } = readOptions(CrossValidationOptions, own)
  const { model } = own
  const rows = rowsOf(table)
  const { target } = model.options
  const strata = looksLikeClasses(table, target) ? readClassTarget(table, target).values : null
  const apart = [folding.group, folding.time].filter((name) => name !== undefined)
  const known =
    model.options.features ??
    Object.keys(table).filter((name) => name !== target && !apart.includes(name) && !aside(model).includes(name))
  if (known.length === 0) throw fault('empty', 'features', null, 'there is no column besides the target')
  const divided = divideRows(table, rows, folding, strata, work.seed)
  const predictions: (number | null)[] = Array<null>(rows).fill(null)
  const folds = divided.map(({ train, test }, at) => {
    const [learn, judge] = [takeRows(table, train), takeRows(table, test)]
    const limit =
      maxMillis === undefined ? undefined : Math.max(0, (maxMillis - work.elapsed()) / (divided.length - at))
    const limits: WorkOptions = { seed: work.seed, signal, maxMillis: limit }
    const weight = model.options.weight === undefined ? {} : { weight: model.options.weight }
    let scores: Evaluation
    let values: number[]
    if (model.kind === 'boosting') {
      const fitted = fitBoosting(learn, { ...model.options, features: known, ...limits })
      scores = evaluateBoosting(fitted, judge, weight)
      const predicted = applyBoosting(fitted, judge)
      values =
        predicted.kind === 'number'
          ? predicted.value
          : predicted.kind === 'binary'
            ? predicted.probability
            : ofTruth(predicted, judge, target)
    } else {
      const fitted = fitGlm(learn, { ...model.options, features: known, ...limits })
      scores = evaluateGlm(fitted, judge, weight)
      values = applyGlm(fitted, judge).value
    }
    test.forEach((row, place) => {
      predictions[row] = values[place]!
    })
    work.progress((at + 1) / divided.length, 'cross-validating')
    return { trained: train.length, scores }
  })
  return {
    folds,
    predictions,
    provenance: provenanceOf('table/cross-validation', '1', work.seed, [
      folds.map(({ scores }) => scores.provenance.inputsHash),
      own,
    ]),
  }
}

/** Columns that a model names for another use than as a feature. */
function aside({ kind, options }: CrossValidationOptions['model']): (string | undefined)[] {
  const folding = kind === 'glm' ? options.folding : options.earlyStopping || undefined
  const exposure = kind === 'glm' ? options.exposure : undefined
  return [options.weight, exposure, folding?.group, folding?.time]
}

function ofTruth(predicted: { classes: string[]; probabilities: number[][] }, table: Table, target: string): number[] {
  const column = readColumn(table, target)
  return predicted.probabilities.map((each, row) => {
    const name = column.kind === 'category' ? column.categories[column.codes[row]!] : String(column.values[row])
    return each[predicted.classes.indexOf(name ?? '')] ?? 0
  })
}
