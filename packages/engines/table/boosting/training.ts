import type { Folding } from '../cross-validation/folding.ts'
import { createRandom, type Warning } from '../../contract/index.ts'
import type { z } from 'zod'
import { type Column, fault, readColumn, readCompleteNumbers, rowsOf, type Table } from '../columns.ts'
import { type Fold, groupFolds, holdout, randomFolds, timeFolds } from '../cross-validation/folds.ts'
import {
  looksLikeClasses,
  readBinaryTarget,
  readClassTarget,
  readGroups,
  readNumericTarget,
  readWeights,
  type Target,
} from '../target.ts'
import { bin, type BinnedTable, maxBins, placeBins } from './bins.ts'
import { type Loss, lossOf } from './losses.ts'
import type { BoosterRules } from './booster.ts'
import type { Cross } from './interactions.ts'
import { type BoostingOptions, largeTable, type Objective, type TreeSettings } from './options.ts'

/** What boosting learns from, checked and binned. */
export interface Training {
  binned: BinnedTable
  /** Columns as they were read, for the hash of the inputs. */
  columns: Column[]
  target: Target
  weights: Float64Array | null
  objective: Objective
  parameter: number
  loss: Loss
  monotone: Int8Array
  /** Features made from pairs of columns; they come after the others. */
  crosses: readonly Cross[]
}

type Options = z.output<typeof BoostingOptions>

/** Fewer rows say nothing about anything. */
const fewestRows = 10

/** @throws EngineInputError which names the column and the rows that cannot be learnt from */
export function readTraining(table: Table, options: Options, seed: number): Training {
  const rows = rowsOf(table)
  if (rows < fewestRows)
    throw fault('too-few-rows', 'table', null, `has ${String(rows)} rows; ${String(fewestRows)} are needed`)
  const objective = options.objective ?? objectiveOf(table, options.target)
  const target = readTarget(table, options, objective)
  const names = featureNames(table, options)
  const columns = names.map((name) => readColumn(table, name))
  const weights = rowWeights(table, options, target)
  const weighing = weights ? weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0) : rows
  if (weighing < fewestRows)
    throw fault(
      'too-few-rows',
      options.weight ?? 'table',
      null,
      `leaves ${String(weighing)} rows with a weight above zero; ${String(fewestRows)} are needed`,
    )
  const random = createRandom(seed)
  const features = columns.map((column, at) => placeBins(column, random.fork(at)))
  const monotone = Int8Array.from(features, ({ name, kind }) => {
    const direction = options.monotone[name]
    if (direction === undefined) return 0
    if (kind === 'category')
      throw fault('wrong-type', name, null, 'is categorical; only a numeric feature can be monotone')
    return direction === 'increasing' ? 1 : -1
  })
  for (const name of Object.keys(options.monotone))
    if (!names.includes(name)) throw fault('unknown-name', 'monotone', null, `"${name}" is not a feature`)
  const parameter =
    objective === 'multiclass'
      ? (target.classes?.length ?? 2)
      : objective === 'quantile'
        ? options.level
        : options.power
  return {
    binned: bin(columns, features, rows),
    columns,
    target,
    weights: weightsFor(objective, weights, target.values, parameter),
    objective,
    parameter,
    loss: lossOf(objective, parameter),
    monotone,
    crosses: [],
  }
}

/** Features with more categories than bins: what a reader should know of the rest. */
export function rareCategoryWarnings({ columns, binned }: Training): Warning[] {
  return columns.flatMap((column, at) => {
    const more = column.kind === 'category' ? column.categories.length - binned.features[at]!.bins : 0
    const message = `${column.name} has more than ${String(maxBins)} categories; the ${String(more)} rarest count as missing.`
    return more > 0 ? [{ code: 'rare-categories', message }] : []
  })
}

function objectiveOf(table: Table, target: string): Objective {
  if (!looksLikeClasses(table, target)) return 'squared'
  return readClassTarget(table, target).classes?.length === 2 ? 'binary' : 'multiclass'
}

function readTarget(table: Table, options: Options, objective: Objective): Target {
  if (objective === 'binary') return readBinaryTarget(table, options.target, options.positive)
  if (objective === 'multiclass') return readClassTarget(table, options.target)
  const domain =
    objective === 'gamma' ? 'positive' : objective === 'poisson' || objective === 'tweedie' ? 'non-negative' : 'any'
  return readNumericTarget(table, options.target, domain)
}

