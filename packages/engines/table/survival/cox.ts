import { z } from 'zod'
import { provenanceOf, startWork, type Warning, type WorkOptions } from '../../contract/index.ts'
import { fault, readColumn, rowsOf, type Table } from '../columns.ts'
import { invertSymmetric, solveSymmetric } from '../glm/cholesky.ts'
import { buildDesign, termSource } from '../glm/design.ts'
import { factorOf, standardise } from '../glm/standardise.ts'
import { chiSquareAbove, normalTwoSided } from '../../numerics/index.ts'
import { readOptions } from '../read-options.ts'
import { concordance } from './concordance.ts'
import { type Outcomes, readOutcomes } from './outcomes.ts'
import type { CoxModel } from './cox-model.ts'
import { linearPredictors, type PartialLikelihood, partialLikelihood } from './partial-likelihood.ts'

export const CoxOptions = z.strictObject({
  time: z.string().describe('Column with the time until the event or the end of observation, above zero'),
  event: z
    .string()
    .describe('Column with 1 (or true) when the event happened, 0 (or false) when observation ended before it'),
  features: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Columns that may change the hazard; all others unless told'),
})
export type CoxOptions = z.input<typeof CoxOptions>

const mostSteps = 40

/** Cox's proportional hazards model (1972) by Newton's method with halved steps; ties after Efron (1977). */
export function fitCox(table: Table, options: CoxOptions & WorkOptions): CoxModel {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ seed, signal, maxMillis, onProgress })
  const read = readOptions(CoxOptions, own)
  const rows = rowsOf(table)
  const outcomes = readOutcomes(table, read.time, read.event)
  const names = read.features ?? Object.keys(table).filter((name) => name !== read.time && name !== read.event)
  if (names.length === 0) throw fault('empty', 'features', null, 'there is no column besides time and event')
  const columns = names.map((name) => readColumn(table, name))
  const sources = columns.map(termSource)
  const plain = buildDesign(columns, sources, rows)
  const { design, means, scales } = standardise(plain, null)
  const k = design.terms.length
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => outcomes.times[b]! - outcomes.times[a]! || a - b,
  )
  const warnings: Warning[] = []
  let coefficients = new Float64Array(k)
  const start = partialLikelihood(design, outcomes, order, coefficients)
  let now = start
  let converged = false
  for (let step = 0; step < mostSteps && !work.expired(); step++) {
    work.progress(step / mostSteps, 'maximising the likelihood')
    const move = solveSymmetric(now.information, now.gradient)
    if (!move)
      throw fault('constant', 'features', null, 'are combinations of each other, or tell nothing; leave one out')
    let next = coefficients.map((value, j) => value + move[j]!)
    let reached = partialLikelihood(design, outcomes, order, next)
    for (let halving = 0; halving < 20 && !(reached.value >= now.value); halving++) {
      next = next.map((value, j) => (value + coefficients[j]!) / 2)
      reached = partialLikelihood(design, outcomes, order, next)
    }
    const gained = reached.value - now.value
    if (!(gained >= 0)) break
    coefficients = next
    now = reached
    if (gained < 1e-10 * (Math.abs(now.value) + 1)) {
      converged = true
      break
    }
  }
  if (!converged && work.expired())
    warnings.push({
      code: 'time-limit',
      message: 'The time limit ended the fit before it converged; the coefficients are the best so far.',
    })
  else if (!converged || coefficients.some((value) => Math.abs(value) > 15))
    warnings.push({
      code: 'not-converged',
      message: 'A coefficient has no finite estimate: some feature tells the events apart without error.',
    })
  const inverse = invertSymmetric(now.information, k)
  const eta = linearPredictors(design, coefficients)
  return {
    time: read.time,
    event: read.event,
    sources,
    terms: plain.terms.map(({ feature, level }, at) => {
      const coefficient = coefficients[at]! / scales[at]!
      const standardError = inverse ? Math.sqrt(inverse[at * k + at]!) / scales[at]! : null
      return {
        feature,
        level,
        coefficient,
        hazardRatio: factorOf(coefficient),
        standardError,
        pValue: standardError === null ? null : normalTwoSided(coefficient / standardError),
        mean: means[at]!,
      }
    }),
    baseline: breslow(outcomes, order, eta),
    fit: {
      rows,
      events: outcomes.events.reduce((sum, event) => sum + event, 0),
      logLikelihood: now.value,
      pValue: likelihoodRatio(start, now, k),
      concordance: concordance(outcomes, eta),
      converged,
    },
    provenance: provenanceOf('table/cox', '1', work.seed, [outcomes, columns, read], warnings),
  }
}

function likelihoodRatio(start: PartialLikelihood, end: PartialLikelihood, terms: number): number {
  return chiSquareAbove(2 * (end.value - start.value), terms)
}

function breslow({ times, events }: Outcomes, order: Uint32Array, eta: Float64Array): CoxModel['baseline'] {
  const parts: { time: number; hazard: number }[] = []
  let risk = 0
  for (let at = 0; at < order.length;) {
    const time = times[order[at]!]!
    let happened = 0
    for (; at < order.length && times[order[at]!] === time; at++) {
      risk += Math.exp(eta[order[at]!]!)
      happened += events[order[at]!]!
    }
    if (happened > 0) parts.push({ time, hazard: happened / risk })
  }
  let sum = 0
  return parts.toReversed().map(({ time, hazard }) => ({ time, hazard: (sum += hazard) }))
}
