import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { normalAbove, normalQuantile } from '../../numerics/index.ts'
import { checkSuccesses, Confidence, type Comparison, type Successes } from './sample.ts'

/** Whether two shares differ: pooled z test, and the interval of Newcombe (1998, method 10) that holds near 0 and 1. */
export function proportionTest(
  control: Successes,
  treatment: Successes,
  confidence?: number,
): Comparison & { provenance: Provenance } {
  const [a, b] = [checkSuccesses(control, 'control'), checkSuccesses(treatment, 'treatment')]
  const level = checkInput(Confidence, confidence, 'confidence')
  const [p, q] = [a.successes / a.trials, b.successes / b.trials]
  const difference = q - p
  const pooled = (a.successes + b.successes) / (a.trials + b.trials)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.trials + 1 / b.trials))
  // All alike: nothing speaks against equality.
  const statistic = error > 0 ? difference / error : 0
  const z = normalQuantile((1 + level) / 2)
  const [lowA, highA] = wilsonInterval(a, z)
  const [lowB, highB] = wilsonInterval(b, z)
  return {
    difference,
    interval: [difference - Math.hypot(q - lowB, highA - p), difference + Math.hypot(highB - q, p - lowA)],
    relative: p === 0 ? null : difference / p,
    statistic,
    pValue: Math.min(1, 2 * normalAbove(Math.abs(statistic))),
    provenance: provenanceOf('stats/proportion-test', '1', 1, [control, treatment, level]),
  }
}

/** Wilson (1927). */
function wilsonInterval({ successes, trials }: Successes, z: number): [low: number, high: number] {
  const share = successes / trials
  const middle = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials)
  const reach =
    (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / (1 + (z * z) / trials)
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)]
}
