import { describe, expect, it } from 'vitest'
import { createRandom, saveModel, startWork } from '../../contract/index.ts'
import { fitBpr } from '../collaborative/bpr.ts'
import { matrixFrom } from '../interactions/sparse-matrix.ts'
import {
  evaluateRecommender,
  fitRecommender,
  loadRecommender,
  recommendItems,
  saveRecommender,
  similarItems,
  splitInteractions,
  type Interaction,
} from '../index.ts'
import { madeShop } from '../testing/made-shop.ts'

const rows = madeShop()

const shown = (strength: 'once' | 'log' | 'sum', history: string[]) => {
  const model = fitRecommender(rows, { method: 'item-knn', choose: false, strength })
  return recommendItems(model, { history }).items.map(({ score }) => score)
}

describe('repeated interactions', () => {
  const [first, second] = ['g0-0', 'g1-2']

  it('since the fit count as those of the fit do: once, by their sum, or by its logarithm', () => {
    expect(shown('once', [first, first, first, second])).toEqual(shown('once', [first, second]))
    expect(shown('sum', [first, first])).toEqual(shown('sum', [first]).map((score) => expect.closeTo(2 * score, 9)))
    const factor = Math.log1p(3) / Math.log1p(1)
    expect(shown('log', [first, first, first])).toEqual(
      shown('log', [first]).map((score) => expect.closeTo(factor * score, 9)),
    )
  })

  it('of a model of the first version are read by its unit', () => {
    const model = fitRecommender(rows, { method: 'item-knn', choose: false, strength: 'log' })
    const { engine, contents } = saveRecommender(model)
    const { strength: _strength, ...first } = contents as { strength: string }
    expect(loadRecommender(saveModel(engine, 1, first)).strength).toBe('log')
  })
})

describe('BPR', () => {
  it('draws strong choices more often than weak ones', () => {
    const entries = 40
    const random = createRandom(2)
    // Each user chose one item of the first ten strongly and one of the others weakly.
    const user = Uint32Array.from({ length: entries }, (_, k) => k >> 1)
    const item = Uint32Array.from({ length: entries }, (_, k) => (k % 2 === 0 ? 0 : 10) + random.integer(10))
    const value = Float64Array.from({ length: entries }, (_, k) => (k % 2 === 0 ? 1 : 1e-6))
    const matrix = matrixFrom(20, 20, user, item, value, Math.max)
    const { scorer } = fitBpr(matrix, { factors: 4, regularisation: 0.01, learningRate: 0.1, epochs: 30 }, startWork())
    const biasOf = (each: number) => scorer.item[scorer.rowOfItem[each]! * 5 + 4]!
    const mean = (from: number) => Array.from({ length: 10 }, (_, k) => biasOf(from + k)).reduce((a, b) => a + b) / 10
    expect(mean(0)).toBeGreaterThan(mean(10) + 0.3)
  })

  it('finds tastes in a shop where few know what most items are, twice as well as popularity', () => {
    const random = createRandom(7)
    const skewed = (below: number) => Math.floor(below * random.next() ** 2.5)
    const tastes = Array.from({ length: 800 }, () => [random.integer(20), random.integer(20)])
    const shop = Array.from({ length: 16_000 }, (): Interaction => {
      const user = random.integer(800)
      const group = tastes[user]![random.integer(2)]!
      const item = random.next() < 0.3 ? skewed(400) : group * 20 + skewed(20)
      return { user: `u${String(user)}`, item: `i${String(item)}` }
    })
    const { train, test } = splitInteractions(shop)
    const { ndcg, popularity } = evaluateRecommender(fitRecommender(train, { method: 'bpr', choose: false }), test)
    expect(ndcg).toBeGreaterThan(2 * popularity.ndcg)
  })
})

it('at a time limit that leaves no time for trials the model is made with the stated defaults and says so', () => {
  const model = fitRecommender(rows, { method: 'item-knn', maxMillis: 0 })
  expect(model.trials).toEqual([])
  expect(model.provenance.warnings.map(({ code }) => code)).toContain('few-trials')
})

it('where nothing is left to be shown the figures are zero, not NaN', () => {
  const all = ['a', 'b'].flatMap((user) => ['x', 'y'].map((item) => ({ user, item })))
  const figures = evaluateRecommender(fitRecommender(all, { method: 'popularity' }), [{ user: 'a', item: 'new' }])
  expect([figures.novelty, figures.diversity, figures.recall]).toEqual([0, 0, 0])
})

it('an item described by a repeated word is closest to others that repeat it', () => {
  const content = [
    { item: 'g0-0', terms: ['red', 'red', 'red', 'red', 'wine'] },
    { item: 'g0-1', terms: ['red', 'red', 'red', 'red', 'meat'] },
    { item: 'g0-2', terms: ['wine', 'wine', 'wine', 'wine', 'meat'] },
    { item: 'g0-3', terms: ['sand'] },
  ]
  const model = fitRecommender(rows, { method: 'popularity', content })
  const { items } = similarItems(model, { item: 'g0-0', by: 'content' })
  expect(items.map(({ item }) => item)).toEqual(['g0-1', 'g0-2'])
  // Cosine of (1 + ln 4, 1, 0) and (1 + ln 4, 0, 1) with the rarity of each word.
  const [often, once] = [(1 + Math.log(4)) * (Math.log(2) + 1), Math.log(2) + 1]
  expect(items[0]!.likeness).toBeCloseTo(often ** 2 / (often ** 2 + once ** 2), 6)
})
