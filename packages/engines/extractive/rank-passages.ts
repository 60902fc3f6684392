import { inverseDocumentFrequency, type Language, languageByStopWords, termScore, tokenize } from '../text/index.ts'
import type { Passage } from './passage.ts'
import { analyseQuestion } from './question.ts'
import { termMatcher } from './term-matcher.ts'

/** The language of a passage shows in its first words. */
const languageSample = 150

/** A word of the title counts as this many words of the text. */
const titleWeight = 2

/** How common the query's terms are where the passages were preselected from. */
export interface CorpusStatistics {
  /** Passages in the whole corpus. */
  passages: number
  /** By a term's token: passages that contain it. */
  containing: ReadonlyMap<string, number>
}

/**
 * Passages that share a term with the query, best first by BM25; ties keep the given order. Scores compare only within one call.
 *
 * @param corpus when the passages are a selection: their rarity within it says nothing about their rarity at large
 */
export function rankPassages(
  query: string,
  passages: readonly Passage[],
  corpus?: CorpusStatistics,
): { id: string; score: number }[] {
  const read = passages.map((passage) => readPassage(passage))
  const { terms } = analyseQuestion(query, majorityLanguage(read.map((passage) => passage.language)))
  const matchers = new Map<Language, ReturnType<typeof termMatcher>>()
  const counted = read.map(({ title, text, language }) => {
    const match = matchers.get(language) ?? termMatcher(terms, language)
    matchers.set(language, match)
    const frequencies = terms.map(() => 0)
    const count = (tokens: readonly string[], weight: number): void => {
      for (const token of tokens) {
        const found = match(token)
        if (found) frequencies[found.term] = (frequencies[found.term] ?? 0) + found.strength * weight
      }
    }
    count(title, titleWeight)
    count(text, 1)
    return { frequencies, length: text.length + title.length * titleWeight }
  })
  const averageLength = counted.reduce((sum, passage) => sum + passage.length, 0) / Math.max(counted.length, 1)
  const idf = terms.map(({ token }, term) => {
    const here = counted.filter((passage) => (passage.frequencies[term] ?? 0) > 0).length
    const at = corpus?.containing.get(token)
    return corpus && at !== undefined
      ? inverseDocumentFrequency(Math.max(corpus.passages, at, here), Math.max(at, here))
      : inverseDocumentFrequency(counted.length, here)
  })
  return counted
    .map(({ frequencies, length }, index) => ({
      id: passages[index]?.id ?? '',
      score: frequencies.reduce(
        (sum, frequency, term) =>
          sum + (terms[term]?.weight ?? 0) * termScore(idf[term] ?? 0, frequency, length, averageLength),
        0,
      ),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
}

function readPassage(passage: Passage): { title: string[]; text: string[]; language: Language } {
  const text = tokenize(passage.text)
  return { title: tokenize(passage.title), text, language: languageByStopWords(text.slice(0, languageSample), 'en') }
}

/** The language of most passages; English when there are none. */
export function majorityLanguage(found: readonly Language[]): Language {
  const counts = new Map<Language, number>()
  for (const language of found) counts.set(language, (counts.get(language) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en'
}
