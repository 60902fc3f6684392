import { provenanceOf, startWork, type Warning, type Work, type WorkOptions } from '../../contract/index.ts'
import { fault, readColumn, readCompleteNumbers, refuseRows, rowsOf, type Table } from '../columns.ts'
import { divideRows } from '../cross-validation/divide-rows.ts'
import { normalTwoSided, studentTwoSided } from '../../numerics/index.ts'
import { readOptions } from '../read-options.ts'
import { readBinaryTarget, readNumericTarget, readWeights } from '../target.ts'
import { invertSymmetric } from './cholesky.ts'
import { buildDesign, type Design, termSource } from './design.ts'
import { type Family, familyOf } from './families.ts'
import { fitIrls, type IrlsFit } from './irls.ts'
import type { GlmModel, GlmTerm } from './model.ts'
import { GlmOptions } from './options.ts'
import { penaltyPath } from './penalty-path.ts'
import { factorOf, standardise, unscale } from './standardise.ts'

const glmVersion = '3'

/** The intercept's cross products grow with the square of the terms. */
const mostTerms = 2000

/**
 * Generalised linear model, plain or with an elastic net penalty whose strength can be chosen by cross-validation. Numeric columns enter as they are,
 * categories against their most frequent level; missing values as a term of their own.
 *
 * @throws EngineInputError for options, columns and rows that cannot be learnt from
 */
export function fitGlm(table: Table, options: GlmOptions & WorkOptions): GlmModel {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ seed, signal, maxMillis, onProgress })
  const read = readOptions(GlmOptions, own)
  const rows = rowsOf(table)
  const family = familyOf(read.family, read.power)
  const target =
    read.family === 'binomial'
      ? readBinaryTarget(table, read.target, read.positive)
      : readNumericTarget(table, read.target, family.domain)
  const weights = read.weight === undefined ? null : readWeights(table, read.weight)
  const offset = read.exposure === undefined ? null : readOffset(table, read.exposure, family)
  const taken = [read.target, read.weight, read.exposure, read.folding.group, read.folding.time]
  const names = read.features ?? Object.keys(table).filter((name) => !taken.includes(name))
  for (const name of names)
    if (name === read.target) throw fault('out-of-range', 'features', null, `"${name}" is the target`)
  if (new Set(names).size < names.length) throw fault('duplicate-key', 'features', null, 'names a column twice')
  const columns = names.map((name) => readColumn(table, name))
  const sources = columns.map(termSource)
  const plain = buildDesign(columns, sources, rows)
  const terms = plain.terms.length + 1
  if (terms > mostTerms)
    throw fault(
      'out-of-range',
      'features',
      null,
      `make ${String(terms)} terms; at most ${String(mostTerms)}. Group rare categories`,
    )
  // A row without weight is not there.
  const all = Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => !weights || weights[row]! > 0)
  if (read.lambda === 0 && all.length <= terms)
    throw fault(
      'too-few-rows',
      'table',
      null,
      `has ${String(all.length)} rows for ${String(terms)} terms; take fewer, or a penalty`,
    )
  const { design, means, scales } = standardise(plain, weights)
  const warnings: Warning[] = []
  let lambda = read.lambda
  if (lambda === 'auto') {
    const strata = target.classes ? target.values : null
    const folds = divideRows(table, rows, read.folding, strata, work.seed)
    const path = penaltyPath(design, target.values, weights, offset, family, read.alpha, folds, work)
    lambda = path.lambda
    if (path.cut) warnings.push({ code: 'time-limit', message: 'The time limit ended the search for the penalty.' })
  }
  work.progress(0.9, 'fitting all rows')
  const fitted = fitIrls(design, target.values, weights, offset, all, family, { lambda, alpha: read.alpha }, null, work)
  warnings.push(...warningsOf(fitted, work))
  if (read.family === 'binomial' && fitted.deviance < 1e-6)
    warnings.push({
      code: 'separated',
      message:
        'The features tell the classes apart without error: coefficients have no finite estimate. Use a penalty (lambda).',
    })
  const none = fitIrls(
    withoutTerms(design),
    target.values,
    weights,
    offset,
    all,
    family,
    { lambda: 0, alpha: 0 },
    null,
    work,
  )
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : rows
  const degreesOfFreedom = Math.max(0, all.length - terms)
  const coefficients = unscale(fitted.coefficients, means, scales)
  const dispersion = family.estimatesDispersion
    ? pearson(plain, target.values, weights, offset, family, coefficients) / Math.max(1, degreesOfFreedom)
    : 1
  const errors = lambda === 0 && !fitted.singular ? standardErrors(fitted, means, scales, dispersion / total) : null
  return {
    family: read.family,
    power: read.power,
    link: family.link,
    target: read.target,
    classes: target.classes,
    exposure: read.exposure ?? null,
    sources,
    intercept: { coefficient: coefficients[0]!, standardError: errors?.[0] ?? null },
    terms: plain.terms.map(({ feature, level }, at): GlmTerm => {
      const coefficient = coefficients[at + 1]!
      const standardError = errors?.[at + 1] ?? null
      // Of a fit without any error 0 / 0 says nothing.
      const z =
        standardError === null || (standardError === 0 && coefficient === 0) ? null : coefficient / standardError
      const pValue =
        z === null ? null : family.estimatesDispersion ? studentTwoSided(z, degreesOfFreedom) : normalTwoSided(z)
      const relativity = family.link === 'identity' ? null : factorOf(coefficient)
      return { feature, level, coefficient, relativity, standardError, pValue, mean: means[at]! }
    }),
    penalty: { lambda, alpha: read.alpha, chosen: read.lambda === 'auto' ? 'cross-validation' : 'given' },
    fit: {
      rows: all.length,
      deviance: fitted.deviance * total,
      nullDeviance: none.deviance * total,
      dispersion,
      degreesOfFreedom,
      converged: fitted.converged,
    },
    provenance: provenanceOf(
      'table/glm',
      glmVersion,
      work.seed,
      [columns, target.values, weights, offset, read],
      warnings,
    ),
  }
}

