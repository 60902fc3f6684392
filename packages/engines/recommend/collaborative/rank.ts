import { createTopList } from '../top-list.ts'
import { alsParts, alsUser } from './als.ts'
import { bprUser } from './bpr.ts'
import { largestProducts } from './largest-products.ts'
import { boosted, type Candidates, type Factors, type History, type Ranking, type Scorer } from './scorer.ts'

/** Score of each item for someone with this history, `[item]`. @param items number of items @returns null for popularity */
export function scoreItems(scorer: Scorer, history: History, items: number): Float64Array | null {
  if (scorer.kind === 'popularity') return null
  const scores = new Float64Array(items)
  if (scorer.kind === 'ease') {
    for (let k = 0; k < history.item.length; k++) {
      const row = history.item[k]! * scorer.items
      const value = history.value[k]!
      for (let to = 0; to < scorer.items; to++) scores[to] = scores[to]! + value * scorer.weights[row + to]!
    }
  } else if (scorer.kind === 'item-knn') {
    const { start, column, value } = scorer.neighbours
    for (let k = 0; k < history.item.length; k++) {
      const from = history.item[k]!
      const strength = history.value[k]!
      for (let l = start[from]!; l < start[from + 1]!; l++)
        scores[column[l]!] = scores[column[l]!]! + strength * value[l]!
    }
  } else {
    const user = userVector(scorer, history)
    for (let item = 0; item < items; item++) scores[item] = productOf(scorer, user, item)
  }
  return scores
}

const userVector = (scorer: Factors, history: History) =>
  scorer.kind === 'als' ? alsUser(scorer, history) : bprUser(scorer, history)

function productOf({ factors, item, rowOfItem }: Factors, user: Float64Array, wanted: number): number {
  const base = rowOfItem[wanted]! * factors
  let sum = 0
  for (let a = 0; a < factors; a++) sum += user[a]! * item[base + a]!
  return sum
}

/** The best of given scores, among the candidates. @param least scores must be above it */
export function bestOf(scores: Float64Array, count: number, candidates: Candidates, least = -Infinity): Ranking {
  const { allowed, boost } = candidates
  const top = createTopList(count)
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!
    if (allowed[item] === 0 || score <= least) continue
    top.offer(item, boost ? boosted(score, boost[item]!) : score)
  }
  return top.take()
}

/** The best items for someone with this history. Neighbours tell nothing about items without a score above 0. */
export function rankItems(
  scorer: Exclude<Scorer, { kind: 'popularity' }>,
  history: History,
  count: number,
  candidates: Candidates,
): Ranking {
  if (scorer.kind === 'als' || scorer.kind === 'bpr')
    return largestProducts(scorer, userVector(scorer, history), count, candidates)
  if (scorer.kind === 'item-knn') return rankNeighbours(scorer, history, count, candidates)
  return bestOf(scoreItems(scorer, history, candidates.allowed.length)!, count, candidates)
}

/** Sums by item, all 0 between calls: clearing what was touched is cheaper than a new array for each shelf. */
let sums = new Float64Array(0)
let touched = new Uint32Array(0)

function rankNeighbours(
  { neighbours }: Extract<Scorer, { kind: 'item-knn' }>,
  history: History,
  count: number,
  { allowed, boost }: Candidates,
): Ranking {
  if (sums.length < neighbours.columns) {
    sums = new Float64Array(neighbours.columns)
    touched = new Uint32Array(neighbours.columns)
  }
  const { start, column, value } = neighbours
  let length = 0
  for (let k = 0; k < history.item.length; k++) {
    const from = history.item[k]!
    const strength = history.value[k]!
    for (let l = start[from]!; l < start[from + 1]!; l++) {
      const to = column[l]!
      if (sums[to] === 0) touched[length++] = to
      sums[to] = sums[to]! + strength * value[l]!
    }
  }
  const top = createTopList(count)
  for (let t = 0; t < length; t++) {
    const item = touched[t]!
    const score = sums[item]!
    sums[item] = 0
    if (score > 0 && allowed[item] === 1) top.offer(item, boost ? boosted(score, boost[item]!) : score)
  }
  return top.take()
}

/** How alike two items are to the model, 0 to 1; null when it cannot tell. */
export function itemLikeness(scorer: Scorer, a: number, b: number): number | null {
  if (a === b) return 1
  if (scorer.kind === 'popularity') return null
  if (scorer.kind === 'ease')
    return Math.min(1, Math.max(0, scorer.weights[a * scorer.items + b]!, scorer.weights[b * scorer.items + a]!))
  if (scorer.kind === 'item-knn')
    return Math.min(1, Math.max(neighbourWeight(scorer, a, b), neighbourWeight(scorer, b, a)))
  const { factors: f, item, rowOfItem, norm, kind } = scorer
  const [p, q] = [rowOfItem[a]!, rowOfItem[b]!]
  // The bias of BPR says how popular an item is, not what it is like.
  const used = kind === 'bpr' ? f - 1 : f
  let [sum, pp, qq] = [0, norm[p]! ** 2, norm[q]! ** 2]
  for (let k = 0; k < used; k++) sum += item[p * f + k]! * item[q * f + k]!
  if (used < f) {
    pp -= item[p * f + used]! ** 2
    qq -= item[q * f + used]! ** 2
  }
  return pp > 0 && qq > 0 ? Math.min(1, Math.max(0, sum / Math.sqrt(pp * qq))) : 0
}

function neighbourWeight({ neighbours }: Extract<Scorer, { kind: 'item-knn' }>, from: number, to: number): number {
  for (let k = neighbours.start[from]!; k < neighbours.start[from + 1]!; k++)
    if (neighbours.column[k] === to) return neighbours.value[k]!
  return 0
}

/** What each item of the history adds to the score of an item (of BPR: how alike they are, as its scores have no parts). */
export function scoreParts(scorer: Scorer, history: History, wanted: number): Float64Array {
  if (scorer.kind === 'als') return alsParts(scorer, history, wanted)
  return history.value.map((value, k) => {
    const from = history.item[k]!
    if (scorer.kind === 'ease') return value * scorer.weights[from * scorer.items + wanted]!
    if (scorer.kind === 'item-knn') return value * neighbourWeight(scorer, from, wanted)
    return itemLikeness(scorer, from, wanted) ?? 0
  })
}
