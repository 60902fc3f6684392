import { createTopList } from '../top-list.ts'
import type { ItemContent, Taste } from './item-content.ts'

/** The descriptions of items, made ready to be compared. Plain data. */
export interface ContentIndex {
  /** Number in the model of each described item. */
  item: Uint32Array
  terms: string[]
  /** ln(items / items with the term) + 1, by term. */
  rarity: Float64Array
  /** Per term the described items that have it, with their weight; vectors of terms have length 1. */
  termStart: Uint32Array
  termEntry: Uint32Array
  termWeight: Float64Array
  /** `[entry][width]`, each of length 1, or 0 where there was none. */
  vectors: Float32Array
  width: number
}

/** @param numbers number in the model of each item that is described; others are left out */
export function indexContent(content: readonly ItemContent[], numbers: ReadonlyMap<string, number>): ContentIndex {
  const known = content.filter((each) => numbers.has(each.item))
  const termNumber = new Map<string, number>()
  const counts: number[] = []
  for (const each of known)
    for (const term of new Set(each.terms)) {
      const at = termNumber.get(term) ?? termNumber.size
      termNumber.set(term, at)
      counts[at] = (counts[at] ?? 0) + 1
    }
  const rarity = Float64Array.from(counts, (count) => Math.log(known.length / count) + 1)
  const termStart = new Uint32Array(counts.length + 1)
  counts.forEach((count, t) => (termStart[t + 1] = termStart[t]! + count))
  const next = termStart.slice()
  const termEntry = new Uint32Array(termStart.at(-1) ?? 0)
  const termWeight = new Float64Array(termEntry.length)
  const width = known.find((each) => each.vector)?.vector?.length ?? 0
  const vectors = new Float32Array(known.length * width)
  for (const [entry, each] of known.entries()) {
    for (const [t, weight] of weightsOf(each.terms ?? [], termNumber, rarity)) {
      const at = next[t]!++
      termEntry[at] = entry
      termWeight[at] = weight
    }
    if (each.vector) vectors.set(unit(each.vector), entry * width)
  }
  const item = Uint32Array.from(known, (each) => numbers.get(each.item)!)
  return { item, terms: [...termNumber.keys()], rarity, termStart, termEntry, termWeight, vectors, width }
}

/** Weights (1 + ln count) * rarity of the terms, as a vector of length 1. */
function weightsOf(
  terms: readonly string[],
  numbers: ReadonlyMap<string, number>,
  rarity: Float64Array,
): [term: number, weight: number][] {
  const counts = new Map<number, number>()
  for (const term of terms) {
    const at = numbers.get(term)
    if (at !== undefined) counts.set(at, (counts.get(at) ?? 0) + 1)
  }
  const weights = [...counts].map(([t, count]): [number, number] => [t, (1 + Math.log(count)) * rarity[t]!])
  const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight ** 2, 0))
  return weights.map(([t, weight]) => [t, weight / length])
}

function unit(vector: readonly number[]): number[] {
  const most = vector.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  if (most === 0) return vector.map(() => 0)
  const length = Math.sqrt(vector.reduce((sum, x) => sum + (x / most) ** 2, 0))
  return vector.map((x) => x / most / length)
}

const termNumbers = new WeakMap<ContentIndex, ReadonlyMap<string, number>>()

function numbersOf(index: ContentIndex): ReadonlyMap<string, number> {
  let known = termNumbers.get(index)
  if (!known) termNumbers.set(index, (known = new Map(index.terms.map((term, t) => [term, t]))))
  return known
}

/**
 * The described items most like a description: the cosine of their terms (tf-idf) and of their vectors, the mean of both
 * where the description has both.
 * @param accept which items (numbers in the model) may be answered
 * @returns numbers in the model, likeness above 0 and at most 1
 */
export function likeContent(
  index: ContentIndex,
  taste: Taste,
  count: number,
  accept: (item: number) => boolean,
): { items: Uint32Array; scores: Float64Array } {
  const terms = taste.terms?.length ? weightsOf(taste.terms, numbersOf(index), index.rarity) : null
  const vector = taste.vector && index.width > 0 ? Float64Array.from(unit(taste.vector)) : null
  return nearest(index, terms, vector, count, accept)
}

/** The same for the description of an item that is in the index. */
export function likeEntry(
  index: ContentIndex,
  entry: number,
  count: number,
  accept: (item: number) => boolean,
): { items: Uint32Array; scores: Float64Array } {
  const { terms, termStart, termEntry, termWeight, vectors, width } = index
  const weights: [term: number, weight: number][] = []
  for (let t = 0; t < terms.length; t++)
    for (let k = termStart[t]!; k < termStart[t + 1]!; k++)
      if (termEntry[k] === entry) weights.push([t, termWeight[k]!])
  const vector = Float64Array.from(vectors.subarray(entry * width, (entry + 1) * width))
  return nearest(index, weights.length > 0 ? weights : null, vector.some((x) => x !== 0) ? vector : null, count, accept)
}

/** @param terms weights of length 1, or null @param vector of length 1, or null */
function nearest(
  { item, termStart, termEntry, termWeight, vectors, width }: ContentIndex,
  terms: [term: number, weight: number][] | null,
  vector: Float64Array | null,
  count: number,
  accept: (item: number) => boolean,
): { items: Uint32Array; scores: Float64Array } {
  const likeness = new Float64Array(item.length)
  const part = terms && vector ? 0.5 : 1
  for (const [t, weight] of terms ?? [])
    for (let k = termStart[t]!; k < termStart[t + 1]!; k++)
      likeness[termEntry[k]!] = likeness[termEntry[k]!]! + part * weight * termWeight[k]!
  if (vector)
    for (let entry = 0; entry < item.length; entry++) {
      let sum = 0
      for (let a = 0; a < width; a++) sum += vector[a]! * vectors[entry * width + a]!
      likeness[entry] = likeness[entry]! + part * sum
    }
  const top = createTopList(count)
  likeness.forEach((each, entry) => {
    if (each > 0 && accept(item[entry]!)) top.offer(item[entry]!, Math.min(1, each))
  })
  return top.take()
}
