import { type Language, stem } from '../text/index.ts'
import type { QueryTerm } from './question.ts'

/** A word that begins with a term's stem (or the reverse) is probably a compound or a derivation of it. */
const prefixStrength = 0.7
const shortestPrefix = 5

/** Which term a word matches and how well (0 to 1). */
export interface TermMatch {
  term: number
  strength: number
}

/** Matches the words of one language against the query's terms; each distinct word is stemmed once. */
export function termMatcher(terms: readonly QueryTerm[], language: Language): (token: string) => TermMatch | null {
  const stems = terms.map((term) => term.stems[language])
  const seen = new Map<string, TermMatch | null>()
  return (token) => {
    const known = seen.get(token)
    if (known !== undefined) return known
    const match = bestMatch(token, stem(token, language), terms, stems)
    seen.set(token, match)
    return match
  }
}

function bestMatch(
  token: string,
  tokenStem: string,
  terms: readonly QueryTerm[],
  stems: readonly string[],
): TermMatch | null {
  for (const [index, termStem] of stems.entries()) {
    if (termStem === tokenStem || terms[index]?.token === token) return { term: index, strength: 1 }
  }
  for (const [index, termStem] of stems.entries()) {
    if (Math.min(termStem.length, tokenStem.length) < shortestPrefix) continue
    if (token.startsWith(termStem) || (terms[index]?.token ?? '').startsWith(tokenStem))
      return { term: index, strength: prefixStrength }
  }
  return null
}
