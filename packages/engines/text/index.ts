/**
 * Text engine: what can be computed about texts without a language model. Pure and deterministic; English, German, French, Italian and Spanish
 * unless a function says otherwise.
 *
 * - labels: `fitClassifier`, `classify`, `explainClassification`, `evaluateClassifier`
 * - what stands in a text: `scanSpans`, `assertContext` (negated, past, hypothetical), `maskPersonalData`
 * - what a text is: `detectLanguage`, `readability`, `keyPhrases`
 * - texts among texts: `buildSearchIndex`, `findNearDuplicates`, `linkRecords`, `mineLogTemplates`
 * - words: `tokenize`, `stem`, `splitSentences`
 */
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
export { KeyPhrases, KeyPhrasesInput, keyPhrases } from './describe/key-phrases.ts'
export { Readability, readability, ReadabilityInput } from './describe/readability.ts'
export { detectableLanguages, detectLanguage, DetectedLanguage, LanguageInput } from './language/detect-language.ts'
export { LinkageField, LinkageRecord } from './linkage/compare-fields.ts'
export { type FieldWeights, type Link, type Linkage, LinkageInput, linkRecords } from './linkage/link-records.ts'
export { jaroWinkler } from './linkage/similarity.ts'
export {
  loadLogTemplates,
  type LogModel,
  LogOptions,
  LogTemplate,
  matchLogTemplates,
  mineLogTemplates,
  saveLogTemplates,
} from './logs/log-templates.ts'
export {
  findPersonalData,
  MaskInput,
  maskPersonalData,
  MaskResult,
  personalKinds,
  restorePersonalData,
} from './privacy/mask-personal-data.ts'
export { DuplicatesInput, DuplicatesResult, findNearDuplicates } from './search/near-duplicates.ts'
export {
  buildSearchIndex,
  loadSearchIndex,
  saveSearchIndex,
  type SearchDocument,
  SearchDocuments,
  type SearchIndex,
  searchIndex,
} from './search/search-index.ts'
