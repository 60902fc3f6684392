import { createTopList } from '../top-list.ts'
import { boosted, type Candidates, type Factors, type Ranking } from './scorer.ts'

/** The bound is met by rounded numbers. */
const rounding = 1 + 1e-6

/**
 * The items with the largest inner products with a user's vector, exactly: vectors are tried from the longest on, until
 * even one in the user's direction could not be among the best (Teflioudi, Gemulla & Mykytiuk 2015).
 */
export function largestProducts(scorer: Factors, user: Float64Array, count: number, candidates: Candidates): Ranking {
  const { factors: f, item, itemOfRow, norm } = scorer
  const { allowed, boost, mostBoost } = candidates
  const top = createTopList(count)
  let length = 0
  for (let a = 0; a < f; a++) length += user[a]! ** 2
  length = Math.sqrt(length) * rounding * mostBoost
  const even = f - (f % 4)
  for (let row = 0; row < norm.length; row++) {
    const worst = top.worst()
    // A product can also be negative: only a bound below a positive score ends the search.
    if (worst > 0 && length * norm[row]! < worst) break
    const each = itemOfRow[row]!
    if (allowed[each] === 0) continue
    const base = row * f
    let [p, q, r, s] = [0, 0, 0, 0]
    for (let a = 0; a < even; a += 4) {
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
