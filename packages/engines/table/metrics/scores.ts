import type { Provenance } from '../../contract/index.ts'
import { brier, type Confusion, confusion, logLoss, prAuc, rocAuc } from './classification.ts'
import {
  gini,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanDeviance,
  pinballLoss,
  rootMeanSquaredError,
  rSquared,
} from './regression.ts'

export interface ClassScores {
  kind: 'classes'
  rows: number
  /** Mean negative logarithm of the probability of the true class. */
  logLoss: number
  accuracy: number
  /** Of two classes, about the second one; null for more. */
  binary: (Confusion & { threshold: number; rocAuc: number | null; prAuc: number | null; brier: number }) | null
  /** Each class against the rest, at the most probable label. */
  perClass: { name: string; rows: number; precision: number | null; recall: number | null; f1: number | null }[]
}

export interface NumberScores {
  kind: 'numbers'
  rows: number
  /** In the unit of the target. */
  meanAbsoluteError: number
  rootMeanSquaredError: number
  /** Share, not per cent; null when a true value is zero. */
  meanAbsolutePercentageError: number | null
  rSquared: number | null
  /** Mean deviance of poisson, gamma or tweedie; mean pinball loss of quantile and absolute; null for squared. */
  objectiveLoss: number | null
  /** Normalised Gini index of the order of predictions. */
  gini: number | null
}

export type Evaluation = (ClassScores | NumberScores) & { provenance: Provenance }

/** @param probabilities `[row][class]` @param truth places of classes */
export function scoreClasses(
  probabilities: readonly (readonly number[])[],
  truth: Float64Array,
  classes: readonly string[],
  threshold: number,
  weights: Float64Array | null,
): ClassScores {
  const ofTruth = Float64Array.from(truth, (place, row) => probabilities[row]![place]!)
  const ones = new Float64Array(truth.length).fill(1)
  const two = classes.length === 2
  const labels = Float64Array.from(probabilities, (each) =>
    two ? (each[1]! >= threshold ? 1 : 0) : each.indexOf(Math.max(...each)),
  )
  const perClass = classes.map((name, place) => {
    const hit = labels.map((label) => (label === place ? 1 : 0))
    const is = truth.map((each) => (each === place ? 1 : 0))
    const { precision, recall, f1 } = confusion(hit, is, 0.5, weights)
    return { name, rows: is.reduce((sum, each) => sum + each, 0), precision, recall, f1 }
  })
  const right = labels.map((label, row) => (label === truth[row] ? 1 : 0))
  const positive = Float64Array.from(probabilities, (each) => each[1] ?? 0)
  return {
    kind: 'classes',
    rows: truth.length,
    logLoss: logLoss(ofTruth, ones, weights),
    accuracy: confusion(right, ones, 0.5, weights).accuracy,
    binary: two
      ? {
          threshold,
          ...confusion(positive, truth, threshold, weights),
          rocAuc: orNull(rocAuc(positive, truth, weights)),
          prAuc: orNull(prAuc(positive, truth, weights)),
          brier: brier(positive, truth, weights),
        }
      : null,
    perClass,
  }
}

export function scoreNumbers(
  predicted: Float64Array,
  truth: Float64Array,
  weights: Float64Array | null,
  model: { objective: string; parameter: number },
): NumberScores {
  return {
    kind: 'numbers',
    rows: truth.length,
    meanAbsoluteError: meanAbsoluteError(predicted, truth, weights),
    rootMeanSquaredError: rootMeanSquaredError(predicted, truth, weights),
    meanAbsolutePercentageError: meanAbsolutePercentageError(predicted, truth, weights),
    rSquared: rSquared(predicted, truth, weights),
    objectiveLoss: objectiveLoss(predicted, truth, weights, model),
    gini: gini(predicted, truth, weights),
  }
}

function objectiveLoss(
  predicted: Float64Array,
  truth: Float64Array,
  weights: Float64Array | null,
  { objective, parameter }: { objective: string; parameter: number },
): number | null {
  if (objective === 'quantile') return pinballLoss(predicted, truth, parameter, weights)
  if (objective === 'absolute') return pinballLoss(predicted, truth, 0.5, weights)
  if (objective === 'poisson') return meanDeviance(predicted, truth, 1, weights)
  if (objective === 'gamma') return truth.every((y) => y > 0) ? meanDeviance(predicted, truth, 2, weights) : null
  return objective === 'tweedie' ? meanDeviance(predicted, truth, parameter, weights) : null
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
