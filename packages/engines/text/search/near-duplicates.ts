import { z } from 'zod'
import {
  checkInput,
  createRandom,
  provenanceOf,
  Provenance,
  startWork,
  type WorkOptions,
} from '../../contract/index.ts'
import { tokenize } from '../words/tokens.ts'

export const DuplicatesInput = z.object({
  texts: z.array(z.string().max(5_000_000)).max(5_000_000).describe('Texts to compare with each other'),
  similarity: z
    .number()
    .min(0.3)
    .max(1)
    .optional()
    .describe('Least share of word sequences in common (Jaccard); .8 unless told'),
  words: z.int().min(1).max(10).optional().describe('Words in a sequence; 3 unless told'),
  seed: z.int().optional().describe('Of the random permutations; 1 unless told'),
})
export type DuplicatesInput = z.infer<typeof DuplicatesInput>

export const DuplicatesResult = z.object({
  pairs: z
    .array(z.object({ first: z.int(), second: z.int(), similarity: z.number() }))
    .describe('Indexes of texts that are nearly the same, with their exact Jaccard similarity'),
  groups: z.array(z.array(z.int())).describe('Texts linked by pairs, two or more in each'),
  provenance: Provenance,
})
export type DuplicatesResult = z.infer<typeof DuplicatesResult>

const signatureLength = 128

/**
 * Texts that are nearly the same: MinHash signatures (A. Z. Broder, "On the Resemblance and Containment of Documents", 1997) cut into bands
 * (P. Indyk and R. Motwani 1998); texts that share a band are compared exactly, so every pair returned is one. A pair at the asked similarity
 * is overlooked in about one case of a hundred, a closer one far more rarely. At the time limit the pairs among the texts
 * read so far are returned, with a warning.
 */
export function findNearDuplicates(
  input: z.input<typeof DuplicatesInput>,
  options: Omit<WorkOptions, 'seed'> = {},
): DuplicatesResult {
  const { texts, similarity = 0.8, words = 3, seed = 1 } = checkInput(DuplicatesInput, input)
  const work = startWork(options)
  const shingles: Int32Array[] = []
  const random = createRandom(seed)
  const factors = Int32Array.from({ length: signatureLength }, () => random.integer(2 ** 32) | 1)
  const offsets = Int32Array.from({ length: signatureLength }, () => random.integer(2 ** 32))
  const rows = rowsOfBand(similarity)
  const signature = new Uint32Array(signatureLength)
  const buckets = new Map<string, number[]>()
  const pairs: DuplicatesResult['pairs'] = []
  /** By text: the last one it was compared with. */
  const comparedWith = new Int32Array(texts.length).fill(-1)
  for (const [second, text] of texts.entries()) {
    if (work.expired()) break
    work.progress(second / texts.length, 'comparing texts')
    const own = shinglesOf(text, words)
    shingles.push(own)
    if (own.length === 0) continue
    sign(own, factors, offsets, signature)
    for (let band = 0; band + rows <= signatureLength; band += rows) {
      const key = `${String(band)}:${signature.subarray(band, band + rows).join(',')}`
      const bucket = buckets.get(key)
      if (!bucket) {
        buckets.set(key, [second])
        continue
      }
      let same = false
      for (const first of bucket) {
        if (comparedWith[first] === second) continue
        comparedWith[first] = second
        const share = jaccard(shingles[first] ?? own, own)
        if (share >= similarity) pairs.push({ first, second, similarity: share })
        if (share === 1) same = true
      }
      // Copies of a text that is in the bucket already would be compared with all later ones in vain.
      if (!same) bucket.push(second)
    }
  }
  const cut = `The time limit ended the search after ${String(shingles.length)} of ${String(texts.length)} texts.`
  const warnings = shingles.length < texts.length ? [{ code: 'time-limit', message: cut }] : []
  pairs.sort((a, b) => a.first - b.first || a.second - b.second)
  return {
    pairs,
    groups: groupsOf(texts.length, pairs),
    provenance: provenanceOf('text/near-duplicates', '1.0.0', seed, [input], warnings),
  }
}

/** Hashes of the word sequences, sorted and without repetition; a text shorter than a sequence is one. */
function shinglesOf(text: string, words: number): Int32Array {
  const tokens = tokenize(text)
  if (tokens.length === 0) return new Int32Array(0)
  const count = Math.max(1, tokens.length - words + 1)
  const hashes = new Int32Array(count)
  for (let from = 0; from < count; from++) {
    let hash = 0x811c9dc5
    for (const token of tokens.slice(from, from + words)) {
      for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193)
      hash = Math.imul(hash ^ 32, 0x01000193)
    }
    hashes[from] = hash
  }
  hashes.sort()
  return hashes.filter((hash, at) => at === 0 || hash !== hashes[at - 1])
}

function sign(shingles: Int32Array, factors: Int32Array, offsets: Int32Array, signature: Uint32Array): void {
  signature.fill(0xffffffff)
  for (const shingle of shingles)
    for (let i = 0; i < signatureLength; i++) {
      let mixed = Math.imul(shingle ^ (offsets[i] ?? 0), factors[i] ?? 1)
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
      mixed = (mixed ^ (mixed >>> 13)) >>> 0
      if (mixed < (signature[i] ?? 0)) signature[i] = mixed
    }
}

/** The longest bands that still find 99 of 100 pairs at the similarity. */
function rowsOfBand(similarity: number): number {
  let rows = 1
  for (let longer = 2; longer <= 16; longer++) {
    const bands = Math.floor(signatureLength / longer)
    if (1 - (1 - similarity ** longer) ** bands >= 0.99) rows = longer
  }
  return rows
}

function jaccard(a: Int32Array, b: Int32Array): number {
  let [i, j, common] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0]
    if (x === y) common++
    if (x <= y) i++
    if (y <= x) j++
  }
  return common / (a.length + b.length - common)
}

function groupsOf(count: number, pairs: readonly { first: number; second: number }[]): number[][] {
  const parent = Int32Array.from({ length: count }, (_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at
      at = parent[at] ?? at
    }
    return at
  }
  for (const { first, second } of pairs) {
    const [a, b] = [root(first), root(second)]
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  const groups = new Map<number, number[]>()
  for (const index of new Set(pairs.flatMap(({ first, second }) => [first, second]))) {
    const key = root(index)
    groups.set(key, [...(groups.get(key) ?? []), index])
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
}
