import { z } from 'zod'
import {
  checkInput,
  createRandom,
  provenanceOf,
  startWork,
  type Provenance,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { createEstimators, estimatorNames, type EstimatorName } from './estimators.ts'

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
  seed: z.int().default(1).describe('Of the resamples'),
})

export interface PolicyValue {
  value: number
  /** Interval by the studentised bootstrap (Efron 1979; Hall 1988), which follows the skew of heavy weights. */
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
  /** Doubly robust with self-normalised weights (Thomas & Brunskill 2016): less variance. Null where either of the two is. */
  weightedDoublyRobust: PolicyValue | null
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
/** Resamples that an interval needs; at the time limit it is made of those drawn so far. */
const fewestResamples = 100

/**
 * What another policy would have brought on the decisions of the past, without showing it to anyone.
 * @throws EngineInputError naming the decision
 */
export function evaluatePolicy(
  decisions: readonly LoggedDecision[],
  options: z.input<typeof PolicyOptions> & WorkOptions = {},
): PolicyEvaluation {
  const { signal, maxMillis, onProgress, ...own } = options
  const settings = checkInput(PolicyOptions, own)
  const work = startWork({ seed: settings.seed, signal, maxMillis, onProgress })
  const { decisions: log } = checkInput(Log, { decisions: [...decisions] })
  work.expired()
  const n = log.length
  const clip = settings.clip ?? Infinity
  const weight = Float64Array.from(log, (each) => Math.min(clip, each.target / each.propensity))
  const modelled = log.every((each) => each.predicted !== undefined && each.predictedTarget !== undefined)
  const estimators = createEstimators(log, weight)
  const all = Uint32Array.from({ length: n }, (_, k) => k)
  const point = estimators.estimate(all)
  const studentised: Record<EstimatorName, number[]> = {
    ips: [],
    snips: [],
    doublyRobust: [],
    weightedDoublyRobust: [],
  }
  const random = createRandom(settings.seed)
  const rows = new Uint32Array(n)
  let drawn = 0
  for (; drawn < settings.resamples; drawn++) {
    if (work.expired() && drawn >= fewestResamples) break
    work.progress(drawn / settings.resamples, 'drawing resamples')
    for (let k = 0; k < n; k++) rows[k] = random.integer(n)
    const each = estimators.estimate(rows)
    for (const name of estimatorNames) {
      const { value, error } = each[name]
      if (error > 0) studentised[name].push((value - point[name].value) / error)
    }
  }
  const interval = (name: EstimatorName): PolicyValue => {
    const { value, error } = point[name]
    const sorted = studentised[name].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
    return {
      value,
      low: value - at((1 + settings.level) / 2) * error,
      high: value - at((1 - settings.level) / 2) * error,
    }
  }
  const total = weight.reduce((sum, each) => sum + each, 0)
  const squares = weight.reduce((sum, each) => sum + each * each, 0)
  const effectiveDecisions = squares > 0 ? total ** 2 / squares : 0
  const meanWeight = total / n
  const warnings = warningsOf(log, modelled, effectiveDecisions, meanWeight, settings.clip === undefined)
  if (drawn < settings.resamples)
    warnings.push({
      code: 'time-limit',
      message: `The intervals are made of ${String(drawn)} resamples of ${String(settings.resamples)}.`,
    })
  return {
    logged: log.reduce((sum, each) => sum + each.reward, 0) / n,
    ips: interval('ips'),
    snips: total > 0 ? interval('snips') : null,
    doublyRobust: modelled ? interval('doublyRobust') : null,
    weightedDoublyRobust: modelled && total > 0 ? interval('weightedDoublyRobust') : null,
    effectiveDecisions,
    meanWeight,
    clipped: log.filter((each) => each.target / each.propensity > clip).length / n,
    provenance: provenanceOf('recommend/off-policy', '2', settings.seed, [log, settings], warnings),
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
