/**
 * The rising step curve with the least squared error: pool adjacent violators (Ayer et al. 1955; for calibration: Zadrozny & Elkan 2002).
 * @returns the ends of its steps
 */
export function fitIsotonic(
  given: Float64Array,
  outcome: Float64Array,
  weights: Float64Array | null,
): { given: number[]; true: number[] } {
  const order = Uint32Array.from(given.keys()).sort((a, b) => given[a]! - given[b]! || a - b)
  const pools: { from: number; to: number; weight: number; sum: number }[] = []
  for (const row of order) {
    const weight = weights ? weights[row]! : 1
    if (weight === 0) continue
    const at = given[row]!
    let pool = { from: at, to: at, weight, sum: weight * outcome[row]! }
    for (let last = pools.at(-1); last; last = pools.at(-1)) {
      // Equal probabilities are one point; a pool that is not above the one before joins it.
      if (last.to < pool.from && last.sum / last.weight < pool.sum / pool.weight) break
      pools.pop()
      pool = { from: last.from, to: pool.to, weight: last.weight + pool.weight, sum: last.sum + pool.sum }
    }
    pools.push(pool)
  }
  const points = pools.flatMap(({ from, to, weight, sum }) =>
    (from < to ? [from, to] : [from]).map((at) => [at, sum / weight] as const),
  )
  return { given: points.map(([at]) => at), true: points.map(([, value]) => value) }
}

/** Straight lines between rising points; constant outside. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let low = 0
  let high = xs.length - 1
  if (x <= xs[0]!) return ys[0]!
  if (x >= xs[high]!) return ys[high]!
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (xs[middle]! <= x) low = middle
    else high = middle
  }
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!)
  return ys[low]! + share * (ys[high]! - ys[low]!)
}
