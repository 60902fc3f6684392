import { weightedQuantile } from '../metrics/quantile.ts'

/** What boosting minimises. Scores are on the scale of the link; `scores[output * rows + row]`. */
export interface Loss {
  /** Scores per row: the number of classes of a multiclass target, else 1. */
  outputs: number
  /** The best constant score of each output. */
  start(target: Float64Array, weights: Float64Array | null, rows: Uint32Array): number[]
  /** First and second derivative of the loss by the score of one output, at `2 * row` and `2 * row + 1`, for the given rows. */
  derive(
    scores: Float64Array,
    target: Float64Array,
    weights: Float64Array | null,
    rows: Uint32Array,
    output: number,
    derivatives: Float64Array,
  ): void
  /** Loss of one row, without its weight; up to a constant that depends on the target alone. */
  of(scores: Float64Array, target: number, row: number, total: number): number
  /** Leaves of a piecewise linear loss have no useful second derivative: their output is this quantile of what is left. */
  quantile: number | null
  /** Largest output of a leaf, before the learning rate. */
  longestStep: number
}

/**
 * Newton's step on a logarithmic scale goes too far, up to infinity, where the curvature is small: an expected value changes
 * by at most a factor of exp(3) at a time, before the learning rate (as `max_delta_step` of Chen & Guestrin 2016 does).
 */
const logStep = 3

export type LossName = 'binary' | 'multiclass' | 'squared' | 'absolute' | 'quantile' | 'poisson' | 'gamma' | 'tweedie'

/** @param parameter classes of multiclass, level of quantile, power of tweedie */
export function lossOf(name: LossName, parameter: number): Loss {
  switch (name) {
    case 'binary':
      return binary
    case 'multiclass':
      return multiclass(parameter)
    case 'squared':
      return squared
    case 'absolute':
      return pinball(0.5)
    case 'quantile':
      return pinball(parameter)
    case 'poisson':
      return poisson
    case 'gamma':
      return gamma
    case 'tweedie':
      return tweedie(parameter)
  }
}

/** What a score means: a probability, an expected value. Multiclass scores go through `softmax`. */
export function inverseLink(name: LossName, score: number): number {
  if (name === 'binary') return 1 / (1 + Math.exp(-score))
  return name === 'poisson' || name === 'gamma' || name === 'tweedie' ? Math.exp(score) : score
}

/** Probabilities of the classes from their scores, in place. */
export function softmax(scores: Float64Array): Float64Array {
  let most = -Infinity
  for (const score of scores) if (score > most) most = score
  let sum = 0
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k]! - most)
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum
  return scores
}

/** Mean loss of some rows. */
export function meanLoss(
  loss: Loss,
  scores: Float64Array,
  target: Float64Array,
  weights: Float64Array | null,
  rows: Uint32Array,
): number {
  let sum = 0
  let weight = 0
  for (const row of rows) {
    const each = weights ? weights[row]! : 1
    sum += each * loss.of(scores, target[row]!, row, target.length)
    weight += each
  }
  return sum / weight
}

function mean(target: Float64Array, weights: Float64Array | null, rows: Uint32Array): number {
  let sum = 0
  let weight = 0
  for (const row of rows) {
    const each = weights ? weights[row]! : 1
    sum += each * target[row]!
    weight += each
  }
  return sum / weight
}

/** Keeps log(0) away when a class has no rows. */
const rare = 1e-9

const binary: Loss = {
  outputs: 1,
  quantile: null,
  longestStep: Infinity,
  start(target, weights, rows) {
    const share = Math.min(1 - rare, Math.max(rare, mean(target, weights, rows)))
    return [Math.log(share / (1 - share))]
  },
  derive(scores, target, weights, rows, _output, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const p = 1 / (1 + Math.exp(-scores[row]!))
      const weight = weights ? weights[row]! : 1
      derivatives[2 * row] = weight * (p - target[row]!)
      derivatives[2 * row + 1] = weight * p * (1 - p)
    }
  },
  of(scores, target, row) {
    const score = scores[row]!
    return (score > 0 ? score : 0) + Math.log1p(Math.exp(-Math.abs(score))) - target * score
  },
}

