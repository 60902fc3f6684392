export { Attempt, Attempts, ItemQuestion } from './attempts.ts'
export { ClassificationFigures } from './classification-figures.ts'
export {
  evaluateKnowledgeTracing,
  explainNext,
  fitKnowledgeTracing,
  predictNext,
  traceAttempts,
  TracingOptions,
} from './knowledge-tracing.ts'
