import { analyseQuestion, detectLanguage, languages, stem, tokenize } from '@guildhall/engines/extractive'

const longestTerm = 100
/** The language of a text shows in its first words. */
const languageSample = 150
/** From this length on, a word that begins with the stem is taken for a compound or a derivation. */
const shortestPrefix = 5
const mostTerms = 24
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/**
 * What a text is found by, as the text form of a `tsvector`: its folded words, stemmed in the text's language. Made here
 * and not by a PostgreSQL configuration, so that preselection and ranking agree about what a word is.
 */
export function indexedTerms(text: string): string {
  const tokens = tokenize(text)
  const language = detectLanguage(tokens.slice(0, languageSample), 'en')
  const terms = new Set<string>()
  for (const token of new Set(tokens))
    for (const word of wordsOf(token)) terms.add(stem(word, language).slice(0, longestTerm))
  return [...terms].map(quoted).join(' ')
}

export interface SearchTerm {
  token: string
  /** How much of the question's meaning it carries: 1 for a content word. */
  weight: number
  /** Text form of a `tsquery`. */
  query: string
}

/** The terms of a question, each with its stems in all languages. None when there is no word in it; heaviest first. */
export function searchTerms(question: string): SearchTerm[] {
  const { terms } = analyseQuestion(question, 'en')
  const found: SearchTerm[] = terms.map(({ token, weight, stems }) => {
    const parts = wordsOf(token)
    const forms =
      parts.length > 1
        ? [parts.map(quoted).join(' & ')]
        : [...new Set(Object.values(stems))].map(
            (form) => quoted(form.slice(0, longestTerm)) + (form.length >= shortestPrefix ? ':*' : ''),
          )
    return { token, weight, query: `(${forms.join(' | ')})` }
  })
  // A question of grammar words only ("Who are you?", "The Who") is searched for word by word.
  const all = found.length > 0 ? found : [...new Set(tokenize(question))].map(grammarWord)
  return all.toSorted((a, b) => b.weight - a.weight).slice(0, mostTerms)
}

function grammarWord(token: string): SearchTerm {
  const forms = new Set(languages.map((language) => stem(token, language).slice(0, longestTerm)))
  return { token, weight: 1, query: `(${[...forms].map(quoted).join(' | ')})` }
}

/** Scripts that set no spaces are segmented (Unicode Annex 29). */
function wordsOf(token: string): string[] {
  if (!unspaced.test(token)) return [token.slice(0, longestTerm)]
  return Array.from(segmenter.segment(token), ({ segment }) => segment.slice(0, longestTerm))
}

/** Tokens hold letters, digits, commas and points only, so nothing in them needs escaping. */
function quoted(token: string): string {
  return `'${token.toWellFormed()}'`
}
