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
export { analyseQuestion, type Question, type QueryTerm } from './question.ts'
export { type CorpusStatistics, rankPassages } from './rank-passages.ts'
export { reciprocalRankFusion } from './reciprocal-rank-fusion.ts'
export {
  type Language,
  languageByStopWords as detectLanguage,
  languages,
  splitSentences,
  stem,
  type TextRange,
  tokenize,
} from '../text/index.ts'