/** Friedman 2001, algorithm 6, with second derivatives; the factor for the one class too many as in LightGBM. */
function multiclass(classes: number): Loss {
  const factor = classes / (classes - 1)
  return {
    outputs: classes,
    quantile: null,
    longestStep: Infinity,
    start(target, weights, rows) {
      const shares = new Float64Array(classes)
      let total = 0
      for (const row of rows) {
        const weight = weights ? weights[row]! : 1
        shares[target[row]!]! += weight
        total += weight
      }
      return Array.from(shares, (share) => Math.log(Math.max(rare, share / total)))
    },
    derive(scores, target, weights, rows, output, derivatives) {
      const total = target.length
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const own = scores[output * total + row]!
        let sum = 0
        for (let k = 0; k < classes; k++) sum += Math.exp(scores[k * total + row]! - own)
        const p = 1 / sum
        const weight = weights ? weights[row]! : 1
        derivatives[2 * row] = weight * (p - (target[row] === output ? 1 : 0))
        derivatives[2 * row + 1] = Math.max(1e-16, weight * factor * p * (1 - p))
      }
    },
    of(scores, target, row, total) {
      const own = scores[target * total + row]!
      let sum = 0
      for (let k = 0; k < classes; k++) sum += Math.exp(scores[k * total + row]! - own)
      return Math.log(sum)
    },
  }
}

const squared: Loss = {
  outputs: 1,
  quantile: null,
  longestStep: Infinity,
  start: (target, weights, rows) => [mean(target, weights, rows)],
  derive(scores, target, weights, rows, _output, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const weight = weights ? weights[row]! : 1
      derivatives[2 * row] = weight * (scores[row]! - target[row]!)
      derivatives[2 * row + 1] = weight
    }
  },
  of(scores, target, row) {
    const error = scores[row]! - target
    return 0.5 * error * error
  },
}

/** Koenker & Bassett 1978. */
function pinball(level: number): Loss {
  return {
    outputs: 1,
    quantile: level,
    longestStep: Infinity,
    start: (target, weights, rows) => [weightedQuantile(target, weights, rows, level)],
    derive(scores, target, weights, rows, _output, derivatives) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const weight = weights ? weights[row]! : 1
        const error = target[row]! - scores[row]!
        derivatives[2 * row] = weight * (error > 0 ? -level : error < 0 ? 1 - level : 0)
        derivatives[2 * row + 1] = weight
      }
    },
    of(scores, target, row) {
      const error = target - scores[row]!
      return error > 0 ? level * error : (level - 1) * error
    },
  }
}

const poisson: Loss = {
  outputs: 1,
  quantile: null,
  longestStep: logStep,
  start: (target, weights, rows) => [Math.log(Math.max(rare, mean(target, weights, rows)))],
  derive(scores, target, weights, rows, _output, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const weight = weights ? weights[row]! : 1
      const expected = Math.exp(scores[row]!)
      derivatives[2 * row] = weight * (expected - target[row]!)
      derivatives[2 * row + 1] = weight * expected
    }
  },
  of: (scores, target, row) => Math.exp(scores[row]!) - target * scores[row]!,
}

const gamma: Loss = {
  outputs: 1,
  quantile: null,
  longestStep: logStep,
  start: (target, weights, rows) => [Math.log(Math.max(rare, mean(target, weights, rows)))],
  derive(scores, target, weights, rows, _output, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const weight = weights ? weights[row]! : 1
      const ratio = target[row]! * Math.exp(-scores[row]!)
      derivatives[2 * row] = weight * (1 - ratio)
      derivatives[2 * row + 1] = weight * ratio
    }
  },
  of: (scores, target, row) => scores[row]! + target * Math.exp(-scores[row]!),
}

/** Compound Poisson-Gamma (Jorgensen 1987) with 1 < power < 2 and log link. */
function tweedie(power: number): Loss {
  return {
    outputs: 1,
    quantile: null,
    longestStep: logStep,
    start: (target, weights, rows) => [Math.log(Math.max(rare, mean(target, weights, rows)))],
    derive(scores, target, weights, rows, _output, derivatives) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const weight = weights ? weights[row]! : 1
        const a = target[row]! * Math.exp((1 - power) * scores[row]!)
        const b = Math.exp((2 - power) * scores[row]!)
        derivatives[2 * row] = weight * (b - a)
        derivatives[2 * row + 1] = weight * ((2 - power) * b - (1 - power) * a)
      }
    },
    of: (scores, target, row) =>
      Math.exp((2 - power) * scores[row]!) / (2 - power) -
      (target * Math.exp((1 - power) * scores[row]!)) / (1 - power),
  }
}
