export {
  answer,
  type AnswerRequest,
  type Citation,
  defaultThreshold,
  type ExtractiveAnswer,
  engine,
  version,
} from './answer.ts'
export type { Passage } from './passage.ts'
export { rankPassages } from './rank-passages.ts'
export { reciprocalRankFusion } from './reciprocal-rank-fusion.ts'
export { splitSentences, type TextRange } from './sentences.ts'
export { tokenize } from './tokens.ts'
