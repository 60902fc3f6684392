import { integerRows, type IntegerRows } from '../../numerics/index.ts'
import { createTopList } from '../top-list.ts'
import { boosted, type Candidates, type Factors, type Ranking } from './scorer.ts'

/** Bounds are met by rounded numbers. */
const rounding = 1 + 1e-6
/** Rows multiplied at once. */
const blockRows = 2048
/** A vector as integers is this long: products of two are below 2^31. */
const integerLength = 32_767

/** The vectors as integers, to see which products are worth computing. */
interface Rounded {
  rows: IntegerRows
  /** Length of the longest vector. */
  longest: number
  /** The longest vector without its bias and the largest bias from each block on. */
  length: Float64Array
  bias: Float64Array
}

const roundedFactors = new WeakMap<Factors, Rounded>()

function roundedOf(scorer: Factors): Rounded {
  const known = roundedFactors.get(scorer)
  if (known) return known
  const { kind, factors: f, item, norm } = scorer
  const n = norm.length
  const rows = integerRows(n, f, blockRows)
  let longest = 0
  for (const each of norm) longest = Math.max(longest, each)
  const scale = longest > 0 ? integerLength / longest : 0
  for (let row = 0; row < n; row++)
    for (let a = 0; a < f; a++) rows.values[row * rows.stride + a] = Math.round(item[row * f + a]! * scale)
  const blocks = Math.ceil(n / blockRows)
  const length = new Float64Array(blocks)
  const bias = new Float64Array(blocks).fill(-Infinity)
  for (let row = n - 1; row >= 0; row--) {
    const block = Math.floor(row / blockRows)
    if (row === n - 1 || (row + 1) % blockRows === 0) {
      length[block] = length[block + 1] ?? 0
      bias[block] = bias[block + 1] ?? -Infinity
    }
    const own = kind === 'bpr' ? item[(row + 1) * f - 1]! : 0
    length[block] = Math.max(length[block]!, Math.sqrt(Math.max(0, norm[row]! ** 2 - own ** 2)))
    bias[block] = Math.max(bias[block]!, own)
  }
  const rounded = { rows, longest, length, bias }
  roundedFactors.set(scorer, rounded)
  return rounded
}

/**
 * The items with the largest inner products with a user's vector, exactly: products of rounded vectors, which are quick,
 * say within what each product is, and only those that could be among the best are computed. It ends where even the
 * longest of the others in the user's direction, with the largest of their biases, could not be among them.
 */
export function largestProducts(scorer: Factors, user: Float64Array, count: number, candidates: Candidates): Ranking {
  const { kind, factors: f, item, itemOfRow, norm } = scorer
  const { allowed, boost, mostBoost } = candidates
  const { rows, longest, length, bias } = roundedOf(scorer)
  const top = createTopList(count)
  const whole = Math.sqrt(squaresOf(user, f))
  // The last coordinate of a user of BPR is 1: its product is the bias.
  const reach = kind === 'bpr' ? Math.sqrt(squaresOf(user, f - 1)) : whole
  const scale = whole > 0 ? integerLength / whole : 0
  const vector = new Int16Array(rows.stride)
  for (let a = 0; a < f; a++) vector[a] = Math.round(user[a]! * scale)
  const unit = (whole * longest) / integerLength ** 2
  // Each coordinate is off by a half at most: by the inequality of Cauchy and Schwarz the product by no more than this.
  const error = unit * rounding * (Math.sqrt(f) * integerLength + f)
  let worst = top.worst()
  for (let block = 0; block < length.length; block++) {
    const most = reach * rounding * length[block]! + bias[block]! + Math.abs(bias[block]!) * (rounding - 1)
    if (boosted(most, mostBoost) < worst) break
    const from = block * blockRows
    const to = Math.min(norm.length, from + blockRows)
    const products = rows.products(vector, from, to)
    for (let row = from; row < to; row++) {
      const hope = products[row - from]! * unit + error
      // Without boosts most rows end here.
      if (boost === null && hope < worst) continue
      const each = itemOfRow[row]!
      if (allowed[each] === 0 || (boost !== null && boosted(hope, boost[each]!) < worst)) continue
      let score = 0
      for (let a = 0, base = row * f; a < f; a++) score += user[a]! * item[base + a]!
      top.offer(each, boost ? boosted(score, boost[each]!) : score)
      worst = top.worst()
    }
  }
  return top.take()
}

function squaresOf(vector: Float64Array, to: number): number {
  let sum = 0
  for (let a = 0; a < to; a++) sum += vector[a]! ** 2
  return sum
}
