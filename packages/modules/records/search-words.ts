import type { CollectionDefinition } from '@guildhall/modules/projects'

const longestWord = 60
/** A tsvector holds at most 1 MiB, positions included. Words beyond (a vocabulary no text of this product has) are not found. */
const mostBytes = 500_000
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/**
 * The distinct words of a text as they are indexed and searched: letters and digits, lower case, without accents.
 * Scripts that set no spaces are segmented (Unicode Annex 29).
 */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFC').toLowerCase()
  const words = new Set<string>()
  for (const [run] of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
    const parts = unspaced.test(run) ? Array.from(segmenter.segment(run), ({ segment }) => segment) : [run]
    for (const part of parts) words.add(part.slice(0, longestWord).toWellFormed())
  }
  return [...words]
}

/** Text for `to_tsvector('simple', ...)`: the words of the searched members, or of the title when none is marked. */
export function searchTextOf(definition: CollectionDefinition, data: Record<string, unknown>): string {
  const words = wordsOf(
    searchedMembers(definition)
      .flatMap((name) => textsIn(data[name]))
      .join(' '),
  )
  let bytes = 0
  return words.filter((word) => (bytes += Buffer.byteLength(word) + 4) < mostBytes).join(' ')
}

function searchedMembers(definition: CollectionDefinition): string[] {
  const marked = Object.entries(definition.schema.properties).filter(([, member]) => member['x-search'] === true)
  return marked.length > 0 ? marked.map(([name]) => name) : [definition.titleMember]
}

/** A `tsquery` of the `simple` configuration: every word, the last one perhaps unfinished. Null when `q` holds no word. */
export function searchQuery(q: string | undefined): string | null {
  const words = wordsOf(q ?? '').slice(0, 32)
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ')
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
