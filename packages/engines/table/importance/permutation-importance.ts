import { z } from 'zod'
import {
  createRandom,
  type Provenance,
  provenanceOf,
  startWork,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { ownFeatures } from '../boosting/apply.ts'
import { evaluateBoosting } from '../boosting/evaluate.ts'
import type { BoostingModel } from '../boosting/model.ts'
import { rowsOf, type Table } from '../columns.ts'
import { evaluateGlm } from '../glm/apply.ts'
import type { GlmModel } from '../glm/model.ts'
import type { Evaluation } from '../metrics/scores.ts'
import { readOptions } from '../read-options.ts'
import { takeRows } from '../take-rows.ts'

export const ImportanceOptions = z.strictObject({
  repeats: z.int().min(1).max(1000).default(5).describe('How often each column is shuffled'),
})
export type ImportanceOptions = z.input<typeof ImportanceOptions>

export interface PermutationImportance {
  /** What grows when a feature is shuffled: log loss of classes, root mean squared error of numbers. */
  loss: 'log loss' | 'root mean squared error'
  /** With all columns as they are. */
  base: number
  /** Largest increase first; without those for which the time limit left no shuffle. */
  features: { feature: string; increase: number; /** Standard deviation over the repeats. */ deviation: number }[]
  provenance: Provenance
}

/**
 * How much worse a model becomes when a column is shuffled (Breiman 2001; Fisher, Rudin & Dominici 2019). Of columns that tell the same, each may look
 * unimportant.
 * @param table rows with known truth, better not the training rows
 */
export function permutationImportance(
  model: BoostingModel | GlmModel,
  table: Table,
  options: ImportanceOptions & WorkOptions = {},
): PermutationImportance {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ seed, signal, maxMillis, onProgress })
  const { repeats } = readOptions(ImportanceOptions, own)
  const rows = rowsOf(table)
  const evaluate = (of: Table): Evaluation => ('trees' in model ? evaluateBoosting(model, of) : evaluateGlm(model, of))
  const first = evaluate(table)
  const base = lossOf(first)
  const names = ('trees' in model ? ownFeatures(model) : model.sources).map(({ name }) => name)
  const warnings: Warning[] = []
  const features = names.flatMap((feature, at) => {
    const increases: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      if (work.expired()) break
      const order = createRandom(work.seed)
        .fork(at * repeats + repeat)
        .shuffle(Uint32Array.from({ length: rows }, (_, row) => row))
      increases.push(lossOf(evaluate({ ...table, ...takeRows({ [feature]: table[feature]! }, order) })) - base)
      work.progress((at * repeats + repeat + 1) / (names.length * repeats), `shuffling ${feature}`)
    }
    if (increases.length < repeats)
      warnings.push({
        code: 'time-limit',
        message: `${feature} was shuffled ${String(increases.length)} times of ${String(repeats)}${increases.length === 0 ? '; nothing is known of it' : ''}.`,
      })
    if (increases.length === 0) return []
    const increase = increases.reduce((sum, each) => sum + each, 0) / increases.length
    const square = increases.reduce((sum, each) => sum + (each - increase) ** 2, 0)
    return [{ feature, increase, deviation: increases.length > 1 ? Math.sqrt(square / (increases.length - 1)) : 0 }]
  })
  return {
    loss: first.kind === 'classes' ? 'log loss' : 'root mean squared error',
    base,
    features: features.sort((a, b) => b.increase - a.increase),
    provenance: provenanceOf(
      'table/permutation-importance',
      '1',
      work.seed,
      [first.provenance.inputsHash, model.provenance.inputsHash, repeats],
      warnings,
    ),
  }
}

function lossOf(scores: Evaluation): number {
  return scores.kind === 'classes' ? scores.logLoss : scores.rootMeanSquaredError
}
