import { fold, type Language, stem, stopWords, termScore, tokenize } from '../text/index.ts'
import { holdsAnswerType, strictTypes } from './answer-type.ts'
import { tellsOfMoment } from './live-count.ts'
import type { Passage } from './passage.ts'
import { passageLanguage, type ReadPassages, readPassages, type ReadSentence } from './passage-sentences.ts'
import { analyseQuestion, type Question } from './question.ts'
import { majorityLanguage } from './rank-passages.ts'

export const engine = 'extractive'
/** Changes whenever the same input may give another answer. */
export const version = '1.1.0'

/**
 * Confidence from which a sentence counts as an answer. Chosen on the question set in `evaluation/`: 84 of 88 answerable questions get their
 * sentence, 41 of 42 unanswerable ones are refused; on texts that it was not chosen on, 17 of 18 and 9 of 10. `evaluation.test.ts` repeats this with
 * five-fold cross-validation.
 */
export const defaultThreshold = 0.38

/** A further sentence must be this close to the best one's score to be worth reading. */
const worthAdding = 0.8
/** Sentences that share more of their words than this say the same (Jaccard index). */
const sameWords = 0.6

export interface Citation<Locator = unknown> {
  passageId: string
  /** Half-open range in the passage's text; `quote` is exactly that part. */
  start: number
  end: number
  quote: string
  /** The passage's locator, when it had one. */
  locator?: Locator
}

export interface ExtractiveAnswer<Locator = unknown> {
  engine: typeof engine
  version: typeof version
  answered: boolean
  /** The cited sentences in the order of their source, or which documents were searched in vain. */
  text: string
  citations: Citation<Locator>[]
  /** Share of the question's meaning that the best sentence covers, 0 to 1; also given when nothing was answered. */
  confidence: number
  /** Titles of the passages, each once. */
  searched: string[]
}

export interface AnswerRequest<Locator = unknown> {
  question: string
  passages: readonly Passage<Locator>[]
  /** At most this many sentences are quoted; 3 when not given. */
  maxSentences?: number
  /** Confidence from 0 to 1 under which nothing is answered; `defaultThreshold` when not given. */
  threshold?: number
}

interface Candidate {
  sentence: ReadSentence
  confidence: number
  score: number
}

/**
 * Answers a question with sentences of the given passages, word for word. Nothing is written that the passages do not say, so every answer can be
 * checked at its citation; a question that they do not answer is refused. Deterministic.
 *
 * A sentence's confidence is the share of the question's terms, weighed by rarity, that it covers itself or through its heading, the question
 * before it, its table's header or its title, lowered when it lacks the kind of thing asked for (an amount, a time, a name). A count of right now
 * ("How many bookings today?") is answered by a sentence about that moment or not at all. Order among
 * confident sentences is by confidence and BM25; repeated statements are left out (after J. Carbonell and J. Goldstein, "The Use of MMR", SIGIR
 * 1998).
 */
export function answer<Locator = unknown>(request: AnswerRequest<Locator>): ExtractiveAnswer<Locator> {
  const { question: text, passages, maxSentences = 3, threshold = defaultThreshold } = request
  const searched = [...new Set(passages.map((passage) => passage.title))]
  const spoken = passages.map(passageLanguage)
  const question = analyseQuestion(text, majorityLanguage(spoken))
  const candidates =
    question.terms.length === 0 ? [] : scoreSentences(question, readPassages(passages, spoken, question), passages)
  const best = candidates[0]
  const confidence = best?.confidence ?? 0
  if (!best || confidence < threshold || maxSentences < 1) {
    return { engine, version, answered: false, text: notFound(searched), citations: [], confidence, searched }
  }
  const worthReading = candidates.filter(
    (candidate) => candidate.confidence >= threshold && candidate.score >= best.score * worthAdding,
  )
  const chosen = withoutRepeats(worthReading, maxSentences, ({ passage, start, end }) =>
    contentStems((passages[passage]?.text ?? '').slice(start, end), spoken[passage] ?? 'en'),
  )
  const citations = chosen.map(({ sentence }) => cite(sentence, passages))
  return { engine, version, answered: true, text: joined(citations), citations, confidence, searched }
}