/** Logarithm of the exposure. */
export function readOffset(table: Table, name: string, family: Family): Float64Array {
  if (family.link !== 'log') throw fault('out-of-range', 'exposure', null, 'needs a family with a log link')
  const exposure = readCompleteNumbers(table, name)
  refuseRows('out-of-range', name, exposure.length, (row) =>
    exposure[row]! > 0 ? null : `is ${String(exposure[row])}; exposure is above zero`,
  )
  return exposure.map((each) => Math.log(each))
}

function withoutTerms(design: Design): Design {
  return { rows: design.rows, terms: [], values: new Float64Array(0) }
}

function standardErrors(
  fit: IrlsFit,
  means: readonly number[],
  scales: readonly number[],
  scale: number,
): Float64Array | null {
  const k = fit.coefficients.length
  const inverse = invertSymmetric(fit.gram, k)
  if (!inverse) return null
  const errors = new Float64Array(k)
  scales.forEach((each, at) => {
    errors[at + 1] = Math.sqrt(inverse[(at + 1) * k + at + 1]! * scale) / each
  })
  // The intercept is a combination of all standardised coefficients.
  const weights = [1, ...means.map((mean, at) => -mean / scales[at]!)]
  let variance = 0
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) variance += weights[i]! * weights[j]! * inverse[i * k + j]!
  errors[0] = Math.sqrt(variance * scale)
  return errors
}

function pearson(
  design: Design,
  target: Float64Array,
  weights: Float64Array | null,
  offset: Float64Array | null,
  family: Family,
  coefficients: Float64Array,
): number {
  let sum = 0
  for (let row = 0; row < design.rows; row++) {
    let eta = coefficients[0]! + (offset ? offset[row]! : 0)
    for (let term = 0; term < design.terms.length; term++)
      eta += coefficients[term + 1]! * design.values[term * design.rows + row]!
    const mean = family.mean(eta)
    sum += ((weights ? weights[row]! : 1) * (target[row]! - mean) ** 2) / family.variance(mean)
  }
  return sum
}

function warningsOf(fit: IrlsFit, work: Work): Warning[] {
  const warnings: Warning[] = []
  if (!fit.converged)
    warnings.push(
      work.expired()
        ? { code: 'time-limit', message: 'The time limit ended the fit before it converged.' }
        : {
            code: 'not-converged',
            message: 'The fit did not converge; classes may be separated. A penalty (lambda) helps.',
          },
    )
  if (fit.singular)
    warnings.push({
      code: 'collinear',
      message:
        'Terms are combinations of each other: the predictions hold, single coefficients do not. Leave a column out, or use a penalty.',
    })
  return warnings
}
