import { createRandom, type Random, type Work } from '../../contract/index.ts'
import type { SparseMatrix } from '../interactions/sparse-matrix.ts'
import { orderedFactors } from './factor-order.ts'
import type { Factors, History } from './scorer.ts'

export interface BprSettings {
  factors: number
  regularisation: number
  learningRate: number
  epochs: number
}

/** Tries to find an item that the user has not; whoever has nearly all teaches nothing more. */
const negativeTries = 20
/** Passes over the history of a visitor. */
const visitorEpochs = 40

/**
 * Users and items as vectors (items with a bias) that rank what a user chose above what they did not, by stochastic
 * gradients on random pairs (BPR-MF: Rendle, Freudenthaler, Gantner & Schmidt-Thieme 2009). A choice is drawn as often as
 * it is strong. The learning rate falls to a tenth over the epochs.
 * @returns with how many epochs were made within the time limit
 */
export function fitBpr(matrix: SparseMatrix, settings: BprSettings, work: Work): { scorer: Factors; done: number } {
  const { factors: f, regularisation, learningRate, epochs } = settings
  const { rows, columns, start, column } = matrix
  const random = createRandom(work.seed)
  // The last coordinate of an item is its bias, that of a user is 1.
  const width = f + 1
  const draw = (count: number) =>
    Float64Array.from({ length: count * width }, () => (0.1 * random.normal()) / Math.sqrt(f))
  const user = draw(rows)
  const item = draw(columns)
  for (let u = 0; u < rows; u++) user[u * width + f] = 1
  for (let i = 0; i < columns; i++) item[i * width + f] = 0
  const drawEntry = entrySampler(matrix.value, random)
  const userOf = new Uint32Array(column.length)
  for (let u = 0; u < rows; u++) userOf.fill(u, start[u], start[u + 1])
  let done = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = learningRate * (1 - (0.9 * epoch) / epochs)
    let ended = false
    for (let sample = 0; sample < column.length; sample++) {
      if ((sample & 4095) === 0) {
        work.progress(0.1 + (0.85 * (epoch + sample / column.length)) / epochs, 'ranking pairs')
        if (work.expired() && epoch > 0) {
          ended = true
          break
        }
      }
      const at = drawEntry()
      const u = userOf[at]!
      const other = drawOther(random, column, start[u]!, start[u + 1]!, columns)
      if (other >= 0)
        learnPair(user, u * width, item, column[at]! * width, other * width, f, rate, regularisation, true)
    }
    if (ended) break
    done++
  }
  const { norm, ...ordered } = orderedFactors(item, width, user)
  return {
    scorer: {
      kind: 'bpr',
      factors: width,
      ...ordered,
      norm,
      user,
      gram: new Float64Array(0),
      alpha: 0,
      learningRate,
      regularisation,
      seed: work.seed,
    },
    done,
  }
}

/** Draws entries in proportion to their values, in constant time (alias method: Walker 1977; Vose 1991). */
function entrySampler(value: Float64Array, random: Random): () => number {
  const n = value.length
  if (value.every((each) => each === value[0])) return () => random.integer(n)
  const mean = value.reduce((sum, each) => sum + each, 0) / n
  const share = value.map((each) => each / mean)
  const alias = Uint32Array.from({ length: n }, (_, k) => k)
  const small: number[] = []
  const large: number[] = []
  share.forEach((each, k) => (each < 1 ? small : large).push(k))
  for (let less = small.pop(), more = large.at(-1); less !== undefined && more !== undefined;) {
    alias[less] = more
    share[more] = share[more]! - (1 - share[less]!)
    if (share[more]! < 1) small.push(large.pop()!)
    less = small.pop()
    more = large.at(-1)
  }
  return () => {
    const k = random.integer(n)
    return alias[k] === k || random.next() < share[k]! ? k : alias[k]!
  }
}

/** An item that is not among the ascending columns from..to; -1 when none was met. */
function drawOther(random: Random, column: Uint32Array, from: number, to: number, items: number): number {
  for (let k = 0; k < negativeTries; k++) {
    const item = random.integer(items)
    let [low, high] = [from, to]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (column[middle]! < item) low = middle + 1
      else high = middle
    }
    if (low >= to || column[low] !== item) return item
  }
  return -1
}

/** One step up the gradient of ln sigmoid(score of chosen - score of other), less the penalty on squares. */
function learnPair(
  user: Float64Array,
  u: number,
  item: Float64Array | Float32Array,
  chosen: number,
  other: number,
  f: number,
  rate: number,
  regularisation: number,
  moveItems: boolean,
): void {
  let difference = 0
  for (let a = 0; a <= f; a++) difference += user[u + a]! * (item[chosen + a]! - item[other + a]!)
  const slope = 1 / (1 + Math.exp(difference))
  for (let a = 0; a < f; a++) {
    const [x, p, q] = [user[u + a]!, item[chosen + a]!, item[other + a]!]
    user[u + a] = x + rate * (slope * (p - q) - regularisation * x)
    if (!moveItems) continue
    item[chosen + a] = p + rate * (slope * x - regularisation * p)
    item[other + a] = q - rate * (slope * x + regularisation * q)
  }
  if (!moveItems) return
  item[chosen + f] = item[chosen + f]! + rate * (slope - regularisation * item[chosen + f]!)
  item[other + f] = item[other + f]! - rate * (slope + regularisation * item[other + f]!)
}

/** The vector of a fitted user, or of a visitor by the same steps with the items fixed. */
export function bprUser(scorer: Factors, history: History): Float64Array {
  const { factors: width, learningRate, regularisation } = scorer
  if (history.user >= 0) return scorer.user.slice(history.user * width, (history.user + 1) * width)
  const vector = new Float64Array(width)
  vector[width - 1] = 1
  const random = createRandom(scorer.seed).fork(1)
  const sorted = history.item.slice().sort()
  const items = scorer.rowOfItem.length
  for (let epoch = 0; epoch < visitorEpochs; epoch++)
    for (const each of sorted) {
      const other = drawOther(random, sorted, 0, sorted.length, items)
      if (other < 0) continue
      const [chosen, not] = [scorer.rowOfItem[each]! * width, scorer.rowOfItem[other]! * width]
      learnPair(vector, 0, scorer.item, chosen, not, width - 1, learningRate, regularisation, false)
    }
  return vector
}
