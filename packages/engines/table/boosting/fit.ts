import {
  createRandom,
  provenanceOf,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
} from '../../contract/index.ts'
import { bestF1Threshold } from '../metrics/classification.ts'
import type { Table } from '../columns.ts'
import { readOptions } from '../read-options.ts'
import { createBooster, type BoosterRules } from './booster.ts'
import { chooseRounds, type ChosenRounds } from './choose-rounds.ts'
import { inverseLink } from './losses.ts'
import type { BoostingModel, Validation } from './model.ts'
import { BoostingOptions, defaultRounds, defaultSettings, type TreeSettings } from './options.ts'
import { readTraining, type Training, validationFolds } from './training.ts'
import { finalLearningRate, searchLearningRate, tuningSteps } from './tune.ts'

/** Counted up when the same seed and input give another model. */
export const boostingVersion = '1'

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
  const training = readTraining(table, read, work.seed)
  const { binned, target, weights, loss } = training
  const cells = binned.rows * binned.features.length
  const warnings: Warning[] = []
  const mostRounds = read.rounds ?? defaultRounds(cells)
  let settings: TreeSettings = { ...defaultSettings(cells), ...known(read.settings) }
  let validation: Validation = { method: 'none', rounds: mostRounds, loss: null }
  let chosen: ChosenRounds | null = null
  let tested = false
  if (read.earlyStopping !== false) {
    const { patience, ...folding } = read.earlyStopping ?? { patience: 50, folds: 5 }
    const { method, folds } = validationFolds(table, training, folding, work.seed)
    const test = (each: TreeSettings, rounds: number, from: number, to: number) =>
      chooseRounds(
        binned,
        target.values,
        weights,
        folds,
        loss,
        rulesOf(each, training),
        { rounds, patience },
        work,
        (round) => {
          work.progress(from + ((to - from) * round) / rounds, 'choosing the number of rounds')
        },
      )
    if (read.tune)
      settings = tuned(
        settings,
        known(read.settings),
        (each, share) => test(each, mostRounds, share, share + 0.04),
        work,
      )
    chosen = test(settings, mostRounds, read.tune ? 0.5 : 0, 0.8)
    validation = { method, rounds: chosen.rounds, loss: chosen.loss }
    tested = method === 'holdout'
    if (chosen.rounds === mostRounds && !chosen.cut)
      warnings.push({
        code: 'rounds-exhausted',
        message: `The loss was still falling after ${String(mostRounds)} rounds; more rounds or a larger learning rate may be better.`,
      })
    if (chosen.rounds === 0)
      warnings.push({
        code: 'nothing-learnt',
        message: 'No tree made the predictions better: the model is a constant.',
      })
  }
  const model =
    tested && chosen?.models[0] ? chosen.models[0] : fitAll(training, settings, validation.rounds, work, warnings)
  if (work.expired())
    warnings.push({ code: 'time-limit', message: 'The time limit ended the fit; the model is the best one so far.' })
  validation.rounds = model.trees.length / loss.outputs
  const threshold = read.threshold === 'f1' ? chooseThreshold(chosen, training, warnings) : read.threshold
  return {
    objective: training.objective,
    target: read.target,
    classes: target.classes,
    parameter: training.parameter,
    features: binned.features,
    start: model.start,
    trees: model.trees,
    threshold,
    settings,
    validation,
    provenance: provenanceOf(
      'table/boosting',
      boostingVersion,
      work.seed,
      [training.columns, target.values, weights, read],
      warnings,
    ),
  }
}

function fitAll(training: Training, settings: TreeSettings, rounds: number, work: Work, warnings: Warning[]) {
  const { binned, target, weights, loss } = training
  const rows = Uint32Array.from({ length: binned.rows }, (_, row) => row)
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

/** Coordinate search over the steps of tuning; settings that the caller fixed stay. */
function tuned(
  start: TreeSettings,
  fixed: Partial<TreeSettings>,
  test: (settings: TreeSettings, share: number) => ChosenRounds,
  work: Work,
): TreeSettings {
  let best = { ...start, learningRate: fixed.learningRate ?? searchLearningRate }
  let { loss } = test(best, 0)
  let done = 1
  for (const step of tuningSteps) {
    let winner = best
    for (const change of step) {
      if (work.expired()) break
      if (Object.keys(change).some((name) => name in fixed)) continue
      const tried = { ...best, ...change }
      const reached = test(tried, Math.min(0.46, done++ * 0.04))
      if (reached.loss < loss) {
        loss = reached.loss
        winner = tried
      }
    }
    best = winner
  }
  return { ...best, learningRate: fixed.learningRate ?? finalLearningRate }
}

function rulesOf(settings: TreeSettings, training: Training): BoosterRules {
  return { ...settings, minHessian: 1e-3, categoryL2: 10, categorySmoothing: 10, monotone: training.monotone }
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

/** Settings that are given, without those left undefined. */
function known(settings: { [Name in keyof TreeSettings]?: TreeSettings[Name] | undefined }): Partial<TreeSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
