import type { Work } from '../../contract/index.ts'
import { solveSymmetric } from './cholesky.ts'
import { coordinateDescent } from './coordinate-descent.ts'
import type { Design } from './design.ts'
import type { Family } from './families.ts'

/** Coefficients on the standardised scale; the intercept first. */
export interface IrlsFit {
  coefficients: Float64Array
  /** X'WX at the solution, `[k][k]`, per unit of weight; of a fit without a penalty only. */
  gram: Float64Array
  /** Deviance per unit of weight. */
  deviance: number
  converged: boolean
  /** A term is a combination of others, so that without a penalty the coefficients are not determined. */
  singular: boolean
}

export interface Penalty {
  /** Strength, in units of mean loss; 0: none. */
  lambda: number
  /** 1: lasso, 0: ridge (elastic net: Zou & Hastie 2005). */
  alpha: number
  /** Share of the loss below which steps end, where less than the default will do. */
  tolerance?: number
}

const mostSteps = 50
/** Least squares need one step; other steps end where the loss falls by less than this share. */
const converges = 1e-10

/**
 * Iteratively reweighted least squares (Nelder & Wedderburn 1972), each step solved exactly or, with a penalty, by coordinate descent. A step that makes
 * the loss worse is halved (McCullagh & Nelder 1989).
 *
 * @param design standardised terms @param rows rows to learn from @param offset fixed part of the linear predictor, or null
 * @param begin coefficients to begin with, for instance of a stronger penalty
 */
export function fitIrls(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  rows: Uint32Array,
  family: Family,
  penalty: Penalty,
  begin: Float64Array | null,
  work: Work,
): IrlsFit {
  const k = design.terms.length + 1
  const penalties = new Float64Array(k).fill(1)
  penalties[0] = 0
  const l1 = penalty.lambda * penalty.alpha
  const l2 = penalty.lambda * (1 - penalty.alpha)
  let total = 0
  for (const row of rows) total += weights ? weights[row]! : 1
  let coefficients = begin?.slice() ?? startAt(target, weights, offset, rows, family, k, total)
  let loss = lossOf(coefficients)
  let converged = false
  let singular = false
  let gram = new Float64Array(k * k)

  function etaOf(row: number, at: Float64Array): number {
    let eta = at[0]! + (offset ? offset[row]! : 0)
    for (let j = 1; j < k; j++) eta += at[j]! * design.values[(j - 1) * design.rows + row]!
    return eta
  }
  function lossOf(at: Float64Array): number {
    let sum = 0
    for (const row of rows)
      sum += (weights ? weights[row]! : 1) * family.deviance(target[row]!, family.mean(etaOf(row, at)))
    let punished = 0
    for (let j = 1; j < k; j++) punished += l1 * Math.abs(at[j]!) + (l2 / 2) * at[j]! ** 2
    return sum / total / 2 + punished
  }

  for (let step = 0; step < mostSteps && !(work.expired() && step > 0); step++) {
    const system = normalEquations(
      design,
      target,
      weights,
      rows,
      family,
      total,
      (row) => etaOf(row, coefficients),
      offset,
    )
    gram = system.gram
    let next: Float64Array = coefficients.slice()
    if (penalty.lambda > 0) coordinateDescent(gram, system.moments, penalties, l1, l2, next)
    else {
      const exact = solveSymmetric(gram, system.moments)
      if (exact) next = exact
      else {
        singular = true
        coordinateDescent(gram, system.moments, penalties, 0, 0, next)
      }
    }
    let reached = lossOf(next)
    for (let halving = 0; halving < 30 && !(reached <= loss + 1e-14 * Math.abs(loss)); halving++) {
      next = next.map((value, j) => (value + coefficients[j]!) / 2)
      reached = lossOf(next)
    }
    const gained = loss - reached
    if (gained >= 0) {
      coefficients = next
      loss = reached
    }
    if (family.link === 'identity' || Math.abs(gained) <= (penalty.tolerance ?? converges) * (Math.abs(loss) + 0.1)) {
      converged = true
      break
    }
  }
  if (penalty.lambda === 0)
    gram = normalEquations(design, target, weights, rows, family, total, (row) => etaOf(row, coefficients), offset).gram
  let deviance = 0
  for (const row of rows)
    deviance += (weights ? weights[row]! : 1) * family.deviance(target[row]!, family.mean(etaOf(row, coefficients)))
  return { coefficients, gram, deviance: deviance / total, converged, singular }
}

function startAt(
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  rows: Uint32Array,
  family: Family,
  k: number,
  total: number,
): Float64Array {
  let sum = 0
  let exposure = 0
  for (const row of rows) {
    const weight = weights ? weights[row]! : 1
    sum += weight * target[row]!
    exposure += weight * (offset && family.link === 'log' ? Math.exp(offset[row]!) : 1)
  }
  const coefficients = new Float64Array(k)
  const mean = sum / (family.link === 'log' ? exposure : total)
  const inside =
    family.link === 'logit'
      ? Math.min(1 - 1e-6, Math.max(1e-6, mean))
      : family.link === 'log'
        ? Math.max(1e-12, mean)
        : mean
  coefficients[0] = family.linear(inside)
  return coefficients
}

function normalEquations(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  rows: Uint32Array,
  family: Family,
  total: number,
  etaOf: (row: number) => number,
  offset: Float64Array | null,
): { gram: Float64Array<ArrayBuffer>; moments: Float64Array } {
  const k = design.terms.length + 1
  const gram = new Float64Array(k * k)
  const moments = new Float64Array(k)
  const x = new Float64Array(k)
  x[0] = 1
  for (const row of rows) {
    const eta = etaOf(row)
    const mean = family.mean(eta)
    const slope = family.slope(mean)
    const weight = ((weights ? weights[row]! : 1) * slope * slope) / family.variance(mean) / total
    if (!(weight > 0)) continue
    const working = eta - (offset ? offset[row]! : 0) + (target[row]! - mean) / slope
    for (let j = 1; j < k; j++) x[j] = design.values[(j - 1) * design.rows + row]!
    for (let j = 0; j < k; j++) {
      const part = weight * x[j]!
      if (part === 0) continue
      moments[j]! += part * working
      for (let i = 0; i <= j; i++) gram[j * k + i]! += part * x[i]!
    }
  }
  for (let j = 0; j < k; j++) for (let i = 0; i < j; i++) gram[i * k + j] = gram[j * k + i]!
  return { gram, moments }
}