function scoreSentences(question: Question, read: ReadPassages, passages: readonly Passage[]): Candidate[] {
  const weights = question.terms.map((term, index) => term.weight * (read.idf[index] ?? 0))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const strongest = Math.max(...question.terms.map((term) => term.weight))
  const found: (Candidate & { relevance: number })[] = []
  for (const sentence of read.sentences) {
    if (sentence.kind === 'header' || (sentence.kind === 'question' && !question.asksForQuestions)) continue
    let coverage = 0
    let relevance = 0
    let onTopic = false
    for (const [term, weight] of weights.entries()) {
      const covered = sentence.covered[term] ?? 0
      coverage += weight * covered
      if (covered >= 0.4 && (question.terms[term]?.weight ?? 0) === strongest) onTopic = true
      relevance += termScore(weight, sentence.own[term] ?? 0, sentence.length, read.averageLength)
    }
    if (!onTopic || coverage === 0) continue
    const quote = (passages[sentence.passage]?.text ?? '').slice(sentence.start, sentence.end)
    if (question.asksForLiveCount && !tellsOfMoment(fold(quote))) continue
    const confidence = Math.min(1, (coverage / all) * typeFactor(quote, question, sentence.kind))
    found.push({ sentence, confidence, relevance, score: 0 })
  }
  const most = Math.max(...found.map((candidate) => candidate.relevance), Number.MIN_VALUE)
  return found
    .map(({ sentence, confidence, relevance }) => ({
      sentence,
      confidence,
      score: confidence * (0.7 + 0.3 * (relevance / most)) + 0.02 / (1 + sentence.index),
    }))
    .sort((a, b) => b.score - a.score || a.sentence.passage - b.sentence.passage || a.sentence.start - b.sentence.start)
}

function typeFactor(quote: string, question: Question, kind: ReadSentence['kind']): number {
  const asHeading = kind === 'heading' ? 0.7 : 1
  if (question.expects === 'any') return asHeading
  if (holdsAnswerType(quote, question.expects, kind === 'row')) return asHeading * 1.1
  return asHeading * (strictTypes.has(question.expects) ? 0.65 : 0.85)
}

function withoutRepeats(
  candidates: readonly Candidate[],
  most: number,
  wordsOf: (sentence: ReadSentence) => Set<string>,
): Candidate[] {
  const chosen: { candidate: Candidate; words: Set<string> }[] = []
  for (const candidate of candidates) {
    if (chosen.length === most) break
    const words = wordsOf(candidate.sentence)
    if (!chosen.some((other) => similarity(other.words, words) > sameWords)) chosen.push({ candidate, words })
  }
  return chosen
    .map(({ candidate }) => candidate)
    .sort((a, b) => a.sentence.passage - b.sentence.passage || a.sentence.start - b.sentence.start)
}

/** What a sentence is about: its words without grammar and inflection. */
function contentStems(sentence: string, language: Language): Set<string> {
  const content = tokenize(sentence).filter((token) => !stopWords[language].has(token))
  return new Set(content.map((token) => stem(token, language)))
}

/** Jaccard index of two sentences' words. */
function similarity(a: Set<string>, b: Set<string>): number {
  return a.intersection(b).size / Math.max(a.union(b).size, 1)
}

function cite<Locator>(sentence: ReadSentence, passages: readonly Passage<Locator>[]): Citation<Locator> {
  const passage = passages[sentence.passage]
  const { start, end } = sentence
  return {
    passageId: passage?.id ?? '',
    start,
    end,
    quote: (passage?.text ?? '').slice(start, end),
    ...(passage?.locator === undefined ? {} : { locator: passage.locator }),
  }
}

/** Sentences follow each other; rows and items, which end without a mark, stand on lines of their own. */
function joined(citations: readonly Citation[]): string {
  return citations
    .map(
      ({ quote }, index) =>
        (index === 0 ? '' : /[.!?…]["'”’»)\]]*$/.test(citations[index - 1]?.quote ?? '') ? ' ' : '\n') + quote,
    )
    .join('')
}

function notFound(searched: readonly string[]): string {
  return searched.length === 0
    ? 'No answer found: there was nothing to search.'
    : `No answer found in ${searched.join(', ')}.`
}
