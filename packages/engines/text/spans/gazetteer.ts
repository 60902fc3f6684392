import { z } from 'zod'
import { fold } from '../words/tokens.ts'
import type { Found } from './span.ts'

export const Gazetteer = z.object({
  name: z.string().min(1).max(200).describe('Name of the list, for instance `drugs`; the unit of each span'),
  terms: z
    .array(
      z.object({
        value: z.string().min(1).max(400).describe('Normal form, for instance an identifier'),
        phrases: z
          .array(z.string().min(1).max(400))
          .min(1)
          .describe('How it is written; case and accents do not matter'),
      }),
    )
    .min(1)
    .max(1_000_000),
})
export type Gazetteer = z.infer<typeof Gazetteer>

interface Node {
  next: Map<string, Node>
  ends: { value: string; list: string }[]
}

const wordPattern = /[\p{L}\p{N}]+/gu
const wordsOf = (text: string) =>
  [...text.matchAll(wordPattern)].map((match) => ({
    word: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }))

/** Terms of own lists: the longest phrase at each word; the same words may be in several lists. */
export function findTerms(text: string, gazetteers: readonly Gazetteer[]): Found[] {
  const root: Node = { next: new Map(), ends: [] }
  for (const { name, terms } of gazetteers)
    for (const { value, phrases } of terms)
      for (const phrase of phrases) {
        let node = root
        for (const { word } of wordsOf(phrase)) {
          let child = node.next.get(word)
          if (!child) node.next.set(word, (child = { next: new Map(), ends: [] }))
          node = child
        }
        if (node !== root) node.ends.push({ value, list: name })
      }
  const words = wordsOf(text)
  const found: Found[] = []
  for (let at = 0; at < words.length;) {
    let node: Node | undefined = root
    let longest = at
    let ends: Node['ends'] = []
    for (let next = at; next < words.length; next++) {
      node = node.next.get(words[next]?.word ?? '')
      if (!node) break
      if (node.ends.length > 0) {
        longest = next
        ends = node.ends
      }
    }
    for (const { value, list } of ends)
      found.push({ kind: 'term', start: words[at]?.start ?? 0, end: words[longest]?.end ?? 0, value, unit: list })
    at = ends.length > 0 ? longest + 1 : at + 1
  }
  return found
}
