import type { z } from 'zod'
import {
  createRandom,
  provenanceOf,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
} from '../../contract/index.ts'
import { fault, type Table } from '../columns.ts'
import { bestF1Threshold } from '../metrics/classification.ts'
import { readOptions } from '../read-options.ts'
import { createBooster } from './booster.ts'
import { chooseModel } from './choose-model.ts'
import type { ChosenRounds } from './choose-rounds.ts'
import { inverseLink } from './losses.ts'
import type { BoostingModel } from './model.ts'
import { BoostingOptions, defaultRounds, defaultSettings, known, type TreeSettings } from './options.ts'
import { rareCategoryWarnings, readTraining, rulesOf, type Training, weighingRows } from './training.ts'

/** Counted up when the same seed and input give another model. */
const boostingVersion = '2'

/**
 * Gradient boosted trees from a table: classes, means, medians, quantiles, counts and amounts; missing values and categories as they are.
 * The number of rounds is chosen by cross-validation and all rows are then learnt from; on very large tables a tenth is held out instead and the model
 * that was tested is the one returned.
 *
 * @param options with the work's seed, signal, time limit and progress; at the time limit the rounds made so far are the model (with a warning)
 * @throws EngineInputError for options, columns and rows that cannot be learnt from
 */
export function fitBoosting(table: Table, options: BoostingOptions & WorkOptions): BoostingModel {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ seed, signal, maxMillis, onProgress })
  const read = readOptions(BoostingOptions, own)
  const warnings: Warning[] = []
  const { training, settings, chosen, validation } =
    read.earlyStopping === false
      ? withoutSearch(readTraining(table, read, work.seed), read)
      : chooseModel(table, read, work, maxMillis ?? Infinity, warnings)
  warnings.push(...rareCategoryWarnings(training))
  const { loss, target, weights } = training
  const model =
    validation.method === 'holdout' && chosen?.models[0]
      ? chosen.models[0]
      : fitAll(training, settings, validation.rounds, work, warnings)
  if (work.expired() && !warnings.some(({ code }) => code === 'time-limit'))
    warnings.push({ code: 'time-limit', message: 'The time limit ended the fit; the model is the best one so far.' })
  const threshold = read.threshold === 'f1' ? chooseThreshold(chosen, training, warnings) : read.threshold
  return {
    objective: training.objective,
    target: read.target,
    classes: target.classes,
    parameter: training.parameter,
    features: training.binned.features,
    crosses: training.crosses,
    start: model.start,
    trees: model.trees,
    threshold,
    settings,
    validation: { ...validation, rounds: model.trees.length / loss.outputs },
    provenance: provenanceOf(
      'table/boosting',
      boostingVersion,
      work.seed,
      [training.columns, target.values, weights, read],
      warnings,
    ),
  }
}

function withoutSearch(training: Training, read: z.output<typeof BoostingOptions>) {
  for (const name of ['tune', 'interactions'] as const)
    if (read[name]) throw fault('out-of-range', name, null, 'needs cross-validation; leave earlyStopping as it is')
  const { rows, features } = training.binned
  const cells = rows * features.length
  return {
    training,
    settings: { ...defaultSettings(rows, features.length), ...known(read.settings) },
    chosen: null,
    validation: { method: 'none' as const, rounds: read.rounds ?? defaultRounds(cells), loss: null },
  }
}

function fitAll(training: Training, settings: TreeSettings, rounds: number, work: Work, warnings: Warning[]) {
  const { binned, target, weights, loss } = training
  const rows = weighingRows(
    Uint32Array.from({ length: binned.rows }, (_, row) => row),
    weights,
  )
  const random = createRandom(work.seed).fork(999)
  const booster = createBooster(binned, target.values, weights, rows, loss, rulesOf(settings, training), random)
  for (let round = 0; round < rounds; round++) {
    // One tree is made even when choosing the rounds took all the time.
    if (work.expired() && round > 0) break
    booster.advance()
    work.progress(0.8 + (0.2 * (round + 1)) / rounds, 'growing trees')
  }
  if (binned.features.every((feature) => feature.bins < 2))
    warnings.push({ code: 'constant-features', message: 'No feature has two different values.' })
  return booster
}

function chooseThreshold(chosen: ChosenRounds | null, training: Training, warnings: Warning[]): number {
  if (!chosen || training.objective !== 'binary') {
    warnings.push({
      code: 'threshold-default',
      message: 'Without tested rows of a binary target the threshold is 0.5.',
    })
    return 0.5
  }
  const tested = Uint32Array.from(chosen.scores.keys()).filter((row) => !Number.isNaN(chosen.scores[row]!))
  return bestF1Threshold(
    Float64Array.from(tested, (row) => inverseLink('binary', chosen.scores[row]!)),
    Float64Array.from(tested, (row) => training.target.values[row]!),
    training.weights ? Float64Array.from(tested, (row) => training.weights![row]!) : null,
  )
}
