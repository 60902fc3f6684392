import { createTopList } from '../top-list.ts'
import { boosted, type Candidates, type Factors, type Ranking } from './scorer.ts'

/** The bound is met by rounded numbers. */
const rounding = 1 + 1e-6

/** The longest vector and the largest bias from each row on; and how long the second half of each row's vector is. */
interface Reach {
  length: Float64Array
  bias: Float64Array
  rest: Float64Array
}

/** Where the second half begins, a multiple of four. */
const halfOf = (factors: number) => (factors >> 1) & ~3

const reaches = new WeakMap<Factors, Reach>()

function reachOf(scorer: Factors): Reach {
  let reach = reaches.get(scorer)
  if (reach) return reach
  const { kind, factors: f, item, norm } = scorer
  const n = norm.length
  reach = { length: new Float64Array(n + 1), bias: new Float64Array(n + 1).fill(-Infinity), rest: new Float64Array(n) }
  const to = kind === 'bpr' ? f - 1 : f
  for (let row = n - 1; row >= 0; row--) {
    const bias = kind === 'bpr' ? item[(row + 1) * f - 1]! : 0
    reach.length[row] = Math.max(reach.length[row + 1]!, Math.sqrt(Math.max(0, norm[row]! ** 2 - bias ** 2)))
    reach.bias[row] = Math.max(reach.bias[row + 1]!, bias)
    let squares = 0
    for (let a = halfOf(f); a < to; a++) squares += item[row * f + a]! ** 2
    reach.rest[row] = Math.sqrt(squares)
  }
  reaches.set(scorer, reach)
  return reach
}

/**
 * The items with the largest inner products with a user's vector, exactly: vectors are tried until even the longest of the
 * others in the user's direction, with the largest of their biases, could not be among the best; of the others the second
 * half is multiplied only where the first one leaves hope (after LEMP: Teflioudi, Gemulla & Mykytiuk 2015).
 */
export function largestProducts(scorer: Factors, user: Float64Array, count: number, candidates: Candidates): Ranking {
  const { kind, factors: f, item, itemOfRow, norm } = scorer
  const { allowed, boost, mostBoost } = candidates
  const reach = reachOf(scorer)
  const top = createTopList(count)
  let [length, rest] = [0, 0]
  const half = halfOf(f)
  const to = kind === 'bpr' ? f - 1 : f
  // The last coordinate of a user of BPR is 1: its product is the bias.
  for (let a = 0; a < to; a++) length += user[a]! ** 2
  for (let a = half; a < to; a++) rest += user[a]! ** 2
  length = Math.sqrt(length) * rounding
  rest = Math.sqrt(rest) * rounding
  const even = f - (f % 4)
  for (let row = 0; row < norm.length; row++) {
    const bias = reach.bias[row]!
    const most = length * reach.length[row]! + bias + Math.abs(bias) * (rounding - 1)
    const worst = top.worst()
    if (boosted(most, mostBoost) < worst) break
    const each = itemOfRow[row]!
    if (allowed[each] === 0) continue
    const base = row * f
    let [p, q, r, s] = [0, 0, 0, 0]
    for (let a = 0; a < half; a += 4) {
      p += user[a]! * item[base + a]!
      q += user[a + 1]! * item[base + a + 1]!
      r += user[a + 2]! * item[base + a + 2]!
      s += user[a + 3]! * item[base + a + 3]!
    }
    const hope =
      p + q + (r + s) + (to < f ? item[base + to]! : 0) + rest * reach.rest[row]! + length * norm[row]! * 1e-9
    if (boosted(hope, mostBoost) < worst) continue
    for (let a = half; a < even; a += 4) {
      p += user[a]! * item[base + a]!
      q += user[a + 1]! * item[base + a + 1]!
      r += user[a + 2]! * item[base + a + 2]!
      s += user[a + 3]! * item[base + a + 3]!
    }
    for (let a = even; a < f; a++) p += user[a]! * item[base + a]!
    const score = p + q + (r + s)
    top.offer(each, boost ? boosted(score, boost[each]!) : score)
  }
  return top.take()
}