function featureNames(table: Table, options: Options): string[] {
  const taken = new Set([options.target, options.weight])
  const folding = options.earlyStopping === false ? undefined : options.earlyStopping
  if (!options.features) {
    // A group or time that only divides the rows is no feature unless it is asked for.
    for (const name of [folding?.group, folding?.time]) taken.add(name)
    const names = Object.keys(table).filter((name) => !taken.has(name))
    if (names.length === 0) throw fault('empty', 'features', null, 'there is no column besides the target')
    return names
  }
  for (const name of options.features)
    if (taken.has(name)) throw fault('out-of-range', 'features', null, `"${name}" is the target or the weight`)
  if (new Set(options.features).size < options.features.length)
    throw fault('duplicate-key', 'features', null, 'names a column twice')
  return options.features
}

function rowWeights(table: Table, options: Options, target: Target): Float64Array | null {
  const own = options.weight === undefined ? null : readWeights(table, options.weight)
  const { classes } = target
  if (options.classWeights === undefined) return own
  if (!classes) throw fault('wrong-type', 'classWeights', null, 'are for classes; the target is numeric')
  const sums = new Float64Array(classes.length)
  target.values.forEach((value, row) => {
    sums[value]! += own ? own[row]! : 1
  })
  const total = sums.reduce((sum, each) => sum + each, 0)
  const given = options.classWeights
  if (given !== 'balanced')
    for (const name of Object.keys(given))
      if (!classes.includes(name))
        throw fault('unknown-name', 'classWeights', null, `"${name}" is not a class; there are: ${classes.join(', ')}`)
  const factors = classes.map((name, at) =>
    given === 'balanced' ? total / (classes.length * Math.max(sums[at]!, 1e-12)) : (given[name] ?? 1),
  )
  return target.values.map((value, row) => factors[value]! * (own ? own[row]! : 1))
}

/**
 * Weights as the penalties expect them: with mean 1, so that only their ratios count. Weights of poisson are exposures, and
 * rate times exposure is a count whatever the unit of time: they stay as they are. The tweedie loss grows with the amounts
 * to the power 2 - p: it is told per mean amount, so that a currency and its hundredth give the same trees.
 */
function weightsFor(
  objective: Objective,
  weights: Float64Array | null,
  target: Float64Array,
  power: number,
): Float64Array | null {
  if (objective === 'poisson') return weights
  const sum = weights ? weights.reduce((total, weight) => total + weight, 0) : target.length
  const relative = weights && weights.map((weight) => (weight * target.length) / sum)
  if (objective !== 'tweedie') return relative
  const mean = target.reduce((total, value, row) => total + value * (weights ? weights[row]! : 1), 0) / sum
  const scale = mean > 0 ? mean ** (power - 2) : 1
  return target.map((_, row) => scale * (relative ? relative[row]! : 1))
}

/** Rows that weigh something: of the others nothing is learnt, and they do not fill leaves. */
export function weighingRows(rows: Uint32Array, weights: Float64Array | null): Uint32Array {
  return weights ? rows.filter((row) => weights[row]! > 0) : rows
}

/** How the rows that weigh something are divided to choose the number of rounds. */
export function validationFolds(
  table: Table,
  training: Training,
  folding: z.output<typeof Folding>,
  seed: number,
): { method: 'folds' | 'holdout'; folds: Fold[] } {
  const { method, folds } = divided(table, training, folding, seed)
  const weighing = folds.map(({ train, test }) => ({
    train: weighingRows(train, training.weights),
    test: weighingRows(test, training.weights),
  }))
  const useful = weighing.filter(({ train, test }) => train.length > 0 && test.length > 0)
  if (useful.length === 0)
    throw fault('too-few-rows', 'weight', null, 'leaves no fold with rows to learn from and rows to test on')
  return { method, folds: useful }
}

function divided(
  table: Table,
  training: Training,
  folding: z.output<typeof Folding>,
  seed: number,
): { method: 'folds' | 'holdout'; folds: Fold[] } {
  const { rows } = training.binned
  const strata = training.target.classes ? training.target.values : null
  const large = rows * training.binned.features.length > largeTable
  if (folding.time !== undefined)
    return { method: 'folds', folds: timeFolds(readCompleteNumbers(table, folding.time), large ? 1 : folding.folds) }
  if (folding.group !== undefined) {
    const groups = readGroups(table, folding.group)
    const folds = groupFolds(groups, large ? Math.min(10, new Set(groups).size) : folding.folds)
    return large ? { method: 'holdout', folds: folds.slice(0, 1) } : { method: 'folds', folds }
  }
  if (large) return { method: 'holdout', folds: [holdout(rows, 0.1, strata, seed)] }
  return { method: 'folds', folds: randomFolds(rows, folding.folds, strata, seed) }
}

export function rulesOf(settings: TreeSettings, training: Training): BoosterRules {
  return { ...settings, minHessian: 1e-3, categoryL2: 10, categorySmoothing: 10, monotone: training.monotone }
}
