import { z } from 'zod'
import type { Conversation } from './conversation.ts'
import { CallMetrics, metricsOf, type MetricsOptions } from './metrics.ts'
import { momentsOf, Moments, type MomentOptions } from './moments.ts'
import { Objections, objectionsOf } from './objections.ts'
import { readCall } from './reading.ts'
import type { RubricInput } from './rubric.ts'
import { CallScore, scoreOf } from './score-call.ts'

export const CallAnalysis = z
  .object({ metrics: CallMetrics, objections: Objections, score: CallScore, moments: Moments })
  .describe('All that is computed about a call')
export type CallAnalysis = z.infer<typeof CallAnalysis>

/**
 * Metrics, objections, score and moments of a call in one go; the transcript is read once.
 * @throws ConversationError for turns by unknown parties, impossible times and an invalid rubric
 */
export function analyseCall(
  conversation: Conversation,
  options: { metrics?: MetricsOptions; moments?: MomentOptions; rubric?: RubricInput } = {},
): CallAnalysis {
  const reading = readCall(conversation)
  const metrics = metricsOf(reading, options.metrics ?? {})
  const objections = objectionsOf(reading)
  return {
    metrics,
    objections,
    score: scoreOf(reading, metrics, objections, options.rubric),
    moments: momentsOf(reading, metrics, objections, options.moments ?? {}),
  }
}
