/** Keeps the best of what it is offered; among equal scores the lower number is better, whatever the order of offers. */
export interface TopList {
  /** Scores below it will not be kept; -Infinity while there is room. */
  worst(): number
  offer(item: number, score: number): void
  /** Best first; the list is empty afterwards. */
  take(): { items: Uint32Array; scores: Float64Array }
}

/** A binary heap with the worst kept one on top. @param most how many are kept */
export function createTopList(most: number): TopList {
  const items = new Uint32Array(most)
  const scores = new Float64Array(most)
  let size = 0

  const isWorse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a] === scores[b] && items[a]! > items[b]!)
  const swap = (a: number, b: number) => {
    const [item, score] = [items[a]!, scores[a]!]
    items[a] = items[b]!
    scores[a] = scores[b]!
    items[b] = item
    scores[b] = score
  }
  const sink = (length: number) => {
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= length) return
      const child = left + 1 < length && isWorse(left + 1, left) ? left + 1 : left
      if (!isWorse(child, at)) return
      swap(child, at)
      at = child
    }
  }
  return {
    worst: () => (size < most ? -Infinity : scores[0]!),
    offer(item, score) {
      if (size < most) {
        items[size] = item
        scores[size] = score
        let at = size++
        while (at > 0) {
          const up = (at - 1) >> 1
          if (!isWorse(at, up)) break
          swap(at, up)
          at = up
        }
      } else if (most > 0 && (score > scores[0]! || (score === scores[0] && item < items[0]!))) {
        items[0] = item
        scores[0] = score
        sink(size)
      }
    },
    take() {
      const length = size
      for (let end = length - 1; end > 0; end--) {
        swap(0, end)
        sink(end)
      }
      size = 0
      return { items: items.slice(0, length), scores: scores.slice(0, length) }
    },
  }
}
