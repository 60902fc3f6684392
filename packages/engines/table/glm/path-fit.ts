import type { Work } from '../../contract/index.ts'
import type { Design } from './design.ts'
import type { Family } from './families.ts'
import { fitIrls, type IrlsFit } from './irls.ts'

/** Enough to compare penalties. */
const tolerance = 1e-7

/**
 * Fits for one penalty after another, each weaker than the one before. Only terms that were in, or that are likely to come
 * in, are fitted (the sequential strong rule: Tibshirani et al. 2012); those that the optimality conditions then say were
 * wrongly left out are added, until there is none: the answer is that of a fit of all terms.
 * @returns the fit, with a coefficient for each term of the design
 */
export function createPathFit(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  rows: Uint32Array,
  family: Family,
  alpha: number,
  work: Work,
): (lambda: number) => Pick<IrlsFit, 'coefficients' | 'deviance'> {
  const terms = design.terms.length
  let before: { lambda: number; coefficients: Float64Array; slopes: Float64Array } | null = null

  /** How fast the mean loss falls with each coefficient. */
  function slopesAt(coefficients: Float64Array): Float64Array {
    const slopes = new Float64Array(terms)
    const used = design.terms.flatMap((_, term) => (coefficients[term + 1] === 0 ? [] : [term]))
    const pull = new Float64Array(rows.length)
    let total = 0
    for (const [k, row] of rows.entries()) {
      let eta = coefficients[0]! + (offset ? offset[row]! : 0)
      for (const term of used) eta += coefficients[term + 1]! * design.values[term * design.rows + row]!
      const mean = family.mean(eta)
      const weight = weights ? weights[row]! : 1
      total += weight
      pull[k] = (weight * (target[row]! - mean) * family.slope(mean)) / family.variance(mean)
    }
    for (let term = 0; term < terms; term++) {
      const base = term * design.rows
      let sum = 0
      for (let k = 0; k < rows.length; k++) sum += pull[k]! * design.values[base + rows[k]!]!
      slopes[term] = sum / total
    }
    return slopes
  }

  return (lambda) => {
    const among = new Uint8Array(terms)
    // Without a lasso share every term is in.
    const least = alpha * (before ? 2 * lambda - before.lambda : 0)
    for (let term = 0; term < terms; term++)
      if (!before || alpha === 0 || before.coefficients[term + 1] !== 0 || Math.abs(before.slopes[term]!) >= least)
        among[term] = 1
    let coefficients = before?.coefficients ?? null
    for (;;) {
      const taken = design.terms.flatMap((_, term) => (among[term] === 1 ? [term] : []))
      const begin: Float64Array | null =
        coefficients && Float64Array.of(coefficients[0]!, ...taken.map((term) => coefficients![term + 1]!))
      const part = taken.length === terms ? design : partOf(design, taken)
      const fitted = fitIrls(part, target, weights, offset, rows, family, { lambda, alpha, tolerance }, begin, work)
      coefficients = new Float64Array(terms + 1)
      coefficients[0] = fitted.coefficients[0]!
      for (const [k, term] of taken.entries()) coefficients[term + 1] = fitted.coefficients[k + 1]!
      const slopes = slopesAt(coefficients)
      let missed = false
      for (let term = 0; term < terms; term++)
        if (among[term] === 0 && Math.abs(slopes[term]!) > alpha * lambda) {
          among[term] = 1
          missed = true
        }
      if (!missed || work.expired()) {
        before = { lambda, coefficients, slopes }
        return { coefficients, deviance: fitted.deviance }
      }
    }
  }
}

function partOf({ rows, terms, values }: Design, taken: readonly number[]): Design {
  const part = new Float64Array(taken.length * rows)
  for (const [k, term] of taken.entries()) part.set(values.subarray(term * rows, (term + 1) * rows), k * rows)
  return { rows, terms: taken.map((term) => terms[term]!), values: part }
}
