import type { Factors } from './scorer.ts'

/** Vectors with the longest first, so that a search for the largest product can stop early. */
export function orderedFactors(
  vectors: Float64Array,
  factors: number,
): Pick<Factors, 'item' | 'itemOfRow' | 'rowOfItem' | 'norm'> {
  const n = vectors.length / factors
  const length = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    // As it will be stored.
    for (let a = 0; a < factors; a++) sum += Math.fround(vectors[i * factors + a]!) ** 2
    length[i] = Math.sqrt(sum)
  }
  const itemOfRow = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => length[b]! - length[a]! || a - b)
  const rowOfItem = new Uint32Array(n)
  const item = new Float32Array(n * factors)
  itemOfRow.forEach((from, row) => {
    rowOfItem[from] = row
    item.set(vectors.subarray(from * factors, (from + 1) * factors), row * factors)
  })
  return { item, itemOfRow, rowOfItem, norm: Float64Array.from(itemOfRow, (from) => length[from]!) }
}
