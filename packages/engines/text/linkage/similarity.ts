/**
 * Similarity of two short texts by their common letters in nearly the same order (M. Jaro 1989), raised for a common beginning (W. E. Winkler
 * 1990): 1 when they are the same, 0 when they have no letter in common.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Uint8Array(b.length)
  const common: string[] = []
  for (let i = 0; i < a.length; i++)
    for (let j = Math.max(0, i - window); j < Math.min(b.length, i + window + 1); j++)
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = 1
        common.push(a[i] ?? '')
        break
      }
  if (common.length === 0) return 0
  let at = 0
  let displaced = 0
  for (let j = 0; j < b.length; j++) if (taken[j] && b[j] !== common[at++]) displaced++
  const matches = common.length
  const jaro = (matches / a.length + matches / b.length + (matches - displaced / 2) / matches) / 3
  let prefix = 0
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** Share of words in common, each counted once (Jaccard). */
export function wordOverlap(a: string, b: string): number {
  const [left, right] = [new Set(a.split(' ')), new Set(b.split(' '))]
  const common = [...left].filter((word) => right.has(word)).length
  return common / (left.size + right.size - common)
}
