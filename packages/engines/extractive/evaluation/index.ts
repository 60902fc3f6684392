export { type EvaluationQuestion, questions, unseenQuestions } from './questions.ts'
export { type Corpus, texts } from './texts.ts'
