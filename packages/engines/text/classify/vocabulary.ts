import type { Language } from '../words/stop-words.ts'
import { eachFeature, type View } from './features.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/** The features that a model knows in one view: hash, block and inverse document frequency by column. */
export interface Vocabulary {
  view: View
  language: Language
  /** [columns] 32-bit hashes in order of their first appearance. */
  hashes: Int32Array
  /** [columns] */
  idf: Float32Array
}

/** Column of a hash, -1 when unknown. */
type ColumnOf = (hash: number) => number

const indexes = new WeakMap<Int32Array, ColumnOf>()

/** The index of a vocabulary, made once: a model itself is plain data that can go to a worker thread. */
function columnsOf({ hashes }: Vocabulary): ColumnOf {
  const known = indexes.get(hashes) ?? indexHashes(hashes)
  indexes.set(hashes, known)
  return known
}

/** Open addressing over the hashes themselves, which are mixed already. */
function indexHashes(hashes: Int32Array): ColumnOf {
  let size = 16
  while (size < hashes.length * 2) size *= 2
  const slots = new Int32Array(size).fill(-1)
  for (const [column, hash] of hashes.entries()) {
    let slot = hash & (size - 1)
    while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & (size - 1)
    slots[slot] = column
  }
  return (hash) => {
    let slot = hash & (size - 1)
    for (;;) {
      const column = slots[slot] ?? -1
      if (column < 0 || hashes[column] === hash) return column
      slot = (slot + 1) & (size - 1)
    }
  }
}

/** Features of all texts, each text's sorted by hash with its count; the block is the hash's lowest bit. */
interface Counted {
  starts: Int32Array
  hashes: Int32Array
  counts: Uint16Array
}

/** One number for the feature and its block, so that sorting keeps both. */
const withBlock = (hash: number, block: number) => (hash & -2) | block

function countFeatures(texts: readonly string[], view: View, language: Language): Counted {
  let hashes = new Int32Array(1 << 16)
  let counts = new Uint16Array(1 << 16)
  let used = 0
  let buffer = new Int32Array(1 << 12)
  let filled = 0
  const starts = new Int32Array(texts.length + 1)
  for (const [row, text] of texts.entries()) {
    filled = 0
    eachFeature(text, view, language, (hash, block) => {
      if (filled === buffer.length) buffer = grown(buffer)
      buffer[filled++] = withBlock(hash, block)
    })
    const sorted = buffer.subarray(0, filled).sort()
    while (used + filled > hashes.length) {
      hashes = grown(hashes)
      const more = new Uint16Array(hashes.length)
      more.set(counts)
      counts = more
    }
    for (let at = 0; at < filled; at++)
      if (at > 0 && sorted[at] === sorted[at - 1]) counts[used - 1] = Math.min(65_535, (counts[used - 1] ?? 0) + 1)
      else {
        hashes[used] = sorted[at] ?? 0
        counts[used++] = 1
      }
    starts[row + 1] = used
  }
  return { starts, hashes: hashes.subarray(0, used), counts: counts.subarray(0, used) }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

/**
 * The vocabulary of the texts: features that occur in at least two of them, the commonest when they are more than `most`, with the smoothed
 * inverse document frequency ln((1 + n) / (1 + df)) + 1.
 */
export function buildVocabulary(
  texts: readonly string[],
  view: View,
  language: Language,
  most: number,
): { vocabulary: Vocabulary; matrix: SparseMatrix } {
  const counted = countFeatures(texts, view, language)
  const distinct = new Map<number, number>()
  for (const hash of counted.hashes) distinct.set(hash, (distinct.get(hash) ?? 0) + 1)
  let least = 2
  const frequencies = [...distinct.values()].filter((df) => df >= 2).sort((a, b) => b - a)
  if (frequencies.length > most) least = (frequencies[most] ?? 1) + 1
  const kept = [...distinct].filter(([, df]) => df >= least)
  const vocabulary: Vocabulary = {
    view,
    language,
    hashes: Int32Array.from(kept, ([hash]) => hash),
    idf: Float32Array.from(kept, ([, df]) => Math.log((1 + texts.length) / (1 + df)) + 1),
  }
  return { vocabulary, matrix: weigh(counted, vocabulary) }
}

/** Rows of texts by a known vocabulary. */
export function vectorise(texts: readonly string[], vocabulary: Vocabulary): SparseMatrix {
  return weigh(countFeatures(texts, vocabulary.view, vocabulary.language), vocabulary)
}

/** (1 + ln tf) idf, each block of a row scaled to length 1. */
function weigh({ starts, hashes, counts }: Counted, vocabulary: Vocabulary): SparseMatrix {
  const { idf } = vocabulary
  const columnOf = columnsOf(vocabulary)
  const rows = starts.length - 1
  const rowStarts = new Int32Array(rows + 1)
  const column = new Int32Array(hashes.length)
  const value = new Float32Array(hashes.length)
  const square = new Float64Array(2)
  let used = 0
  for (let row = 0; row < rows; row++) {
    const first = used
    square.fill(0)
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      const hash = hashes[at] ?? 0
      const found = columnOf(hash)
      if (found < 0) continue
      const weight = (1 + Math.log(counts[at] ?? 1)) * (idf[found] ?? 0)
      column[used] = found
      value[used++] = weight
      square[hash & 1] = (square[hash & 1] ?? 0) + weight * weight
    }
    const scale = square.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum) : 0))
    let at = starts[row] ?? 0
    for (let entry = first; entry < used; at++) {
      const hash = hashes[at] ?? 0
      if (columnOf(hash) !== column[entry]) continue
      value[entry] = (value[entry] ?? 0) * (scale[hash & 1] ?? 0)
      entry++
    }
    rowStarts[row + 1] = used
  }
  return { rows, columns: idf.length, starts: rowStarts, column: column.slice(0, used), value: value.slice(0, used) }
}

/** How each known feature of a text is written, by column. */
export function namesOf(text: string, vocabulary: Vocabulary): Map<number, string> {
  const { view, language } = vocabulary
  const columnOf = columnsOf(vocabulary)
  const names = new Map<number, string>()
  eachFeature(
    text,
    view,
    language,
    (hash, block, written) => {
      const column = columnOf(withBlock(hash, block))
      if (column >= 0 && written && !names.has(column)) names.set(column, written())
    },
    true,
  )
  return names
}
