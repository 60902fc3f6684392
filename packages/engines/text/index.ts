export { inverseDocumentFrequency, termScore } from './search/bm25.ts'
export { splitSentences, type TextRange } from './words/sentences.ts'
export { stem } from './words/stemming.ts'
export { type Language, languageByStopWords, languages, stopWords } from './words/stop-words.ts'
export { fold, tokenize } from './words/tokens.ts'
export {
  Classified,
  ClassifyInput,
  classify,
  ClassifyResult,
  type Contribution,
  explainClassification,
} from './classify/classify.ts'
export { type ClassifierReport, evaluateClassifier } from './classify/evaluate-classifier.ts'
export { ClassifierInput, ClassifierOptions, fitClassifier, LabelledText } from './classify/fit-classifier.ts'
export { loadClassifier, saveClassifier, type TextClassifier } from './classify/model.ts'
export { assertContext, ContextInput, ContextResult, FindingContext } from './context/context.ts'
export { Gazetteer } from './spans/gazetteer.ts'
export { ScanInput, ScanResult, scanSpans } from './spans/scan-spans.ts'
export { Span, SpanKind, spanKinds } from './spans/span.ts'
