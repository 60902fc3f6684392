import type { Outcomes } from './outcomes.ts'

/**
 * Share of comparable pairs in which the row with the earlier event has the higher risk (Harrell et al. 1982); equal risks count half. A pair is
 * comparable when the earlier time is that of an event. In n log n, with a Fenwick tree over the ranks of risk.
 * @returns null when no pair is comparable
 */
export function concordance({ times, events }: Outcomes, risk: Float64Array): number | null {
  const levels = Float64Array.from(new Set(risk)).sort()
  const rankOf = new Map(Array.from(levels, (level, rank) => [level, rank + 1]))
  const counts = new Uint32Array(levels.length + 1)
  const below = (rank: number) => {
    let sum = 0
    for (let at = rank; at > 0; at -= at & -at) sum += counts[at]!
    return sum
  }
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[b]! - times[a]!)
  let concordant = 0
  let pairs = 0
  let later = 0
  for (let at = 0; at < order.length;) {
    let end = at
    while (end < order.length && times[order[end]!] === times[order[at]!]) end++
    // A row censored at the very time of an event outlived it.
    const group = order.subarray(at, end)
    for (const wanted of [0, 1])
      for (const row of group) {
        if (events[row] !== wanted) continue
        const rank = rankOf.get(risk[row]!)!
        if (wanted === 0) {
          for (let place = rank; place < counts.length; place += place & -place) counts[place]!++
          later++
        } else {
          const lower = below(rank - 1)
          concordant += lower + (below(rank) - lower) / 2
          pairs += later
        }
      }
    for (const row of group)
      if (events[row] === 1) {
        for (let place = rankOf.get(risk[row]!)!; place < counts.length; place += place & -place) counts[place]!++
        later++
      }
    at = end
  }
  return pairs > 0 ? concordant / pairs : null
}
