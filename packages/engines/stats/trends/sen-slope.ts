import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { normalQuantile, quantileOfSorted } from '../../numerics/index.ts'

/** All pairs are compared: 12 million of them. */
export const mostValues = 5000

export const TimedValues = z
  .array(z.object({ time: z.number().describe('In any unit; several values may share a time'), value: z.number() }))
  .min(3)
  .max(mostValues)
export type TimedValues = z.infer<typeof TimedValues>

/**
 * The median of the slopes between all pairs (Theil 1950, Sen 1968): a trend that a few wild values do not move, with its
 * interval (Gilbert 1987, ch. 16.5).
 */
export function senSlope(
  values: TimedValues,
  confidence = 0.95,
): { slope: number; intercept: number; interval: [low: number, high: number]; provenance: Provenance } {
  const checked = checkInput(TimedValues, [...values], 'values')
  const level = checkInput(z.number().gt(0.5).lt(1), confidence, 'confidence')
  const slopes = pairSlopes(checked.map(({ time, value }) => ({ at: time, value })))
  if (slopes.length === 0)
    throw new EngineInputError('constant', [{ field: 'time', row: null, message: 'is the same for all values' }])
  const slope = quantileOfSorted(slopes, 0.5)
  const offsets = Float64Array.from(checked, ({ time, value }) => value - slope * time).sort()
  const n = checked.length
  let variance = n * (n - 1) * (2 * n + 5)
  for (const t of countsOf(checked.map(({ value }) => value))) variance -= t * (t - 1) * (2 * t + 5)
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt(Math.max(0, variance) / 18)
  const at = (rank: number) => {
    const place = Math.min(slopes.length - 1, Math.max(0, rank - 1))
    const below = Math.floor(place)
    const low = slopes[below] ?? slope
    return low + (place - below) * ((slopes[Math.min(below + 1, slopes.length - 1)] ?? low) - low)
  }
  return {
    slope,
    intercept: quantileOfSorted(offsets, 0.5),
    interval: [at((slopes.length - reach) / 2), at((slopes.length + reach) / 2 + 1)],
    provenance: provenanceOf('stats/sen-slope', '1', 1, [values, confidence]),
  }
}

/** Median over the pairs of each season. */
export function senSlopeOf(seasons: readonly (readonly { at: number; value: number }[])[]): number {
  const own = seasons.map(pairSlopes)
  if (own.length === 1 && own[0]) return quantileOfSorted(own[0], 0.5)
  const slopes = new Float64Array(own.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of own) {
    slopes.set(each, at)
    at += each.length
  }
  return quantileOfSorted(slopes.sort(), 0.5)
}

/** Ascending; pairs at the same time have none. */
function pairSlopes(points: readonly { at: number; value: number }[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2)
  let count = 0
  for (const [i, a] of points.entries())
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j] ?? a
      if (b.at !== a.at) slopes[count++] = (b.value - a.value) / (b.at - a.at)
    }
  return slopes.subarray(0, count).sort()
}

function countsOf(values: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()]
}
