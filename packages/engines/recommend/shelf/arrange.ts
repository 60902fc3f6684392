/** A candidate with all that the arrangement needs to know. */
export interface Placed {
  item: number
  score: number
  /** Numbers of the groups (`atMost`) and demands (`atLeast`) that it belongs to. */
  groups: readonly number[]
  demands: readonly number[]
}

export interface ArrangeRules {
  places: number
  /** By place from 0. */
  pinned: ReadonlyMap<number, Placed>
  /** Most items, by group. */
  most: readonly number[]
  /** Fewest items, by demand. */
  least: readonly number[]
  diversity: number
}

/**
 * Fills a shelf from ranked candidates, one place after another: the best mixture of relevance and difference from what is
 * there (MMR: Carbonell & Goldstein 1998) among those that keep the limits and leave enough places for what is demanded.
 * @param pool best first
 * @param likeness 0 to 1
 * @returns by place; null where nothing could be put; `unmet`: what is lacking, by demand
 */
export function arrange(
  pool: readonly Placed[],
  rules: ArrangeRules,
  likeness: (a: number, b: number) => number,
): { shelf: (Placed | null)[]; unmet: number[] } {
  const { places, pinned, diversity } = rules
  const shelf: (Placed | null)[] = Array.from({ length: places }, (_, place) => pinned.get(place) ?? null)
  const room = [...rules.most]
  const unmet = [...rules.least]
  const used = new Set<number>()
  const count = (placed: Placed) => {
    used.add(placed.item)
    for (const group of placed.groups) room[group] = room[group]! - 1
    for (const demand of placed.demands) unmet[demand] = Math.max(0, unmet[demand]! - 1)
  }
  for (const placed of pinned.values()) count(placed)

  const relevance = relativeScores(pool)
  const nearest = new Float64Array(pool.length)
  const compare = (placed: Placed) => {
    if (diversity > 0)
      pool.forEach((each, k) => {
        if (!used.has(each.item)) nearest[k] = Math.max(nearest[k]!, likeness(each.item, placed.item))
      })
  }
  for (const placed of pinned.values()) compare(placed)

  let free = shelf.filter((each) => each === null).length
  for (let place = 0; place < places; place++) {
    if (shelf[place]) continue
    const owed = unmet.reduce((sum, each) => sum + each, 0)
    let best = -1
    let bestGain = -Infinity
    for (const [k, each] of pool.entries()) {
      if (used.has(each.item) || each.groups.some((group) => room[group]! <= 0)) continue
      // One item can meet several demands; counting each of them alone can only make the shelf stricter than needed.
      if (owed >= free && !each.demands.some((demand) => unmet[demand]! > 0)) continue
      const gain = (1 - diversity) * relevance[k]! - diversity * nearest[k]!
      if (gain > bestGain) {
        best = k
        bestGain = gain
      }
      // Candidates are ordered: without diversity the first that fits is the best.
      if (diversity === 0) break
    }
    if (best < 0) continue
    const placed = pool[best]!
    shelf[place] = placed
    count(placed)
    compare(placed)
    free--
  }
  return { shelf, unmet }
}

/** Scores from 0 (the worst of the pool) to 1 (the best). */
function relativeScores(pool: readonly Placed[]): Float64Array {
  let [low, high] = [Infinity, -Infinity]
  for (const { score } of pool) {
    low = Math.min(low, score)
    high = Math.max(high, score)
  }
  return Float64Array.from(pool, ({ score }) => (high > low ? (score - low) / (high - low) : 1))
}
