import type { Work } from '../../contract/index.ts'
import type { Fold } from '../cross-validation/folds.ts'
import type { Design } from './design.ts'
import type { Family } from './families.ts'
import { createPathFit } from './path-fit.ts'

/** Strengths on the path, evenly spaced in their logarithm. */
const steps = 60
const smallest = 1e-4
/** The path ends where a step explains less than this share of the deviance more, after so many steps. */
const leastGain = 1e-5
const fewestSteps = 5

/**
 * The penalty with the least deviance out of fold, on a path from the one that leaves no term (Friedman, Hastie & Tibshirani 2010, section 2.5). Each
 * fit begins where the one before ended; where a weaker penalty no longer explains more, the rest of the path is not walked.
 */
export function penaltyPath(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  family: Family,
  alpha: number,
  folds: readonly Fold[],
  work: Work,
): { lambda: number; cut: boolean } {
  const all = Uint32Array.from({ length: design.rows }, (_, row) => row)
  const strongest = strongestPenalty(design, target, weights, offset, family, alpha, all)
  // Of the folds that were finished; of the first one as far as it came.
  let sums = new Float64Array(steps)
  const lambdas = Array.from({ length: steps }, (_, step) => strongest * smallest ** (step / (steps - 1)))
  let reached = steps
  let done = 0
  let cut = false
  for (const [fold, { train, test }] of folds.entries()) {
    const own = sums.slice()
    const fit = createPathFit(design, target, weights, offset, train, family, alpha, work)
    let deviance: number | null = null
    let foresight = 0
    let ended = false
    for (let step = 0; step < reached; step++) {
      if (work.expired() && (fold > 0 || step > 0)) {
        cut = true
        if (fold === 0) reached = step
        break
      }
      if (!ended) {
        const fitted = fit(lambdas[step]!)
        ended = deviance !== null && step >= fewestSteps && deviance - fitted.deviance < leastGain * deviance
        deviance = fitted.deviance
        foresight = devianceOf(design, target, weights, offset, test, family, fitted.coefficients)
      }
      own[step]! += foresight
      work.progress((0.9 * ++done) / (steps * folds.length), 'choosing the penalty')
    }
    if (!cut || fold === 0) sums = own
    if (cut) break
  }
  let best = 0
  for (let step = 1; step < reached; step++) if (sums[step]! < sums[best]!) best = step
  return { lambda: lambdas[best]!, cut }
}

function devianceOf(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  rows: Uint32Array,
  family: Family,
  coefficients: Float64Array,
): number {
  const used = design.terms.flatMap((_, term) => (coefficients[term + 1] === 0 ? [] : [term]))
  let sum = 0
  for (const row of rows) {
    let eta = coefficients[0]! + (offset ? offset[row]! : 0)
    for (const term of used) eta += coefficients[term + 1]! * design.values[term * design.rows + row]!
    sum += (weights ? weights[row]! : 1) * family.deviance(target[row]!, family.mean(eta))
  }
  return sum
}

/** The smallest penalty under which every coefficient is zero; for ridge, which has none, that of a lasso share of 0.001. */
function strongestPenalty(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  family: Family,
  alpha: number,
  rows: Uint32Array,
): number {
  let total = 0
  let sum = 0
  let exposure = 0
  const shift = (row: number) => (offset ? offset[row]! : 0)
  for (const row of rows) {
    const weight = weights ? weights[row]! : 1
    total += weight
    sum += weight * target[row]!
    exposure += weight * (family.link === 'log' ? Math.exp(shift(row)) : 1)
  }
  const base = family.linear(sum / exposure)
  let most = 0
  for (let term = 0; term < design.terms.length; term++) {
    let slope = 0
    for (const row of rows) {
      const mean = family.mean(base + shift(row))
      const weight = weights ? weights[row]! : 1
      slope +=
        (weight * design.values[term * design.rows + row]! * (target[row]! - mean) * family.slope(mean)) /
        family.variance(mean)
    }
    most = Math.max(most, Math.abs(slope) / total)
  }
  return most / Math.max(alpha, 0.001)
}
