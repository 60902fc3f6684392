import type { z } from 'zod'
import { createRandom, type Warning, type Work } from '../../contract/index.ts'
import type { Table } from '../columns.ts'
import { bin, placeBins } from './bins.ts'
import { chooseRounds, type ChosenRounds } from './choose-rounds.ts'
import { crossColumn, proposeCrosses } from './interactions.ts'
import type { Validation } from './model.ts'
import { type BoostingOptions, defaultRounds, defaultSettings, known, type TreeSettings } from './options.ts'
import { readTraining, rulesOf, type Training, validationFolds } from './training.ts'
import { finalLearningRate, searchLearningRate, tuningSteps } from './tune.ts'

/** Share of a time limit that cross-validation may take. */
const searchShare = 0.7

function endingAt(work: Work, millis: number): Work {
  return { ...work, expired: () => work.expired() || work.elapsed() >= millis }
}

/** What cross-validation decided on. */
interface ChosenModel {
  training: Training
  settings: TreeSettings
  chosen: ChosenRounds
  validation: Validation
}

/** Chooses the number of rounds and, when asked, tree settings and crossed features: always by the loss on rows that were not learnt from. */
export function chooseModel(
  table: Table,
  read: z.output<typeof BoostingOptions>,
  work: Work,
  maxMillis: number,
  warnings: Warning[],
): ChosenModel {
  const plain = readTraining(table, read, work.seed)
  const cells = plain.binned.rows * plain.binned.features.length
  const rounds = read.rounds ?? defaultRounds(cells)
  const { patience, ...folding } = read.earlyStopping || { patience: 50, folds: 5 }
  const { method, folds } = validationFolds(table, plain, folding, work.seed)
  // After folds comes a fit on all rows, which must have its time; what was held out once is the model already.
  const searching = method === 'folds' ? endingAt(work, searchShare * maxMillis) : work
  const test = (training: Training, settings: TreeSettings, from: number, to: number) => {
    const { binned, target, weights, loss } = training
    const rules = rulesOf(settings, training)
    return chooseRounds(
      binned,
      target.values,
      weights,
      folds,
      loss,
      rules,
      { rounds, patience },
      searching,
      (round) => {
        work.progress(from + ((to - from) * round) / rounds, 'choosing the number of rounds')
      },
    )
  }
  let settings: TreeSettings = {
    ...defaultSettings(plain.binned.rows, plain.binned.features.length),
    ...known(read.settings),
  }
  if (read.tune)
    settings = tuned(settings, known(read.settings), (each, from) => test(plain, each, from, from + 0.04), searching)
  const end = read.interactions ? 0.6 : 0.8
  let training = plain
  let chosen = test(plain, settings, read.tune ? 0.5 : 0, end)
  if (read.interactions) {
    const crossed = withCrosses(plain, settings, searching)
    const other = test(crossed, settings, end, 0.8)
    if (other.loss < chosen.loss) {
      chosen = other
      training = crossed
    }
  }
  if (chosen.rounds === rounds && !chosen.cut)
    warnings.push({
      code: 'rounds-exhausted',
      message: `The loss was still falling after ${String(rounds)} rounds; more rounds or a larger learning rate may be better.`,
    })
  if (chosen.cut)
    warnings.push({ code: 'time-limit', message: 'The time limit ended the search; the model is the best one so far.' })
  else if (chosen.rounds === 0)
    warnings.push({ code: 'nothing-learnt', message: 'No tree made the predictions better: the model is a constant.' })
  return { training, settings, chosen, validation: { method, rounds: chosen.rounds, loss: chosen.loss } }
}

function withCrosses(training: Training, settings: TreeSettings, work: Work): Training {
  const { columns, binned, target, weights, loss } = training
  const crosses = proposeCrosses(
    columns,
    binned.features,
    target.values,
    weights,
    loss,
    rulesOf(settings, training),
    work,
  )
  const made = crosses.map((cross) => crossColumn(cross, columns))
  const random = createRandom(work.seed).fork(503)
  const features = [...binned.features, ...made.map((column, at) => placeBins(column, random.fork(at)))]
  const monotone = new Int8Array(features.length)
  monotone.set(training.monotone)
  return { ...training, crosses, monotone, binned: bin([...columns, ...made], features, binned.rows) }
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
