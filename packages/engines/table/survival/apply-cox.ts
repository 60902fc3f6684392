import { type Provenance, provenanceOf } from '../../contract/index.ts'
import { readColumn, readCompleteNumbers, rowsOf, type Table } from '../columns.ts'
import { buildDesign } from '../glm/design.ts'
import { concordance } from './concordance.ts'
import type { CoxModel } from './cox-model.ts'
import { readOutcomes } from './outcomes.ts'

export interface CoxPrediction {
  /** Hazard of each row as a multiple of that of the average training row. */
  relativeHazard: number[]
  /** `[row][time]`: share expected to be without the event after each of the times asked for. */
  survival: number[][]
  /** `[row][feature]`: what each feature adds to the logarithm of the relative hazard. */
  contributions: number[][]
  features: string[]
  provenance: Provenance
}

/**
 * Risk and survival of rows, and why. @param times in the unit of training; survival after the last event seen stays where it is
 * @throws EngineInputError for columns that are absent and levels that training rows did not have
 */
export function applyCox(model: CoxModel, table: Table, times: readonly number[] = []): CoxPrediction {
  const rows = rowsOf(table)
  readCompleteNumbers({ times }, 'times')
  const columns = model.sources.map(({ name }) => readColumn(table, name))
  const design = buildDesign(columns, model.sources, rows)
  const features = model.sources.map(({ name }) => name)
  const contributions = Array.from({ length: rows }, (_, row) => {
    const sums = features.map(() => 0)
    model.terms.forEach((term, at) => {
      sums[design.terms[at]!.source]! += term.coefficient * (design.values[at * rows + row]! - term.mean)
    })
    return sums
  })
  const relativeHazard = contributions.map((each) => Math.exp(each.reduce((sum, part) => sum + part, 0)))
  const hazards = times.map((time) => model.baseline.findLast((step) => step.time <= time)?.hazard ?? 0)
  return {
    relativeHazard,
    survival: relativeHazard.map((factor) => hazards.map((hazard) => Math.exp(-hazard * factor))),
    contributions,
    features,
    provenance: provenanceOf('table/cox', model.provenance.version, model.provenance.seed, [
      model.provenance.inputsHash,
      columns,
      times,
    ]),
  }
}

/** How well the model puts rows in order of their risk: Harrell's concordance on rows with known outcomes. */
export function evaluateCox(
  model: CoxModel,
  table: Table,
): { rows: number; concordance: number | null; provenance: Provenance } {
  const { relativeHazard, provenance: applied } = applyCox(model, table)
  const outcomes = readOutcomes(table, model.time, model.event)
  return {
    rows: relativeHazard.length,
    concordance: concordance(outcomes, Float64Array.from(relativeHazard)),
    provenance: provenanceOf('table/cox-evaluate', applied.version, applied.seed, [applied.inputsHash, outcomes]),
  }
}
