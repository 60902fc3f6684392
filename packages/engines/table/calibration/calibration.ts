import { z } from 'zod'
import {
  loadModel,
  ModelVersionError,
  Provenance,
  provenanceOf,
  type SavedModel,
  saveModel,
} from '../../contract/index.ts'
import { fault, readCompleteNumbers, refuseRows, rowsOf, type Table } from '../columns.ts'
import { brier, logLoss } from '../metrics/classification.ts'
import { readOptions } from '../read-options.ts'
import { readBinaryTarget, readWeights } from '../target.ts'
import { fitIsotonic, interpolate } from './isotonic.ts'
import { fitPlatt, logit } from './platt.ts'

export const CalibrationOptions = z.strictObject({
  probability: z
    .string()
    .describe('Column with the probability that a model gave, 0 to 1; of rows that it did not learn from'),
  outcome: z.string().describe('Column with what happened: two classes'),
  positive: z.string().optional().describe('The class the probability is of'),
  weight: z.string().optional().describe('Column with the weight of each row'),
  method: z
    .enum(['isotonic', 'platt'])
    .optional()
    .describe('isotonic: any rising curve; platt: a logistic curve. Unless told isotonic from 1000 rows on'),
})
export type CalibrationOptions = z.input<typeof CalibrationOptions>

const Curve = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('isotonic'),
    /** Rising probabilities as given, and what they are worth; between them a straight line. */
    given: z.array(z.number()),
    true: z.array(z.number()),
  }),
  z.object({ method: z.literal('platt'), /** Of the log-odds as given. */ slope: z.number(), intercept: z.number() }),
])
const CalibrationContents = z.object({ curve: Curve, provenance: Provenance })
export type CalibrationModel = z.infer<typeof CalibrationContents>

/** Isotonic curves of fewer rows follow noise (Niculescu-Mizil & Caruana 2005). */
const enoughForIsotonic = 1000

/**
 * A curve from the probabilities a model gives to the frequencies that are true.
 * @throws EngineInputError for probabilities outside 0 to 1, or when only one class occurs
 */
export function fitCalibration(table: Table, options: CalibrationOptions): CalibrationModel {
  const read = readOptions(CalibrationOptions, options)
  const { probability, outcome, weights } = readOutcomes(table, read)
  const method = read.method ?? (probability.length >= enoughForIsotonic ? 'isotonic' : 'platt')
  return {
    curve:
      method === 'isotonic'
        ? { method, ...fitIsotonic(probability, outcome, weights) }
        : { method, ...fitPlatt(probability, outcome, weights) },
    provenance: provenanceOf('table/calibration', '1', 1, [probability, outcome, weights, read]),
  }
}

/** Calibrated probabilities. */
export function applyCalibration(model: CalibrationModel, probabilities: readonly number[] | Float64Array): number[] {
  const given = Float64Array.from(probabilities)
  refuseProbabilities('probabilities', given)
  const { curve } = model
  return Array.from(given, (p) =>
    curve.method === 'isotonic'
      ? interpolate(curve.given, curve.true, p)
      : 1 / (1 + Math.exp(-(curve.intercept + curve.slope * logit(p)))),
  )
}

export interface CalibrationReport {
  rows: number
  brier: number
  logLoss: number
  /** Mean distance between probability and frequency over the bins, by rows (expected calibration error: Naeini et al. 2015). */
  expectedCalibrationError: number
  /** Ten bins of equally many rows, in order. */
  bins: { rows: number; meanProbability: number; frequency: number }[]
  provenance: Provenance
}

/** How well probabilities agree with what happened. */
export function evaluateCalibration(table: Table, options: Omit<CalibrationOptions, 'method'>): CalibrationReport {
  const read = readOptions(CalibrationOptions, options)
  const { probability, outcome, weights } = readOutcomes(table, read)
  const order = Uint32Array.from(probability.keys()).sort((a, b) => probability[a]! - probability[b]! || a - b)
  const bins = Array.from({ length: 10 }, (_, bin) => {
    const rows = order.subarray(Math.round((bin * order.length) / 10), Math.round(((bin + 1) * order.length) / 10))
    let [weight, given, happened] = [0, 0, 0]
    for (const row of rows) {
      const each = weights ? weights[row]! : 1
      weight += each
      given += each * probability[row]!
      happened += each * outcome[row]!
    }
    return { weight, rows: rows.length, meanProbability: given / weight, frequency: happened / weight }
  }).filter(({ weight }) => weight > 0)
  const total = bins.reduce((sum, { weight }) => sum + weight, 0)
  return {
    rows: outcome.length,
    brier: brier(probability, outcome, weights),
    logLoss: logLoss(probability, outcome, weights),
    expectedCalibrationError: bins.reduce(
      (sum, bin) => sum + (bin.weight / total) * Math.abs(bin.meanProbability - bin.frequency),
      0,
    ),
    bins: bins.map(({ rows, meanProbability, frequency }) => ({ rows, meanProbability, frequency })),
    provenance: provenanceOf('table/calibration-evaluate', '1', 1, [probability, outcome, weights, read]),
  }
}

export function saveCalibration(model: CalibrationModel): SavedModel<CalibrationModel> {
  return saveModel('table/calibration', 1, model)
}

/** @throws ModelVersionError when it was not made by `saveCalibration` */
export function loadCalibration(saved: SavedModel): CalibrationModel {
  const read = CalibrationContents.safeParse(loadModel(saved, 'table/calibration', 1))
  if (!read.success) throw new ModelVersionError('This calibration is damaged. Fit it anew.')
  return read.data
}

function readOutcomes(table: Table, options: z.output<typeof CalibrationOptions>) {
  const rows = rowsOf(table)
  if (rows < 10) throw fault('too-few-rows', 'table', null, `has ${String(rows)} rows; 10 are needed`)
  const probability = readCompleteNumbers(table, options.probability)
  refuseProbabilities(options.probability, probability)
  const { values } = readBinaryTarget(table, options.outcome, options.positive)
  const weights = options.weight === undefined ? null : readWeights(table, options.weight)
  return { probability, outcome: values, weights }
}

function refuseProbabilities(field: string, values: Float64Array): void {
  refuseRows('out-of-range', field, values.length, (row) =>
    values[row]! >= 0 && values[row]! <= 1
      ? null
      : `is ${String(values[row])}; a probability lies between 0 and 1 (not per cent)`,
  )
}
