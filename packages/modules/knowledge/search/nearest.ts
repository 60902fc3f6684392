import type { VectorBlock } from './vector-cache.ts'

export interface Neighbour {
  id: string
  /** Cosine, -1 to 1. */
  similarity: number
}

/** Rows between two breaths of the event loop: a few milliseconds of work. */
const rowsPerTurn = 8192

/** The `limit` vectors with the largest cosine to the query, best first: an exact scan. Both sides have length 1. */
export async function nearest(block: VectorBlock, query: Float32Array, limit: number): Promise<Neighbour[]> {
  if (block.dims !== query.length) return []
  const best: { row: number; similarity: number }[] = []
  for (let from = 0; from < block.ids.length; from += rowsPerTurn) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve))
    const to = Math.min(block.ids.length, from + rowsPerTurn)
    for (let row = from; row < to; row++) {
      const similarity = dot(block.vectors, row * block.dims, query)
      if (best.length === limit && similarity <= (best.at(-1)?.similarity ?? -Infinity)) continue
      const place = best.findIndex((other) => other.similarity < similarity)
      best.splice(place < 0 ? best.length : place, 0, { row, similarity })
      if (best.length > limit) best.pop()
    }
  }
  return best.map(({ row, similarity }) => ({ id: block.ids[row] ?? '', similarity }))
}

/** Four sums side by side: the processor need not wait for one addition to begin the next. */
function dot(vectors: Float32Array, start: number, query: Float32Array): number {
  const length = query.length
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 3 < length; i += 4) {
    a += (vectors[start + i] ?? 0) * (query[i] ?? 0)
    b += (vectors[start + i + 1] ?? 0) * (query[i + 1] ?? 0)
    c += (vectors[start + i + 2] ?? 0) * (query[i + 2] ?? 0)
    d += (vectors[start + i + 3] ?? 0) * (query[i + 3] ?? 0)
  }
  for (; i < length; i++) a += (vectors[start + i] ?? 0) * (query[i] ?? 0)
  return a + b + c + d
}
