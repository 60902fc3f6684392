import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  loadModel,
  ModelVersionError,
  provenanceOf,
  type Provenance,
  type SavedModel,
  saveModel,
} from '../../contract/index.ts'
import { stem } from '../words/stemming.ts'
import { type Language, languages, stopWords } from '../words/stop-words.ts'
import { tokenize } from '../words/tokens.ts'
import { inverseDocumentFrequency, termScore } from './bm25.ts'

export const SearchDocuments = z
  .array(z.object({ id: z.string().min(1).describe('Unique'), text: z.string().max(5_000_000) }))
  .max(5_000_000)
export type SearchDocument = z.infer<typeof SearchDocuments>[number]

/** An inverted index of words: plain data, so that it can be kept as JSON. */
export interface SearchIndex {
  language: Language
  ids: readonly string[]
  /** Words of each document. */
  lengths: readonly number[]
  /** By stem: document, frequency, document, frequency … */
  postings: Readonly<Record<string, readonly number[]>>
}

/** @throws EngineInputError when two documents have the same id */
export function buildSearchIndex(documents: readonly SearchDocument[], language: Language = 'en'): SearchIndex {
  const checked = checkInput(SearchDocuments, [...documents])
  const seen = new Set<string>()
  const postings = new Map<string, number[]>()
  const lengths: number[] = []
  for (const [row, { id, text }] of checked.entries()) {
    if (seen.has(id)) throw new EngineInputError('duplicate-key', [{ field: 'id', row, message: `${id} occurs twice` }])
    seen.add(id)
    const words = stemsOf(text, language)
    lengths.push(words.length)
    const counts = new Map<string, number>()
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    for (const [word, count] of counts) {
      const list = postings.get(word)
      if (list) list.push(row, count)
      else postings.set(word, [row, count])
    }
  }
  return { language, ids: checked.map(({ id }) => id), lengths, postings: Object.fromEntries(postings) }
}

function stemsOf(text: string, language: Language): string[] {
  return tokenize(text)
    .filter((token) => !stopWords[language].has(token))
    .map((token) => stem(token, language))
}

/** The documents that answer a query best by BM25; only those that share a word with it. Ties are in the order of the documents. */
export function searchIndex(
  index: SearchIndex,
  query: string,
  top = 10,
): { hits: { id: string; score: number }[]; provenance: Provenance } {
  const scores = new Map<number, number>()
  const average = index.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, index.lengths.length)
  for (const word of new Set(stemsOf(query, index.language))) {
    const list = Object.hasOwn(index.postings, word) ? (index.postings[word] ?? []) : []
    const idf = inverseDocumentFrequency(index.ids.length, list.length / 2)
    for (let at = 0; at < list.length; at += 2) {
      const document = list[at] ?? 0
      const score = termScore(idf, list[at + 1] ?? 0, index.lengths[document] ?? 0, average)
      scores.set(document, (scores.get(document) ?? 0) + score)
    }
  }
  const hits = [...scores]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, top)
    .map(([document, score]) => ({ id: index.ids[document] ?? '', score }))
  return { hits, provenance: provenanceOf('text/search', '1.0.0', 0, [index.ids.length, query, top]) }
}

const SavedIndex = z.object({
  language: z.enum(languages as readonly [Language, ...Language[]]),
  ids: z.array(z.string()),
  lengths: z.array(z.int()),
  postings: z.record(z.string(), z.array(z.int())),
})

export function saveSearchIndex(index: SearchIndex): SavedModel<SearchIndex> {
  return saveModel('text/search', 1, index)
}

/** @throws ModelVersionError when it cannot be read */
export function loadSearchIndex(saved: SavedModel): SearchIndex {
  const read = SavedIndex.safeParse(loadModel(saved, 'text/search', 1))
  if (!read.success) throw new ModelVersionError(`This index is damaged: ${z.prettifyError(read.error)}`)
  return read.data
}
