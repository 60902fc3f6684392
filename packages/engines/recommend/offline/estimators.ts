import type { LoggedDecision } from './evaluate-policy.ts'

export const estimatorNames = ['ips', 'snips', 'doublyRobust', 'weightedDoublyRobust'] as const
export type EstimatorName = (typeof estimatorNames)[number]

/** A value and its standard error, by the spread of what each decision adds to it (delta method for the ratios). */
export interface Estimate {
  value: number
  error: number
}

/**
 * Estimators of a policy's value from decisions of another one. With weights w (target over propensity), rewards r and
 * predictions q of the shown action and p of the new policy: mean(w r), sum(w r) / sum(w), mean(p + w (r - q)) and
 * mean(p) + sum(w (r - q)) / sum(w). Without predictions q and p are 0.
 */
export function createEstimators(log: readonly LoggedDecision[], weight: Float64Array) {
  const reward = Float64Array.from(log, (each) => each.reward)
  const surprise = Float64Array.from(log, (each) => each.reward - (each.predicted ?? 0))
  const expected = Float64Array.from(log, (each) => each.predictedTarget ?? 0)
  return {
    /** @param rows decisions that count, as often as they are named; without any weight the ratios are 0 */
    estimate(rows: Uint32Array): Record<EstimatorName, Estimate> {
      const n = rows.length
      let [weights, weighted, surprises, predictions] = [0, 0, 0, 0]
      for (const k of rows) {
        weights += weight[k]!
        weighted += weight[k]! * reward[k]!
        surprises += weight[k]! * surprise[k]!
        predictions += expected[k]!
      }
      const mean = weights / n
      const [ips, snips] = [weighted / n, weights > 0 ? weighted / weights : 0]
      const [shift, base] = [weights > 0 ? surprises / weights : 0, predictions / n]
      const robust = base + surprises / n
      let [a, b, c, d] = [0, 0, 0, 0]
      for (const k of rows) {
        const w = weight[k]!
        const own = expected[k]! - base
        a += (w * reward[k]! - ips) ** 2
        c += (expected[k]! + w * surprise[k]! - robust) ** 2
        if (!(mean > 0)) continue
        b += ((w / mean) * (reward[k]! - snips)) ** 2
        d += (own + (w / mean) * (surprise[k]! - shift)) ** 2
      }
      const errorOf = (squares: number) => Math.sqrt(squares) / n
      return {
        ips: { value: ips, error: errorOf(a) },
        snips: { value: snips, error: errorOf(b) },
        doublyRobust: { value: robust, error: errorOf(c) },
        weightedDoublyRobust: { value: base + shift, error: errorOf(d) },
      }
    },
  }
}
