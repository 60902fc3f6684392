import { splitSentences, tokenize } from '@guildhall/engines/extractive'
import { locateInPassage, type FoundPassage } from '@guildhall/modules/knowledge'
import type { CitationItem } from './answer.ts'

const markers = /\[(\d{1,3})\]/g
const longestQuote = 400

/**
 * For each marker in an answer, the passage it names and the sentence of it that says what the answer says there: the
 * one that shares most of its words with the claim before the marker (Jaccard index). Quotes are word for word.
 */
export function citePassages(text: string, passages: readonly FoundPassage[]): CitationItem[] {
  const items = new Map<number, CitationItem & { score: number }>()
  for (const found of text.matchAll(markers)) {
    const number = Number(found[1])
    const passage = passages[number - 1]
    if (!passage) continue
    const { start, end, score } = bestSentence(passage.text, claimBefore(text, found.index))
    if ((items.get(number)?.score ?? -1) >= score) continue
    items.set(number, { ...citationOf(passage, number, start, end), score })
  }
  return [...items.values()].map(({ score: _score, ...item }) => item)
}

function citationOf(passage: FoundPassage, marker: number, start: number, end: number): CitationItem {
  return {
    marker,
    passageId: passage.id,
    sourceId: passage.sourceId,
    baseId: passage.baseId,
    title: passage.title,
    headingPath: passage.headingPath,
    locator: locateInPassage(passage, start),
    quote: passage.text.slice(start, end),
    start,
    end,
  }
}

/** The sentence that a marker stands in or after, without markers. */
function claimBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 600), at).replaceAll(/(?:\s*\[\d{1,3}\])+\s*$/g, '')
  const last = splitSentences(before).at(-1)
  return last ? before.slice(last.start, last.end).replaceAll(markers, ' ') : before
}

function bestSentence(text: string, claim: string): { start: number; end: number; score: number } {
  const wanted = new Set(tokenize(claim))
  let best = { start: 0, end: 0, score: -1 }
  for (const { start, end } of splitSentences(text)) {
    const words = new Set(tokenize(text.slice(start, end)))
    const score = words.intersection(wanted).size / Math.max(words.union(wanted).size, 1)
    if (score > best.score) best = { start, end: start + atMost(text.slice(start, end)), score }
  }
  return best.score < 0 ? { start: 0, end: atMost(text), score: 0 } : best
}

/** Length of a quote of this text: all of it, or up to a word's end. */
function atMost(text: string): number {
  if (text.length <= longestQuote) return text.length
  const cut = text.lastIndexOf(' ', longestQuote)
  return cut > longestQuote / 2 ? cut : longestQuote
}
