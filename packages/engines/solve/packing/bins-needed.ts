/** Items have at most so many different sizes for which a threshold is tried. */
const mostThresholds = 2_000
/** Roundings u(k) that are tried. */
const mostRoundings = 20

/**
 * So many bins are needed at least. Sizes are replaced by others that fit together wherever the real ones do (dual
 * feasible functions), and their sum is rounded up: U(t) puts out of the way what is below a threshold t and fills up what
 * is above capacity - t, which is the bound L2; u(k) before it rounds down to k-ths.
 *
 * Source: Martello & Toth, Discrete Applied Mathematics 28, 1990 (L2); Fekete & Schepers, Mathematical Programming 91,
 * 2001 (L2 as U(t), and the bound with u(k)).
 */
export function binsNeeded(sizes: readonly number[], capacity: number): number {
  const shares = sizes.map((size) => size / capacity)
  const thresholds = [...new Set([0, ...shares.filter((share) => share <= 0.5)])].slice(0, mostThresholds)
  let most = 0
  for (const threshold of thresholds) {
    const kept = shares.map((share) => filledUp(share, threshold))
    most = Math.max(most, sum(kept))
    for (let k = 1; k <= mostRoundings; k++) most = Math.max(most, sum(kept.map((share) => rounded(share, k))))
  }
  return Math.max(Math.ceil(most - crumb), shares.filter((share) => share > 0.5 + crumb).length)
}

/** What rounding may take away from a share of a bin. */
const crumb = 1e-9

/** U(t): 1 above 1 - t, nothing below t. */
function filledUp(share: number, threshold: number): number {
  if (share > 1 - threshold + crumb) return 1
  return share < threshold - crumb ? 0 : share
}

/** u(k): shares that are whole (k + 1)-ths stay, others are rounded down to k-ths. */
function rounded(share: number, k: number): number {
  const parts = (k + 1) * share
  return Math.abs(parts - Math.round(parts)) < crumb * (k + 1) ? share : Math.floor(parts) / k
}

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
