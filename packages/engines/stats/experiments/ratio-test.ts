import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { covariance, mean, normalAbove, normalQuantile, variance } from '../../numerics/index.ts'
import { Confidence, type Comparison } from './sample.ts'

/** A ratio of sums over units, such as clicks per view, where the unit of the experiment is the visitor. */
export const RatioSample = z
  .array(z.object({ numerator: z.number(), denominator: z.number() }))
  .min(2)
  .describe('One entry per unit that was assigned')
export type RatioSample = z.infer<typeof RatioSample>

/** Whether two ratios of sums differ; variances by the delta method (Deng, Knoblich & Lu 2018). */
export function ratioTest(
  control: RatioSample,
  treatment: RatioSample,
  confidence?: number,
): Comparison & { provenance: Provenance } {
  const [a, b] = [ratioOf(control, 'control'), ratioOf(treatment, 'treatment')]
  const level = checkInput(Confidence, confidence, 'confidence')
  const error = Math.sqrt(a.variance + b.variance)
  const difference = b.ratio - a.ratio
  if (!(error > 0))
    throw new EngineInputError('constant', [
      { field: 'control', row: null, message: 'has the same ratio in every unit, and so has treatment' },
    ])
  const statistic = difference / error
  const reach = normalQuantile((1 + level) / 2) * error
  return {
    difference,
    interval: [difference - reach, difference + reach],
    relative: a.ratio === 0 ? null : difference / Math.abs(a.ratio),
    statistic,
    pValue: Math.min(1, 2 * normalAbove(Math.abs(statistic))),
    provenance: provenanceOf('stats/ratio-test', '1', 1, [control, treatment, level]),
  }
}

function ratioOf(sample: RatioSample, field: string): { ratio: number; variance: number } {
  const checked = checkInput(RatioSample, [...sample], 'sample')
  const [above, below] = [checked.map((unit) => unit.numerator), checked.map((unit) => unit.denominator)]
  const [x, y] = [mean(above), mean(below)]
  if (!(y > 0))
    throw new EngineInputError('out-of-range', [
      { field, row: null, message: 'has denominators that do not sum to more than 0' },
    ])
  const ratio = x / y
  const spread = variance(above) - 2 * ratio * covariance(above, below) + ratio * ratio * variance(below)
  return { ratio, variance: spread / (y * y * checked.length) }
}
