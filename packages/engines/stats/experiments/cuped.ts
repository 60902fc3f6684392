import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { covariance, mean, variance } from '../../numerics/index.ts'
import type { Comparison } from './sample.ts'
import { welchTest } from './t-test.ts'

export const CovariateSample = z
  .array(
    z.object({
      value: z.number().describe('Measured during the experiment'),
      before: z.number().describe('Measured before it began: the treatment cannot have changed it'),
    }),
  )
  .min(3)
export type CovariateSample = z.infer<typeof CovariateSample>

/**
 * Welch's test on values from which what was known before is taken away (CUPED: Deng, Xu, Kohavi & Walker 2013): the
 * same difference on average, with less noise.
 * @returns and the share of the variance that was taken away
 */
export function cupedTest(
  control: CovariateSample,
  treatment: CovariateSample,
  confidence?: number,
): Comparison & { degreesOfFreedom: number; varianceReduction: number; provenance: Provenance } {
  const [a, b] = [
    checkInput(CovariateSample, [...control], 'control'),
    checkInput(CovariateSample, [...treatment], 'treatment'),
  ]
  const before = [...a, ...b].map((unit) => unit.before)
  const centre = mean(before)
  // Within groups, so that the effect itself does not count as a relation.
  const within = (of: (group: CovariateSample) => number) => (a.length - 1) * of(a) + (b.length - 1) * of(b)
  const spread = within((group) => variance(group.map((unit) => unit.before)))
  if (!(spread > 0))
    throw new EngineInputError('constant', [{ field: 'before', row: null, message: 'does not vary; use welchTest' }])
  const together = within((group) =>
    covariance(
      group.map((unit) => unit.value),
      group.map((unit) => unit.before),
    ),
  )
  const slope = together / spread
  const adjusted = (group: CovariateSample) => group.map((unit) => unit.value - slope * (unit.before - centre))
  const plain = within((group) => variance(group.map((unit) => unit.value)))
  const result = welchTest(adjusted(a), adjusted(b), confidence)
  const base = mean(a.map((unit) => unit.value))
  return {
    ...result,
    relative: base === 0 ? null : result.difference / Math.abs(base),
    varianceReduction: plain > 0 ? (slope * together) / plain : 0,
    provenance: provenanceOf('stats/cuped', '1', 1, [control, treatment, confidence]),
  }
}
