import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance, type Warning } from '../../contract/index.ts'
import { developedShares, developmentFactors, reserveOf, totalOf, type OriginReserve } from './chain-ladder.ts'
import { checkTriangle, type Triangle } from './triangle.ts'

export interface MackReserve extends OriginReserve {
  /** Root of the mean squared error of prediction. */
  standardError: number
  /** Its part from chance in the claims to come, and its part from the estimated factors. */
  processError: number
  parameterError: number
}

export interface Mack {
  factors: number[]
  /** Variance parameter of each factor. */
  sigmaSquared: number[]
  origins: MackReserve[]
  total: MackReserve
  provenance: Provenance
}

export const MackOptions = z.object({
  lastVariance: z
    .enum(['mack', 'log-linear'])
    .default('mack')
    .describe('How the last variance, for which one figure remains, follows from those before it'),
})

/**
 * Chain ladder with the standard error of Mack (1993, Distribution-free calculation of the standard error of chain ladder
 * reserve estimates), without a distribution for claims. The last variance is extrapolated by his rule, or along a line
 * through the logarithms of the others.
 */
export function mackChainLadder(triangle: Triangle, options: z.input<typeof MackOptions> = {}): Mack {
  const { lastVariance } = checkInput(MackOptions, options)
  const { origins, rows, periods } = checkTriangle(triangle)
  const factors = developmentFactors(rows)
  const developed = developedShares(factors)
  const warnings: Warning[] = []
  const { sigmaSquared, volume } = variances(rows, factors, lastVariance, warnings)
  const last = periods - 1

  const estimates = rows.map((row, i) => {
    const latest = row.at(-1) ?? 0
    const start = row.length - 1
    const ultimate = latest / (developed[start] ?? 1)
    let [process, parameter, claims] = [0, 0, latest]
    for (let k = start; k < last; k++) {
      const relative = (sigmaSquared[k] ?? 0) / (factors[k] ?? 1) ** 2
      if (claims > 0) process += relative / claims
      parameter += relative / (volume[k] ?? 1)
      claims *= factors[k] ?? 1
    }
    const base = reserveOf(origins[i] ?? '', latest, ultimate)
    return {
      ...base,
      standardError: ultimate * Math.sqrt(process + parameter),
      processError: ultimate * Math.sqrt(process),
      parameterError: ultimate * Math.sqrt(parameter),
    }
  })
  // Origins share the estimated factors: their errors move together (Mack 1993, corollary).
  let [process, parameter] = [0, 0]
  for (const [i, each] of estimates.entries()) {
    process += each.processError ** 2
    for (const [j, other] of estimates.entries()) {
      const start = Math.max(rows[i]?.length ?? 0, rows[j]?.length ?? 0) - 1
      let shared = 0
      for (let k = start; k < last; k++) shared += (sigmaSquared[k] ?? 0) / (factors[k] ?? 1) ** 2 / (volume[k] ?? 1)
      parameter += each.ultimate * other.ultimate * shared
    }
  }
  return {
    factors,
    sigmaSquared,
    origins: estimates,
    total: {
      ...totalOf(estimates),
      standardError: Math.sqrt(process + parameter),
      processError: Math.sqrt(process),
      parameterError: Math.sqrt(parameter),
    },
    provenance: provenanceOf('stats/mack', '1', 1, [triangle, lastVariance], warnings),
  }
}

/** sigma^2 per factor, and the claims each factor was estimated from. */
function variances(
  rows: readonly (readonly number[])[],
  factors: readonly number[],
  rule: 'mack' | 'log-linear',
  warnings: Warning[],
) {
  const volume = factors.map(() => 0)
  const sigmaSquared: number[] = []
  // Periods before this one have a variance of their own.
  let own: number | undefined
  for (const [k, factor] of factors.entries()) {
    let [sum, count] = [0, 0]
    for (const row of rows) {
      if (row.length < k + 2) continue
      const before = row[k] ?? 0
      volume[k] = (volume[k] ?? 0) + before
      count++
      if (before > 0) sum += before * ((row[k + 1] ?? 0) / before - factor) ** 2
    }
    if (count > 1) sigmaSquared.push(sum / (count - 1))
    else {
      const line = rule === 'log-linear' ? logLine(sigmaSquared.slice(0, own ?? k)) : null
      own ??= k
      if (line) {
        sigmaSquared.push(line(k))
        continue
      }
      const [two = 0, one = 0] = [sigmaSquared[k - 2], sigmaSquared[k - 1]]
      sigmaSquared.push(two > 0 ? Math.min(one ** 2 / two, two, one) : one)
      if (k < 2)
        warnings.push({
          code: 'few-periods',
          message: 'The triangle is too small for an error of its own in each period.',
        })
    }
  }
  return { sigmaSquared, volume }
}

/** A line through the logarithms of what is above zero; null when that is not enough for one. */
function logLine(values: readonly number[]): ((at: number) => number) | null {
  const points = values.flatMap((value, at) => (value > 0 ? [{ at, log: Math.log(value) }] : []))
  if (points.length < 2) return null
  const centre = points.reduce((sum, { at }) => sum + at, 0) / points.length
  const level = points.reduce((sum, { log }) => sum + log, 0) / points.length
  const spread = points.reduce((sum, { at }) => sum + (at - centre) ** 2, 0)
  const slope = points.reduce((sum, { at, log }) => sum + (at - centre) * (log - level), 0) / spread
  return (at) => Math.exp(level + slope * (at - centre))
}
