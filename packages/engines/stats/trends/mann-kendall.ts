import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { normalAbove } from '../../numerics/index.ts'
import { mostValues, senSlopeOf } from './sen-slope.ts'

export const Series = z
  .array(z.number().nullable())
  .min(3)
  .max(mostValues)
  .describe('Values at equal steps, oldest first; null where nothing was measured')

export const TrendOptions = z.object({
  period: z
    .int()
    .min(2)
    .optional()
    .describe('Steps per year: seasons are compared with themselves (Hirsch & Slack 1982)'),
  autocorrelated: z
    .boolean()
    .default(false)
    .describe('Correct the variance for values that follow each other (Hamed & Rao 1998); without seasons'),
  significance: z.number().gt(0).lt(0.5).default(0.05),
})

export interface Trend {
  trend: 'increasing' | 'decreasing' | 'none'
  pValue: number
  z: number
  /** Kendall's S: concordant less discordant pairs. */
  s: number
  varianceOfS: number
  tau: number
  /** Change per step (per year with seasons), median of all pairs (Theil 1950, Sen 1968). */
  slope: number
  provenance: Provenance
}

/** Whether a series rises or falls, without a shape or a distribution (Mann 1945, Kendall 1975; ties corrected). */
export function mannKendall(series: readonly (number | null)[], options: z.input<typeof TrendOptions> = {}): Trend {
  const checked = checkInput(Series, [...series], 'series')
  const { period, autocorrelated, significance } = checkInput(TrendOptions, options)
  if (period !== undefined && autocorrelated)
    throw new EngineInputError('out-of-range', [
      { field: 'autocorrelated', row: null, message: 'is for series without a period' },
    ])
  const seasons = Array.from({ length: period ?? 1 }, (_, season) =>
    checked.flatMap((value, at) =>
      value !== null && at % (period ?? 1) === season ? [{ at: Math.floor(at / (period ?? 1)), value }] : [],
    ),
  )
  const known = seasons.reduce((sum, season) => sum + season.length, 0)
  if (known < 3 || seasons.every((season) => season.length < 2))
    throw new EngineInputError('too-few-rows', [{ field: 'series', row: null, message: 'needs at least 3 values' }])
  let [s, varianceOfS, pairs] = [0, 0, 0]
  for (const season of seasons) {
    const own = kendall(season.map(({ value }) => value))
    s += own.s
    varianceOfS += own.variance
    pairs += (season.length * (season.length - 1)) / 2
  }
  const slope = senSlopeOf(seasons)
  if (autocorrelated) varianceOfS *= inflation(seasons[0] ?? [], slope)
  const z = varianceOfS > 0 ? (s - Math.sign(s)) / Math.sqrt(varianceOfS) : 0
  const pValue = Math.min(1, 2 * normalAbove(Math.abs(z)))
  return {
    trend: pValue >= significance || s === 0 ? 'none' : s > 0 ? 'increasing' : 'decreasing',
    pValue,
    z,
    s,
    varianceOfS,
    tau: s / pairs,
    slope,
    provenance: provenanceOf('stats/mann-kendall', '1', 1, [series, { period, autocorrelated, significance }]),
  }
}

function kendall(values: readonly number[]): { s: number; variance: number } {
  const n = values.length
  let s = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign((values[j] ?? 0) - (values[i] ?? 0))
  const ties = new Map<number, number>()
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1)
  let variance = n * (n - 1) * (2 * n + 5)
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5)
  return { s, variance: variance / 18 }
}

/** n / n* of Hamed & Rao (1998, eq. 15), from significant autocorrelations of the ranks of the detrended values. */
function inflation(points: readonly { at: number; value: number }[], slope: number): number {
  const n = points.length
  const rest = points.map(({ at, value }) => value - slope * at)
  const ranks = ranksOf(rest)
  const middle = (n + 1) / 2
  const spread = ranks.reduce((sum, rank) => sum + (rank - middle) ** 2, 0)
  if (!(spread > 0)) return 1
  let sum = 0
  for (let lag = 1; lag < n - 2; lag++) {
    let together = 0
    for (let i = 0; i + lag < n; i++) together += ((ranks[i] ?? 0) - middle) * ((ranks[i + lag] ?? 0) - middle)
    const correlation = together / spread
    // 5 % limits of the autocorrelation of independent values (Anderson 1942).
    if (Math.abs(correlation + 1 / (n - lag)) > (1.96 * Math.sqrt(n - lag - 1)) / (n - lag))
      sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation
  }
  const factor = 1 + (2 / (n * (n - 1) * (n - 2))) * sum
  // Negative correlations may leave nothing; a variance stays positive.
  return Math.max(factor, 1 / n)
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = values.map(() => 0)
  for (let i = 0; i < order.length;) {
    let end = i
    while (end < order.length && values[order[end] ?? 0] === values[order[i] ?? 0]) end++
    for (let k = i; k < end; k++) ranks[order[k] ?? 0] = (i + end + 1) / 2
    i = end
  }
  return ranks
}
