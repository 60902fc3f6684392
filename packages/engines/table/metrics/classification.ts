/** Scores of a binary classifier. `probability` is of the class that `truth` calls 1; weights may be null. */

/** Rows in order of falling probability; equal probabilities form one step. */
function steps(
  probability: Float64Array,
  truth: Float64Array,
  weights: Float64Array | null,
  visit: (truePositives: number, falsePositives: number, threshold: number) => void,
): { positives: number; negatives: number } {
  const order = Uint32Array.from(probability.keys()).sort((a, b) => probability[b]! - probability[a]!)
  let truePositives = 0
  let falsePositives = 0
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!
    const weight = weights ? weights[row]! : 1
    if (truth[row] === 1) truePositives += weight
    else falsePositives += weight
    if (at + 1 === order.length || probability[order[at + 1]!] !== probability[row])
      visit(truePositives, falsePositives, probability[row]!)
  }
  return { positives: truePositives, negatives: falsePositives }
}

/** Area under the ROC curve: the chance that a positive row is above a negative one, ties counted half. NaN when there is only one class. */
export function rocAuc(probability: Float64Array, truth: Float64Array, weights: Float64Array | null = null): number {
  let area = 0
  let [lastTrue, lastFalse] = [0, 0]
  const { positives, negatives } = steps(probability, truth, weights, (truePositives, falsePositives) => {
    area += ((falsePositives - lastFalse) * (truePositives + lastTrue)) / 2
    lastTrue = truePositives
    lastFalse = falsePositives
  })
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : Number.NaN
}

/** Average precision: the area under precision over recall, as a sum of steps (not interpolated: Davis & Goadrich 2006). */
export function prAuc(probability: Float64Array, truth: Float64Array, weights: Float64Array | null = null): number {
  let area = 0
  let lastTrue = 0
  const { positives } = steps(probability, truth, weights, (truePositives, falsePositives) => {
    // The first rows may have no weight.
    if (truePositives > 0) area += ((truePositives - lastTrue) * truePositives) / (truePositives + falsePositives)
    lastTrue = truePositives
  })
  return positives > 0 ? area / positives : Number.NaN
}

/** The threshold with the largest F1, halfway to the next probability below; 0.5 when there is no positive row. */
export function bestF1Threshold(
  probability: Float64Array,
  truth: Float64Array,
  weights: Float64Array | null = null,
): number {
  const points: { f1: number; at: number }[] = []
  const seen: [number, number, number][] = []
  const { positives } = steps(probability, truth, weights, (truePositives, falsePositives, at) => {
    seen.push([truePositives, falsePositives, at])
  })
  if (positives === 0) return 0.5
  for (const [truePositives, falsePositives, at] of seen)
    points.push({ f1: (2 * truePositives) / (truePositives + falsePositives + positives), at })
  let best = 0
  points.forEach((point, i) => {
    if (point.f1 > points[best]!.f1) best = i
  })
  const below = points[best + 1]?.at ?? points[best]!.at
  const middle = (points[best]!.at + below) / 2
  return Math.min(1 - 1e-9, Math.max(1e-9, middle))
}

/** Counts of a threshold and what follows from them; a ratio without cases is null. */
export interface Confusion {
  truePositives: number
  falsePositives: number
  falseNegatives: number
  trueNegatives: number
  precision: number | null
  recall: number | null
  f1: number | null
  accuracy: number
}

export function confusion(
  probability: Float64Array,
  truth: Float64Array,
  threshold: number,
  weights: Float64Array | null = null,
): Confusion {
  const counts = [0, 0, 0, 0]
  for (let row = 0; row < truth.length; row++)
    counts[(truth[row] === 1 ? 0 : 1) + (probability[row]! >= threshold ? 0 : 2)]! += weights ? weights[row]! : 1
  const [truePositives, falsePositives, falseNegatives, trueNegatives] = [
    counts[0]!,
    counts[1]!,
    counts[2]!,
    counts[3]!,
  ]
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    accuracy: (truePositives + trueNegatives) / (truePositives + falsePositives + falseNegatives + trueNegatives),
  }
}

export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/** Mean squared distance of probability and outcome (Brier 1950). */
export function brier(probability: Float64Array, truth: Float64Array, weights: Float64Array | null = null): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < truth.length; row++) {
    const weight = weights ? weights[row]! : 1
    sum += weight * (probability[row]! - truth[row]!) ** 2
    total += weight
  }
  return sum / total
}

/** Mean negative logarithm of the probability given to what happened; probabilities are kept 1e-15 away from 0 and 1. */
export function logLoss(probability: Float64Array, truth: Float64Array, weights: Float64Array | null = null): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < truth.length; row++) {
    const weight = weights ? weights[row]! : 1
    const given = truth[row] === 1 ? probability[row]! : 1 - probability[row]!
    sum -= weight * Math.log(Math.min(1, Math.max(1e-15, given)))
    total += weight
  }
  return sum / total
}
