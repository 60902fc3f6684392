import { stem } from '../words/stemming.ts'
import type { Language } from '../words/stop-words.ts'
import { tokenize } from '../words/tokens.ts'

/**
 * What a text looks like to the classifier. `phrases`: stemmed words, neighbouring words and pairs of words anywhere near each other.
 * `letters`: words as they stand, neighbouring words, and runs of 2 to 5 letters within a word with its edges.
 */
export const views = ['phrases', 'letters'] as const
export type View = (typeof views)[number]

/** Receives each feature: a 32-bit hash, which of the view's two blocks it belongs to, and how to write it for a person. */
export type FeatureSink = (hash: number, block: number, written: (() => string) | null) => void

/** Pairs of words are made up to this distance; longer texts have nearer pairs only, so that their number stays linear. */
const widestPair = 16
const mostPairs = 600

/** Hashes of one kind do not meet those of another. */
const wordSeed = 0x1b873593
const bigramSeed = 0x2545f491
const pairSeed = 0x3c6ef372
const letterSeed = 0x5be0cd19

/** Features of a text in one view, with repetitions. @param named whether the sink wants to know how to write them */
export function eachFeature(text: string, view: View, language: Language, sink: FeatureSink, named = false): void {
  const tokens = tokenize(text)
  const words = view === 'phrases' ? tokens.map((token) => stem(token, language)) : tokens
  const hashes = Int32Array.from(words, (word) => hashText(word, wordSeed))
  for (const [index, word] of words.entries()) sink(hashes[index] ?? 0, 0, named ? () => word : null)
  // The edges of the text are neighbours too: how it begins says much.
  for (let at = 0; at <= words.length; at++) {
    const hash = mix(Math.imul(hashes[at - 1] ?? 1, 0x9e3779b1) ^ (hashes[at] ?? 2) ^ bigramSeed)
    sink(hash, 0, named ? () => `${words[at - 1] ?? '^'} ${words[at] ?? '$'}` : null)
  }
  if (view === 'phrases') eachPair(words, hashes, sink, named)
  else for (const word of words) eachLetterRun(word, sink, named)
}

function eachPair(words: readonly string[], hashes: Int32Array, sink: FeatureSink, named: boolean): void {
  const window = Math.min(widestPair, Math.floor(mostPairs / Math.max(1, words.length)))
  for (let i = 0; i < words.length; i++)
    for (let j = i + 1; j < words.length && j <= i + window; j++) {
      const [a, b] = [hashes[i] ?? 0, hashes[j] ?? 0]
      if (a === b) continue
      // Which word comes first does not matter.
      const hash = mix(Math.imul(Math.min(a, b), 0x9e3779b1) ^ Math.max(a, b) ^ pairSeed)
      sink(hash, 1, named ? () => `${words[i] ?? ''} … ${words[j] ?? ''}` : null)
    }
}

function eachLetterRun(word: string, sink: FeatureSink, named: boolean): void {
  const last = word.length + 1
  for (let from = 0; from < last; from++) {
    let hash = letterSeed
    for (let to = from; to <= last && to < from + 5; to++) {
      hash = Math.imul(hash ^ (to === 0 || to === last ? 32 : word.charCodeAt(to - 1)), 0x01000193)
      if (to > from) sink(mix(hash), 1, named ? () => ` ${word} `.slice(from, to + 1) : null)
    }
  }
}

/** FNV-1a (Fowler, Noll and Vo 1991) over the characters, then the finalizer of MurmurHash3 (Appleby 2011). */
function hashText(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

function mix(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
