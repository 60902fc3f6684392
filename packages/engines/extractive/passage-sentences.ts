import {
  inverseDocumentFrequency,
  type Language,
  languageByStopWords,
  splitSentences,
  tokenize,
} from '../text/index.ts'
import type { Passage } from './passage.ts'
import type { Question } from './question.ts'
import { termMatcher } from './term-matcher.ts'

/** How much of a term counts that stands not in the sentence but near it. */
const nearness = { governing: 0.85, title: 0.6, previous: 0.5 } as const

/** A question governs the three sentences that follow it, each less than the one before. */
const questionFades = [0.9, 0.6, 0.4]

/** The language of a passage shows in its first characters. */
const languageSample = 300

type SentenceKind = 'statement' | 'question' | 'heading' | 'row' | 'header'

export interface ReadSentence {
  passage: number
  /** Position among the passage's sentences. */
  index: number
  start: number
  end: number
  /** Number of words. */
  length: number
  /** Per query term, how well the sentence itself has it (0 to 1). */
  own: readonly number[]
  /** Per query term, own or from the heading, question, title, table header or sentence before. */
  covered: readonly number[]
  kind: SentenceKind
}

export interface ReadPassages {
  sentences: ReadSentence[]
  /** Inverse sentence frequency of each term. */
  idf: number[]
  /** Words in the average sentence. */
  averageLength: number
}

export function passageLanguage(passage: Passage): Language {
  return languageByStopWords(tokenize(passage.text.slice(0, languageSample)), 'en')
}

/** Splits the passages and finds which terms each sentence has by itself and by its place. */
export function readPassages(
  passages: readonly Passage[],
  passageLanguages: readonly Language[],
  question: Question,
): ReadPassages {
  const matchers = new Map<Language, Strengths>()
  const sentences: ReadSentence[] = []
  for (const [index, passage] of passages.entries()) {
    const language = passageLanguages[index] ?? 'en'
    const strengths = matchers.get(language) ?? termStrengths(question, language)
    matchers.set(language, strengths)
    readPassage(passage, index, strengths, sentences)
  }
  const words = sentences.reduce((sum, sentence) => sum + sentence.length, 0)
  const containing = question.terms.map((_, term) =>
    sentences.reduce((sum, { own }) => sum + ((own[term] ?? 0) > 0 ? 1 : 0), 0),
  )
  return {
    sentences,
    idf: containing.map((count) => inverseDocumentFrequency(sentences.length, count)),
    averageLength: words / Math.max(sentences.length, 1),
  }
}

type Strengths = (tokens: readonly string[]) => readonly number[]

/** Most sentences share no word with the question; they share this array. */
const none: readonly number[] = []

function termStrengths(question: Question, language: Language): Strengths {
  const match = termMatcher(question.terms, language)
  return (tokens) => {
    let found: number[] | null = null
    for (const token of tokens) {
      const matched = match(token)
      if (!matched) continue
      found ??= question.terms.map(() => 0)
      found[matched.term] = Math.max(found[matched.term] ?? 0, matched.strength)
    }
    return found ?? none
  }
}

function readPassage(passage: Passage, at: number, strengths: Strengths, into: ReadSentence[]): void {
  const { text } = passage
  const title = strengths(tokenize(passage.title))
  const ranges = splitSentences(text)
  let heading = none
  let asked = none
  let askedAgo = 0
  let header = none
  let inTable = false
  let previous = none
  for (const [index, { start, end }] of ranges.entries()) {
    const sentence = text.slice(start, end)
    const kind = sentenceKind(text, sentence, start, end, index === ranges.length - 1, inTable)
    const tokens = tokenize(sentence)
    const own = strengths(tokens)
    let covered = raised(own, title, nearness.title)
    covered = raised(covered, heading, nearness.governing)
    covered = raised(covered, asked, questionFades[askedAgo] ?? 0)
    if (kind === 'row') covered = raised(covered, header, nearness.governing)
    if (kind === 'statement') covered = raised(covered, previous, nearness.previous)
    into.push({ passage: at, index, start, end, length: tokens.length, own, covered, kind })

    if (kind === 'heading') heading = own
    if (kind === 'question') asked = own
    askedAgo = kind === 'question' ? 0 : askedAgo + 1
    inTable = kind === 'header' || (kind === 'row' && inTable)
    if (kind === 'header') header = own
    previous = kind === 'statement' ? own : none
  }
}

function raised(covered: readonly number[], by: readonly number[], factor: number): readonly number[] {
  if (by.length === 0 || factor === 0) return covered
  return by.map((strength, term) => Math.max(covered[term] ?? 0, strength * factor))
}

const question = /[?？]["'”’»)\]]*$/
const statementEnd = /[.!…]["'”’»)\]]*$/

function sentenceKind(
  text: string,
  sentence: string,
  start: number,
  end: number,
  last: boolean,
  inTable: boolean,
): SentenceKind {
  if (sentence.includes(' | ')) return inTable || last || !nextLine(text, end).includes(' | ') ? 'row' : 'header'
  if (question.test(sentence)) return 'question'
  if (last || sentence.length > 100) return 'statement'
  if (sentence.endsWith(':')) return 'heading'
  if (statementEnd.test(sentence) || /\d/.test(sentence)) return 'statement'
  const opensLine = /(?:^|\n)[^\S\n]*$/.test(text.slice(Math.max(0, start - 3), start))
  return opensLine && /^[^\S\n]*\n[^\S\n]*\n/.test(text.slice(end, end + 8)) ? 'heading' : 'statement'
}

function nextLine(text: string, end: number): string {
  const from = text.indexOf('\n', end) + 1
  if (from === 0) return ''
  const to = text.indexOf('\n', from)
  return text.slice(from, to < 0 ? undefined : to)
}
