import type { Factors } from './scorer.ts'

/**
 * Vectors with those first that can score most, so that a search for the largest products finds them soon and can stop: the longest, or,
 * where the last coordinate is a bias, those with the largest product with a user of the mean length in their direction.
 * @param users `[user][factors]` where the last coordinate is a bias; null where there is none
 */
export function orderedFactors(
  vectors: Float64Array,
  factors: number,
  users: Float64Array | null,
): Pick<Factors, 'item' | 'itemOfRow' | 'rowOfItem' | 'norm'> {
  const n = vectors.length / factors
  const length = new Float64Array(n)
  const reach = new Float64Array(n)
  const typical = users ? meanLength(users, factors) : 1
  for (let i = 0; i < n; i++) {
    let sum = 0
    // As it will be stored.
    for (let a = 0; a < factors; a++) sum += Math.fround(vectors[i * factors + a]!) ** 2
    length[i] = Math.sqrt(sum)
    const bias = users ? vectors[(i + 1) * factors - 1]! : 0
    reach[i] = typical * Math.sqrt(Math.max(0, sum - bias ** 2)) + bias
  }
  const itemOfRow = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => reach[b]! - reach[a]! || a - b)
  const rowOfItem = new Uint32Array(n)
  const item = new Float32Array(n * factors)
  itemOfRow.forEach((from, row) => {
    rowOfItem[from] = row
    item.set(vectors.subarray(from * factors, (from + 1) * factors), row * factors)
  })
  return { item, itemOfRow, rowOfItem, norm: Float64Array.from(itemOfRow, (from) => length[from]!) }
}

/** Of the users' vectors without the last coordinate, which is 1. */
function meanLength(users: Float64Array, factors: number): number {
  let total = 0
  for (let base = 0; base < users.length; base += factors) {
    let sum = 0
    for (let a = 0; a < factors - 1; a++) sum += users[base + a]! ** 2
    total += Math.sqrt(sum)
  }
  return (total * factors) / Math.max(1, users.length)
}
