import { provenanceOf, type Provenance } from '../../contract/index.ts'
import { readColumn, readCompleteNumbers, rowsOf, type Table } from '../columns.ts'
import { type Evaluation, scoreClasses, scoreNumbers } from '../metrics/scores.ts'
import { readKnownClasses, readWeights } from '../target.ts'
import { buildDesign, type Design } from './design.ts'
import { familyOf } from './families.ts'
import { readOffset } from './fit.ts'
import type { GlmModel } from './model.ts'

export interface GlmPrediction {
  /** Expected value, of a binomial target the probability of the positive class; with exposure as given in the rows. */
  value: number[]
  /** The positive class of a binomial target. */
  positive: string | null
  provenance: Provenance
}

/** Expected values. @throws EngineInputError for columns that are absent, and for levels that training rows did not have */
export function applyGlm(model: GlmModel, table: Table): GlmPrediction {
  const { design, offset, provenance } = designFor(model, table)
  const family = familyOf(model.family, model.power)
  const value = Array.from({ length: design.rows }, (_, row) => {
    let eta = model.intercept.coefficient + (offset ? offset[row]! : 0)
    model.terms.forEach((term, at) => {
      eta += term.coefficient * design.values[at * design.rows + row]!
    })
    return family.mean(eta)
  })
  return { value, positive: model.classes?.[1] ?? null, provenance: provenance('table/glm') }
}

export interface GlmExplanation {
  /** Linear predictor of the average training row, without exposure. */
  base: number
  features: string[]
  /** `[row][feature]`: what the feature adds to the linear predictor against the average training row. */
  contributions: number[][]
  provenance: Provenance
}

/** Why each row got its linear predictor: base plus contributions (plus the logarithm of exposure) is the linear predictor. */
export function explainGlm(model: GlmModel, table: Table): GlmExplanation {
  const { design, provenance } = designFor(model, table)
  const features = model.sources.map(({ name }) => name)
  return {
    base: model.terms.reduce((sum, term) => sum + term.coefficient * term.mean, model.intercept.coefficient),
    features,
    contributions: Array.from({ length: design.rows }, (_, row) => {
      const sums = features.map(() => 0)
      model.terms.forEach((term, at) => {
        sums[design.terms[at]!.source]! += term.coefficient * (design.values[at * design.rows + row]! - term.mean)
      })
      return sums
    }),
    provenance: provenance('table/glm-explain'),
  }
}

/** Scores of a model on rows whose truth is known. @param options.weight column with the weight of each row */
export function evaluateGlm(model: GlmModel, table: Table, options: { weight?: string } = {}): Evaluation {
  const { value, provenance: applied } = applyGlm(model, table)
  const weights = options.weight === undefined ? null : readWeights(table, options.weight)
  const provenance = (truth: Float64Array) =>
    provenanceOf('table/glm-evaluate', applied.version, applied.seed, [applied.inputsHash, truth, weights])
  if (model.classes) {
    const truth = readKnownClasses(table, model.target, model.classes)
    const probabilities = value.map((p) => [1 - p, p])
    return { ...scoreClasses(probabilities, truth, model.classes, 0.5, weights), provenance: provenance(truth) }
  }
  const truth = readCompleteNumbers(table, model.target)
  const scored = { objective: model.family, parameter: model.power }
  return { ...scoreNumbers(Float64Array.from(value), truth, weights, scored), provenance: provenance(truth) }
}

function designFor(model: GlmModel, table: Table) {
  const rows = rowsOf(table)
  const columns = model.sources.map(({ name }) => readColumn(table, name))
  const design: Design = buildDesign(columns, model.sources, rows)
  const offset = model.exposure === null ? null : readOffset(table, model.exposure, familyOf(model.family, model.power))
  const provenance = (engine: string) =>
    provenanceOf(engine, model.provenance.version, model.provenance.seed, [
      model.provenance.inputsHash,
      columns,
      offset,
    ])
  return { design, offset, provenance }
}
