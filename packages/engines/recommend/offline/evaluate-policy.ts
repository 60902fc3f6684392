import { z } from 'zod'
import { checkInput, createRandom, provenanceOf, type Provenance, type Warning } from '../../contract/index.ts'

/** One decision of the past, and what another policy would have done. */
export const LoggedDecision = z.strictObject({
  reward: z.number().min(-1e12).max(1e12).describe('What the shown action brought, in any unit'),
  propensity: z.number().gt(0).max(1).describe('Probability with which the old policy showed that action'),
  target: z.number().min(0).max(1).describe('Probability with which the new policy would show that action'),
  predicted: z.number().min(-1e12).max(1e12).optional().describe('Reward that a model expects of that action'),
  predictedTarget: z
    .number()
    .min(-1e12)
    .max(1e12)
    .optional()
    .describe('Reward that the model expects of the new policy: the mean over its actions'),
})
export type LoggedDecision = z.infer<typeof LoggedDecision>

export const PolicyOptions = z.strictObject({
  clip: z
    .number()
    .gt(0)
    .max(1e9)
    .optional()
    .describe('Weights are cut at it: less variance, some bias. Unless told: none'),
  level: z.number().gt(0.5).lt(1).default(0.95).describe('Level of the intervals'),
  resamples: z.int().min(100).max(20_000).default(1000).describe('Bootstrap resamples of the intervals'),
  seed: z.int().default(1),
})

export interface PolicyValue {
  value: number
  /** Bootstrap percentile interval. */
  low: number
  high: number
}

export interface PolicyEvaluation {
  /** Mean reward of the past. */
  logged: number
  /** Inverse propensity scores (Horvitz & Thompson 1952): unbiased, of large variance. */
  ips: PolicyValue
  /** Self-normalised (Swaminathan & Joachims 2015): stays within the rewards. Null when the new policy does nothing that was seen. */
  snips: PolicyValue | null
  /** Doubly robust (Dudík, Langford & Li 2011); null without predictions. */
  doublyRobust: PolicyValue | null
  /** Decisions that the weights are worth (Kish 1965); few means that nothing can be said. */
  effectiveDecisions: number
  /** Mean weight: near 1 when the propensities are right. */
  meanWeight: number
  /** Share of the decisions whose weight was cut. */
  clipped: number
  provenance: Provenance
}

const Log = z.strictObject({ decisions: z.array(LoggedDecision).min(2) })
const fewDecisions = 100

/**
 * What another policy would have brought on the decisions of the past, without showing it to anyone.
 * @throws EngineInputError naming the decision
 */
export function evaluatePolicy(
  decisions: readonly LoggedDecision[],
  options: z.input<typeof PolicyOptions> = {},
): PolicyEvaluation {
  const settings = checkInput(PolicyOptions, options)
  const { decisions: log } = checkInput(Log, { decisions: [...decisions] })
  const n = log.length
  const clip = settings.clip ?? Infinity
  const reward = Float64Array.from(log, (each) => each.reward)
  const weight = Float64Array.from(log, (each) => Math.min(clip, each.target / each.propensity))
  const modelled = log.every((each) => each.predicted !== undefined && each.predictedTarget !== undefined)
  const robust = Float64Array.from(log, (each, k) =>
    modelled ? each.predictedTarget! + weight[k]! * (each.reward - each.predicted!) : 0,
  )
  const all = Uint32Array.from({ length: n }, (_, k) => k)
  const sums = (rows: Uint32Array) => {
    let [weights, weighted, dr] = [0, 0, 0]
    for (const k of rows) {
      weights += weight[k]!
      weighted += weight[k]! * reward[k]!
      dr += robust[k]!
    }
    return { ips: weighted / n, snips: weights > 0 ? weighted / weights : NaN, doublyRobust: dr / n, weights }
  }
  const point = sums(all)
  const drawn = { ips: [] as number[], snips: [] as number[], doublyRobust: [] as number[] }
  const random = createRandom(settings.seed)
  const rows = new Uint32Array(n)
  for (let b = 0; b < settings.resamples; b++) {
    for (let k = 0; k < n; k++) rows[k] = random.integer(n)
    const each = sums(rows)
    drawn.ips.push(each.ips)
    if (!Number.isNaN(each.snips)) drawn.snips.push(each.snips)
    drawn.doublyRobust.push(each.doublyRobust)
  }
  const interval = (name: 'ips' | 'snips' | 'doublyRobust'): PolicyValue => {
    const sorted = drawn[name].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? point[name]
    return { value: point[name], low: at((1 - settings.level) / 2), high: at((1 + settings.level) / 2) }
  }
  const squares = weight.reduce((sum, each) => sum + each * each, 0)
  const effectiveDecisions = squares > 0 ? point.weights ** 2 / squares : 0
  const meanWeight = point.weights / n
  return {
    logged: reward.reduce((sum, each) => sum + each, 0) / n,
    ips: interval('ips'),
    snips: point.weights > 0 ? interval('snips') : null,
    doublyRobust: modelled ? interval('doublyRobust') : null,
    effectiveDecisions,
    meanWeight,
    clipped: log.filter((each) => each.target / each.propensity > clip).length / n,
    provenance: provenanceOf(
      'recommend/off-policy',
      '1',
      settings.seed,
      [log, settings],
      warningsOf(log, modelled, effectiveDecisions, meanWeight, settings.clip === undefined),
    ),
  }
}

function warningsOf(
  log: readonly LoggedDecision[],
  modelled: boolean,
  effective: number,
  meanWeight: number,
  unclipped: boolean,
): Warning[] {
  const warnings: Warning[] = []
  if (effective < fewDecisions)
    warnings.push({
      code: 'few-decisions',
      message: `The weights are worth ${effective.toFixed(0)} decisions only: the policies differ too much for this log.`,
    })
  if (unclipped && Math.abs(meanWeight - 1) > 0.2)
    warnings.push({
      code: 'weights-off',
      message: `The mean weight is ${meanWeight.toFixed(2)} and not 1: propensities are wrong, or actions were never shown.`,
    })
  if (!modelled && log.some((each) => each.predicted !== undefined || each.predictedTarget !== undefined))
    warnings.push({
      code: 'predictions-incomplete',
      message: 'Some decisions lack predictions: no doubly robust value was made.',
    })
  return warnings
}
