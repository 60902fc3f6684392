import { z } from 'zod'

/** How well probabilities tell right answers from wrong ones. */
export const ClassificationFigures = z.object({
  count: z.int().describe('Attempts'),
  auc: z.number().nullable().describe('Area under the ROC curve, 0.5 is chance; null when all answers are the same'),
  logLoss: z.number().describe('Mean -log of the probability given to what happened, nats'),
  accuracy: z.number().describe('Share of answers on the likelier side'),
  brier: z.number().describe('Mean squared difference of probability and answer'),
})
export type ClassificationFigures = z.infer<typeof ClassificationFigures>

export function classificationFigures(probability: ArrayLike<number>, hit: ArrayLike<number>): ClassificationFigures {
  const count = probability.length
  let [loss, right, squared] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const [p, y] = [probability[i] ?? 0, hit[i] ?? 0]
    loss -= Math.log(Math.max(1e-15, y === 1 ? p : 1 - p))
    if (p >= 0.5 === (y === 1)) right++
    squared += (p - y) ** 2
  }
  return {
    count,
    auc: areaUnderRoc(probability, hit),
    logLoss: loss / count,
    accuracy: right / count,
    brier: squared / count,
  }
}

/** By ranks (Mann & Whitney 1947), ties at their mean rank. */
export function areaUnderRoc(score: ArrayLike<number>, hit: ArrayLike<number>): number | null {
  const order = Float64Array.from({ length: score.length }, (_, i) => i).sort(
    (a, b) => (score[a] ?? 0) - (score[b] ?? 0),
  )
  let [rankSum, hits] = [0, 0]
  for (let i = 0; i < order.length;) {
    let end = i
    while (end < order.length && score[order[end] ?? 0] === score[order[i] ?? 0]) end++
    for (let k = i; k < end; k++)
      if (hit[order[k] ?? 0] === 1) {
        rankSum += (i + end + 1) / 2
        hits++
      }
    i = end
  }
  const misses = order.length - hits
  return hits === 0 || misses === 0 ? null : (rankSum - (hits * (hits + 1)) / 2) / (hits * misses)
}
