/** The smallest value that at least `level` of the weight does not exceed (inverse of the distribution, Hyndman & Fan 1996, type 1). */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | null,
  rows: Uint32Array,
  level: number,
): number {
  const sorted = rows.slice().sort((a, b) => values[a]! - values[b]! || a - b)
  if (!weights) return values[sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)]!]!
  let total = 0
  for (const row of sorted) total += weights[row]!
  let sum = 0
  for (const row of sorted) {
    sum += weights[row]!
    if (sum >= level * total) return values[row]!
  }
  return values[sorted.at(-1)!]!
}
