/** A seeded generator (mulberry32, Ettinger 2017): the same demo for everybody. */
export interface Random {
  /** In [0, 1). */
  next(): number
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** Index by weight. */
  weighted(weights: readonly number[]): number
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick(list) {
      const value = list[Math.floor(next() * list.length)]
      if (value === undefined) throw new Error('Nothing to pick from')
      return value
    },
    weighted(weights) {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
      const at = weights.findIndex((weight) => (left -= weight) < 0)
      return at === -1 ? weights.length - 1 : at
    },
  }
}
