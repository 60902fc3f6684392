/** Discounted gain of the relevant items among the first ranked ones, over the best possible one (Järvelin & Kekäläinen 2002, binary). */
export function ndcgOf(ranked: ArrayLike<number>, relevant: ReadonlySet<number>, depth: number): number {
  let gain = 0
  for (let k = 0; k < Math.min(depth, ranked.length); k++) if (relevant.has(ranked[k]!)) gain += 1 / Math.log2(k + 2)
  let best = 0
  for (let k = 0; k < Math.min(depth, relevant.size); k++) best += 1 / Math.log2(k + 2)
  return best > 0 ? gain / best : 0
}

/** Mean of the precisions at each relevant item found, over the relevant items that could be found. */
export function averagePrecisionOf(ranked: ArrayLike<number>, relevant: ReadonlySet<number>, depth: number): number {
  let [hits, sum] = [0, 0]
  for (let k = 0; k < Math.min(depth, ranked.length); k++)
    if (relevant.has(ranked[k]!)) {
      hits++
      sum += hits / (k + 1)
    }
  return relevant.size > 0 ? sum / Math.min(depth, relevant.size) : 0
}

/** Place of the first relevant item, from 1; 0 when there is none. */
export function firstHit(ranked: ArrayLike<number>, relevant: ReadonlySet<number>, depth: number): number {
  for (let k = 0; k < Math.min(depth, ranked.length); k++) if (relevant.has(ranked[k]!)) return k + 1
  return 0
}

export function hitsOf(ranked: ArrayLike<number>, relevant: ReadonlySet<number>, depth: number): number {
  let hits = 0
  for (let k = 0; k < Math.min(depth, ranked.length); k++) if (relevant.has(ranked[k]!)) hits++
  return hits
}
