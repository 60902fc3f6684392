export {
  Answer,
  estimateAbility,
  itemInformation,
  nextQuestion,
  type AbilityEstimate,
  type AdaptiveStep,
} from './adaptive-test.ts'
export { Attempt, Attempts, ItemQuestion } from './attempts.ts'
export { BktParameters, fitBkt, traceSkill } from './bayesian-knowledge-tracing.ts'
export { ClassificationFigures } from './classification-figures.ts'
export {
  CalibratedItem,
  calibratedItems,
  fitItemResponse,
  ItemResponseModel,
  ItemResponseOptions,
  ItemResponses,
} from './item-response.ts'
export {
  evaluateKnowledgeTracing,
  explainNext,
  fitKnowledgeTracing,
  predictNext,
  traceAttempts,
  TracingOptions,
} from './knowledge-tracing.ts'
export { Memory, Rating, retrievability, Review, scheduleReview, SpacingOptions } from './spaced-repetition.ts'
