import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, startWork } from '../../contract/index.ts'
import { matrixFrom } from '../interactions/sparse-matrix.ts'
import { fitAls } from './als.ts'
import { orderedFactors } from './factor-order.ts'
import { largestProducts } from './largest-products.ts'
import { bestOf, scoreItems } from './rank.ts'
import type { Factors } from './scorer.ts'

/** Users and items at random; rows of every length, shorter and longer than half of the factors. */
function randomMatrix(seed: number, users: number, items: number, entries: number) {
  const random = createRandom(seed)
  const draw = (below: number) => Uint32Array.from({ length: entries }, () => random.integer(below))
  const value = Float64Array.from({ length: entries }, () => random.next() + 0.1)
  return matrixFrom(users, items, draw(users), draw(items), value, (a, b) => a + b)
}

it('the search for the largest products finds those that trying all finds, boosted or not', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom('als', 'bpr'),
      // Few, and more than are multiplied at once.
      fc.constantFrom(60, 5000),
      (seed, factors, count, kind, items) => {
        const random = createRandom(seed)
        const vectors = Float64Array.from({ length: items * factors }, () => random.normal() * random.next() ** 3)
        const user = Float64Array.from({ length: factors }, () => random.normal())
        if (kind === 'bpr') user[factors - 1] = 1
        const scorer: Factors = {
          ...fitAls(randomMatrix(1, 3, 3, 5), { factors, regularisation: 1, alpha: 1, iterations: 1 }, startWork())
            .scorer,
          ...orderedFactors(vectors, factors, kind === 'bpr' ? user : null),
          kind,
          user,
        }
        const boost = random.next() < 0.5 ? null : Float64Array.from({ length: items }, () => 0.5 + 2 * random.next())
        const allowed = Uint8Array.from({ length: items }, () => (random.next() < 0.8 ? 1 : 0))
        const candidates = { allowed, boost, mostBoost: boost ? Math.max(...boost) : 1 }
        const history = { user: 0, item: new Uint32Array(0), value: new Float64Array(0) }
        const found = largestProducts(scorer, scorer.user, count, candidates)
        const all = bestOf(scoreItems(scorer, history, items)!, count, candidates)
        expect([...found.items]).toEqual([...all.items])
      },
    ),
    { numRuns: 80 },
  )
})

describe('alternating least squares', () => {
  const [users, items, factors, regularisation, alpha] = [90, 50, 8, 1, 5]
  const matrix = randomMatrix(3, users, items, 600)
  const fit = (iterations: number) => fitAls(matrix, { factors, regularisation, alpha, iterations }, startWork()).scorer

  /** Equation 3 of Hu, Koren & Volinsky (2008). */
  function loss({ user, item, rowOfItem }: Factors): number {
    let sum = 0
    for (let u = 0; u < users; u++) {
      const strength = new Map<number, number>()
      for (let k = matrix.start[u]!; k < matrix.start[u + 1]!; k++) strength.set(matrix.column[k]!, matrix.value[k]!)
      for (let i = 0; i < items; i++) {
        let product = 0
        for (let a = 0; a < factors; a++) product += user[u * factors + a]! * item[rowOfItem[i]! * factors + a]!
        const value = strength.get(i)
        sum += value === undefined ? product ** 2 : (1 + alpha * value) * (1 - product) ** 2
      }
    }
    for (const x of user) sum += regularisation * x * x
    for (const x of item) sum += regularisation * x * x
    return sum
  }

  it('lowers its loss with every iteration', () => {
    const losses = [1, 2, 3, 5, 10, 30].map((iterations) => loss(fit(iterations)))
    for (const [k, each] of losses.entries()) expect(each).toBeLessThan(losses[k - 1] ?? Infinity)
  })

  it('ends where no user’s vector can be better', () => {
    const scorer = fit(5)
    const best = loss(scorer)
    for (let u = 0; u < users; u += 9)
      for (const step of [-1e-3, 1e-3]) {
        const user = scorer.user.slice()
        user[u * factors + (u % factors)] = user[u * factors + (u % factors)]! + step
        expect(loss({ ...scorer, user })).toBeGreaterThanOrEqual(best)
      }
  })
})
