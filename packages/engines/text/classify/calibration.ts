/** Softmax of scores [rows][classes] divided by a temperature, as probabilities. */
export function probabilitiesOf(scores: Float32Array, classes: number, temperature: number): Float32Array {
  const probabilities = new Float32Array(scores.length)
  for (let base = 0; base < scores.length; base += classes) {
    let largest = -Infinity
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[base + k] ?? 0)
    let sum = 0
    for (let k = 0; k < classes; k++) {
      const power = Math.exp(((scores[base + k] ?? 0) - largest) / temperature)
      probabilities[base + k] = power
      sum += power
    }
    for (let k = 0; k < classes; k++) probabilities[base + k] = (probabilities[base + k] ?? 0) / sum
  }
  return probabilities
}

/**
 * The temperature with the least negative log-likelihood (C. Guo, G. Pleiss, Y. Sun and K. Weinberger, "On Calibration of Modern Neural
 * Networks", ICML 2017), by golden-section search over its logarithm.
 *
 * @param target [rows] right class, -1 rows are left out
 */
export function fitTemperature(scores: Float32Array, target: Int32Array, classes: number): number {
  const loss = (logarithm: number) => {
    const probabilities = probabilitiesOf(scores, classes, Math.exp(logarithm))
    let sum = 0
    for (const [row, right] of target.entries())
      if (right >= 0) sum -= Math.log(Math.max(1e-12, probabilities[row * classes + right] ?? 0))
    return sum
  }
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [Math.log(0.02), Math.log(20)]
  for (let i = 0; i < 25; i++) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (loss(left) < loss(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

/** A step function from raw to honest confidence: `share[i]` holds from `from[i]` on. */
export interface ConfidenceCurve {
  from: number[]
  share: number[]
}

/**
 * How often an answer with a raw confidence is right: isotonic regression by pooling adjacent violators (B. Zadrozny and C. Elkan, KDD 2002).
 * Each step counts one more wrong and one more right answer than it saw, so that few answers are never certain.
 *
 * @param weight how many answers each stands for
 */
export function fitConfidence(raw: Float64Array, right: Uint8Array, weight: Float64Array): ConfidenceCurve {
  const order = Int32Array.from({ length: raw.length }, (_, index) => index).sort(
    (a, b) => (raw[a] ?? 0) - (raw[b] ?? 0) || a - b,
  )
  const blocks: { from: number; right: number; count: number }[] = []
  for (const index of order) {
    const amount = weight[index] ?? 1
    blocks.push({ from: raw[index] ?? 0, right: (right[index] ?? 0) * amount, count: amount })
    for (;;) {
      const last = blocks.at(-1)
      const previous = blocks.at(-2)
      if (!last || !previous || previous.right * last.count < last.right * previous.count) break
      previous.right += last.right
      previous.count += last.count
      blocks.pop()
    }
  }
  const curve: ConfidenceCurve = { from: [], share: [] }
  let highest = 0
  for (const { from, right, count } of blocks) {
    highest = Math.max(highest, (right + 1) / (count + 2))
    curve.from.push(from)
    curve.share.push(highest)
  }
  return curve
}

/** Between steps the confidence rises evenly, so that equal answers stay apart. */
export function confidenceAt({ from, share }: ConfidenceCurve, raw: number): number {
  let step = 0
  while (step + 1 < from.length && (from[step + 1] ?? 1) <= raw) step++
  const [low = 0, high = 1] = [from[step], from[step + 1]]
  const [here = raw, next = here] = [share[step], share[step + 1]]
  if (raw < low) return low > 0 ? (here * raw) / low : here
  const part = high > low ? Math.min(1, (raw - low) / (high - low)) : 0
  return here + part * (next - here)
}

/**
 * The lowest confidence above which at least `precision` of the answers were right; 1 when there is none.
 * @param confidence of each answer
 * @param weight how many answers each stands for
 */
export function thresholdFor(
  confidence: Float64Array,
  right: Uint8Array,
  weight: Float64Array,
  precision: number,
): number {
  const order = Int32Array.from({ length: confidence.length }, (_, index) => index).sort(
    (a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0) || a - b,
  )
  let threshold = 1
  let [correct, given] = [0, 0]
  for (const [place, index] of order.entries()) {
    correct += (right[index] ?? 0) * (weight[index] ?? 1)
    given += weight[index] ?? 1
    const next = order[place + 1]
    // Answers of the same confidence are given or withheld together.
    if (next !== undefined && confidence[next] === confidence[index]) continue
    if (correct / given >= precision) threshold = confidence[index] ?? 1
  }
  return threshold
}
