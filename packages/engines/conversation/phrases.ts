import type { Word } from './words.ts'

/**
 * Patterns over words, in place of regular expressions: readable by the people whose calls are judged, and linear in time whatever
 * they write. Words are lower case with contractions written out ("do not"). `a|b` is either word, `very?` may be missing, and `*`
 * stands for up to three words of any kind, but not at the ends.
 */
type Step = { words: ReadonlySet<string>; optional: boolean } | 'gap'
type Pattern = { text: string; steps: readonly Step[]; tag: string }
export type Phrases = ReadonlyMap<string, readonly Pattern[]>

export type PhraseMatch = {
  /** The pattern that matched. */
  pattern: string
  /** Index of the first matched word. */
  from: number
  /** Index after the last matched word. */
  to: number
}

const LONGEST_GAP = 3

/** What is wrong with a pattern, or null. */
export function phraseFault(text: string): string | null {
  const parts = text.trim().split(/\s+/)
  if (text.trim() === '') return 'The phrase is empty.'
  if (parts[0] === '*' || parts.at(-1) === '*') return '"*" may not stand at the beginning or end of a phrase.'
  if (parts[0]?.endsWith('?')) return 'The first word may not be optional.'
  if (parts.filter((part) => part === '*').length > 3) return 'A phrase may hold "*" three times at most.'
  if (parts.some((part) => part !== '*' && !/^[\p{L}\p{M}\p{N}$€£%'.,:|]+\??$/u.test(part)))
    return 'A phrase is made of words, "a|b", "word?" and "*".'
  return null
}

/** Compiles patterns for `findPhrases`. A faulty pattern is a programming error here; check others with `phraseFault` first. */
export function compilePhrases(patterns: readonly string[]): Phrases {
  return compileTagged({ '': patterns })
}

/** Compiles several lists into one, to be searched in one pass; each match carries the tag of its list. */
export function compileTagged(lists: Readonly<Record<string, readonly string[]>>): Phrases {
  const byFirst = new Map<string, Pattern[]>()
  for (const [tag, patterns] of Object.entries(lists)) addPatterns(byFirst, patterns, tag)
  return byFirst
}

function addPatterns(byFirst: Map<string, Pattern[]>, patterns: readonly string[], tag: string): void {
  for (const text of patterns) {
    const fault = phraseFault(text)
    if (fault !== null) throw new Error(`Phrase "${text}": ${fault}`)
    const steps = text.trim().toLowerCase().split(/\s+/).map(compileStep)
    const [first] = steps
    if (first === undefined || first === 'gap') continue
    for (const word of first.words) {
      const list = byFirst.get(word) ?? []
      list.push({ text, steps, tag })
      byFirst.set(word, list)
    }
  }
}

function compileStep(part: string): Step {
  if (part === '*') return 'gap'
  const optional = part.endsWith('?')
  return { words: new Set((optional ? part.slice(0, -1) : part).split('|')), optional }
}

/** Index after the last word of the pattern when it matches at `at`, else -1. */
function matchFrom(steps: readonly Step[], step: number, words: readonly Word[], at: number): number {
  const current = steps[step]
  if (current === undefined) return at
  if (current === 'gap') {
    for (let skip = 0; skip <= LONGEST_GAP && at + skip < words.length; skip += 1) {
      const end = matchFrom(steps, step + 1, words, at + skip)
      if (end >= 0) return end
    }
    return -1
  }
  const word = words[at]
  if (word !== undefined && current.words.has(word.word)) {
    const end = matchFrom(steps, step + 1, words, at + 1)
    if (end >= 0) return end
  }
  return current.optional ? matchFrom(steps, step + 1, words, at) : -1
}

export type TaggedMatch = PhraseMatch & { tag: string }

/** All matches of all lists, in order; for each tag the longest at each word. Matches may overlap. */
export function findTagged(phrases: Phrases, words: readonly Word[]): TaggedMatch[] {
  const matches: TaggedMatch[] = []
  for (const [at, { word }] of words.entries()) {
    const candidates = phrases.get(word)
    if (!candidates) continue
    const first = matches.length
    for (const { text, steps, tag } of candidates) {
      const to = matchFrom(steps, 0, words, at)
      if (to <= at) continue
      const same = matches.findIndex((match, index) => index >= first && match.tag === tag)
      if (same < 0) matches.push({ pattern: text, from: at, to, tag })
      else if (to > (matches[same]?.to ?? 0)) matches[same] = { pattern: text, from: at, to, tag }
    }
  }
  return matches
}

/** All matches in order, none overlapping an earlier one; at the same word the longest wins. */
export function findPhrases(phrases: Phrases, words: readonly Word[]): PhraseMatch[] {
  const matches: PhraseMatch[] = []
  let at = 0
  while (at < words.length) {
    let best: PhraseMatch | null = null
    for (const pattern of phrases.get(words[at]?.word ?? '') ?? NONE) {
      const to = matchFrom(pattern.steps, 0, words, at)
      if (to > at && (best === null || to > best.to)) best = { pattern: pattern.text, from: at, to }
    }
    if (best) matches.push(best)
    at = best ? best.to : at + 1
  }
  return matches
}

/** The first match, or null. */
export function findPhrase(phrases: Phrases, words: readonly Word[]): PhraseMatch | null {
  for (const [at, { word }] of words.entries()) {
    for (const pattern of phrases.get(word) ?? NONE) {
      const to = matchFrom(pattern.steps, 0, words, at)
      if (to > at) return { pattern: pattern.text, from: at, to }
    }
  }
  return null
}
const NONE: readonly Pattern[] = []
