import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { Confidence, summaryOf, type Sample } from './sample.ts'

export const Mixture = z
  .number()
  .positive()
  .describe('Standard deviation of the effects that are plausible, in the unit of the difference')

/**
 * A test that may be looked at as often as one likes: the mixture sequential probability ratio test with a normal mixture
 * (Robbins 1970; always-valid p-values of Johari, Pekelis & Walsh 2017). The p-value of an experiment is the smallest
 * one seen so far: pass it back as `smallestSoFar`.
 * @param mixture the test is quickest for effects of about this size
 * @returns an interval that holds at all times at once
 */
export function sequentialTest(
  control: Sample,
  treatment: Sample,
  mixture: number,
  options: { confidence?: number; smallestSoFar?: number } = {},
): { difference: number; interval: [low: number, high: number]; pValue: number; provenance: Provenance } {
  const [a, b] = [summaryOf(control, 'control'), summaryOf(treatment, 'treatment')]
  const tau = checkInput(Mixture, mixture, 'mixture')
  const level = checkInput(Confidence, options.confidence)
  const before = checkInput(z.number().min(0).max(1).default(1), options.smallestSoFar)
  const difference = b.mean - a.mean
  const v = a.variance / a.count + b.variance / b.count
  if (!(v > 0))
    throw new EngineInputError('constant', [
      { field: 'control', row: null, message: 'does not vary, and neither does treatment' },
    ])
  const total = v + tau * tau
  const shrink = (tau * tau) / total
  const logRatio = 0.5 * Math.log(v / total) + ((difference * difference) / (2 * v)) * shrink
  const reach = Math.sqrt(((2 * v) / shrink) * (0.5 * Math.log(total / v) - Math.log(1 - level)))
  return {
    difference,
    interval: [difference - reach, difference + reach],
    pValue: Math.min(before, 1, Math.exp(-logRatio)),
    provenance: provenanceOf('stats/sequential-test', '1', 1, [control, treatment, mixture, options]),
  }
}
