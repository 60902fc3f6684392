/** Pure rules that tell the unusual from the usual. Amounts in USD micro-units. */

export interface SpendAnomaly {
  /** Robust z-score of the day. */
  score: number
  median: number
}

/** No alarm below: half a dollar more than usual is nobody's worry. */
const leastJumpMicros = 500_000
/** Robust z-score from which a day is unusual. */
const spendThreshold = 4
/** So many days must have gone before, else there is no history to compare with. */
const leastDays = 7

/**
 * A day's spend against the days before it: (x - median) / (1.4826 MAD), the robust z-score of Iglewicz and Hoaglin (1993),
 * which one earlier outlier does not blind. Scale has a floor of a tenth of the median, since a client who spends the same
 * every day is not alarming for spending a little more.
 * @param history spend of each of the days before, empty days as 0
 */
export function unusualSpend(history: readonly number[], today: number): SpendAnomaly | null {
  if (history.length < leastDays || history.every((value) => value === 0)) return null
  const center = median(history)
  const spread = 1.4826 * median(history.map((value) => Math.abs(value - center)))
  const scale = Math.max(spread, center / 10, leastJumpMicros / spendThreshold)
  const score = (today - center) / scale
  return score >= spendThreshold && today - center >= leastJumpMicros ? { score, median: center } : null
}

export interface ErrorAnomaly {
  share: number
  usualShare: number
}

/** So many calls before a share of errors means something. */
const leastCalls = 20
/** Percentage points more than usual that count as a jump. */
const leastRise = 0.1

/**
 * A provider's share of failed calls against its own before: more than ten percentage points, and more than three standard
 * errors of the usual share for so many calls. The usual share is taken with one failure more than was seen (Laplace), so
 * that a provider that never failed is not alarming for its first.
 */
export function unusualErrors(
  before: { calls: number; failed: number },
  now: { calls: number; failed: number },
): ErrorAnomaly | null {
  if (now.calls < leastCalls || before.calls < leastCalls) return null
  const usual = (before.failed + 1) / (before.calls + 2)
  const share = now.failed / now.calls
  const standardError = Math.sqrt((usual * (1 - usual)) / now.calls)
  return share - usual >= leastRise && share - usual >= 3 * standardError
    ? { share, usualShare: before.failed / before.calls }
    : null
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
