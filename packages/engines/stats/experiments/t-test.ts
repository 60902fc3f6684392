import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { studentAbove, studentQuantile } from '../../numerics/index.ts'
import { Confidence, summaryOf, type Comparison, type Sample } from './sample.ts'

/** Whether two means differ, with variances of their own (Welch 1947; degrees of freedom of Satterthwaite 1946). */
export function welchTest(
  control: Sample,
  treatment: Sample,
  confidence?: number,
): Comparison & { degreesOfFreedom: number; provenance: Provenance } {
  const [a, b] = [summaryOf(control, 'control'), summaryOf(treatment, 'treatment')]
  const level = checkInput(Confidence, confidence, 'confidence')
  const [varianceA, varianceB] = [a.variance / a.count, b.variance / b.count]
  const error = Math.sqrt(varianceA + varianceB)
  if (!(error > 0))
    throw new EngineInputError('constant', [
      { field: 'control', row: null, message: 'does not vary, and neither does treatment; no test is needed' },
    ])
  // By shares: squares of variances of a small unit are nothing, of a large one too much for a number.
  const share = varianceA / (varianceA + varianceB)
  const degreesOfFreedom = 1 / (share ** 2 / (a.count - 1) + (1 - share) ** 2 / (b.count - 1))
  const difference = b.mean - a.mean
  const statistic = difference / error
  const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * error
  return {
    difference,
    interval: [difference - reach, difference + reach],
    relative: a.mean === 0 ? null : difference / Math.abs(a.mean),
    statistic,
    pValue: 2 * studentAbove(Math.abs(statistic), degreesOfFreedom),
    degreesOfFreedom,
    provenance: provenanceOf('stats/welch-test', '1', 1, [control, treatment, level]),
  }
}
