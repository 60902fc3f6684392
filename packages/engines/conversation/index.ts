/**
 * Conversation engine: what can be computed about a call from its transcript alone. Pure and deterministic; English rules.
 * Every finding carries the words it rests on, every figure its unit, every result the engine version.
 */
export { analyseCall, CallAnalysis } from './analyse-call.ts'
export {
  Benchmark,
  Conversation,
  ConversationError,
  ENGINE,
  parseConversation,
  Party,
  Passage,
  Provenance,
  Side,
  Turn,
  VERSION,
} from './conversation.ts'
export { DEFAULT_RUBRIC } from './default-rubric.ts'
export { FILLER_WORDS, type FillerWords } from './fillers.ts'
export { CallMetrics, computeMetrics, MetricsOptions } from './metrics.ts'
export { keyMoments, Moment, MomentKind, MomentOptions, Moments } from './moments.ts'
export { Commitment, NextStep, NextStepStatus } from './next-step.ts'
export { Handling, ObjectionResponse, ResponseStep } from './objection-response.ts'
export { findObjections, Objection, ObjectionKind, Objections } from './objections.ts'
export { QuotePlace, verifyQuote, verifyQuotes, type VerifiedQuotes } from './quotes.ts'
export { Criterion, Rubric, RubricMetric, Signal, type RubricInput } from './rubric.ts'
export { TALK_BENCHMARK } from './talk-time.ts'
export { CallScore, CriterionScore, scoreCall } from './score-call.ts'
