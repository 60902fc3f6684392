import { afterAll, describe, expect, it } from 'vitest'
import { createPool } from '../../pool/index.ts'
import { EngineInputError } from '../../contract/index.ts'
import {
  evaluateRecommender,
  explainRecommendation,
  fitRecommender,
  loadRecommender,
  recommendItems,
  saveRecommender,
  similarItems,
  splitInteractions,
  type Interaction,
  type Method,
  type RecommenderOptions,
} from '../index.ts'
import { groupOf, madeShop } from '../testing/made-shop.ts'

const personal = ['ease', 'item-knn', 'als', 'bpr'] as const
const quick: Record<Method, RecommenderOptions> = {
  ease: { method: 'ease', choose: false, ease: { lambda: 5 } },
  'item-knn': { method: 'item-knn', choose: false },
  als: { method: 'als', choose: false, als: { factors: 8 } },
  bpr: { method: 'bpr', choose: false, bpr: { factors: 8 } },
  popularity: { method: 'popularity' },
}
const rows = madeShop()
const pairs = (text: string): Interaction[] =>
  text.split(' ').map((pair) => ({ user: pair[0] ?? '', item: pair.slice(1) }))
/** As from a caller whose input no compiler has seen. */
const fitUntyped = (data: unknown, options: unknown) =>
  fitRecommender(data as Interaction[], options as RecommenderOptions)
const faultOf = (make: () => unknown) => {
  try {
    return make()
  } catch (error) {
    return error instanceof EngineInputError ? `${error.code}: ${error.message}` : error
  }
}

const pool = createPool({ size: 1 })
afterAll(() => pool.close())

describe.each(personal)('%s', (method) => {
  const model = fitRecommender(rows, quick[method])

  it('shows a user what their group chooses, and nothing they have', () => {
    const own = new Set(rows.filter((each) => each.user === 'u2').map((each) => each.item))
    const { items } = recommendItems(model, { user: 'u2', count: 5 })
    expect(items.filter((each) => groupOf(each.item) === 'g2').length).toBeGreaterThanOrEqual(4)
    expect(items.filter((each) => own.has(each.item))).toEqual([])
    const scores = items.map((each) => each.score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  it('shows a visitor what goes with what they chose just now', () => {
    const { items } = recommendItems(model, { history: ['g1-0', 'g1-1', 'g1-3'], count: 4 })
    expect(items.filter((each) => groupOf(each.item) === 'g1').length).toBeGreaterThanOrEqual(3)
  })

  it('finds held-out choices far better than what is popular', () => {
    const { train, test } = splitInteractions(rows)
    const figures = evaluateRecommender(fitRecommender(train, quick[method]), test)
    expect(figures.ndcg).toBeGreaterThan(1.5 * figures.popularity.ndcg)
    expect(figures.users).toBeGreaterThan(60)
    expect(figures.coverage).toBeGreaterThan(0.5)
  })

  it('explains a score by the items it comes from', () => {
    const [first] = recommendItems(model, { user: 'u2', count: 1 }).items
    const why = explainRecommendation(model, { user: 'u2', item: first!.item })
    expect(why.score).toBeCloseTo(first!.score, 5)
    expect(groupOf(why.because[0]!.item)).toBe('g2')
    const sum = why.because.reduce((total, each) => total + each.part, 0)
    expect(why.kind === 'sum' ? Math.abs(sum - why.score) : 0).toBeLessThan(1e-5)
  })

  it('is the same for the same seed, when it is read back, and in a worker thread', async () => {
    const bytes = JSON.stringify(saveRecommender(model))
    expect(JSON.stringify(saveRecommender(fitRecommender(rows, quick[method])))).toBe(bytes)
    const read = loadRecommender(JSON.parse(bytes))
    expect(read).toEqual(model)
    const url = new URL('../index.ts', import.meta.url)
    const made = await pool.run<typeof fitRecommender>(url, 'fitRecommender', [rows], quick[method])
    expect(recommendItems(made, { user: 'u7' })).toEqual(recommendItems(model, { user: 'u7' }))
  })

  it('judges a new item by those it is described like', () => {
    const content = [...new Set(rows.map((each) => each.item))].map((item) => ({
      item,
      terms: [groupOf(item)!, 'any'],
    }))
    const described = fitRecommender(rows, {
      ...quick[method],
      content: [...content, { item: 'new', terms: ['g3'] }, { item: 'odd', terms: ['unheard of'] }],
    })
    const place = (user: string) =>
      recommendItems(described, { user, count: 62 }).items.findIndex((each) => each.item === 'new')
    expect(place('u3')).toBeGreaterThanOrEqual(0)
    expect(place('u3')).toBeLessThan(20)
    expect(explainRecommendation(described, { user: 'u3', item: 'new' }).standIns.length).toBeGreaterThan(5)
    expect(described.provenance.warnings.map((each) => each.code)).toContain('content-alone')
    const tasted = recommendItems(described, { taste: { terms: ['g0'] }, count: 5 }).items
    expect(tasted.filter((each) => groupOf(each.item) === 'g0').length).toBeGreaterThanOrEqual(3)
    const alike = similarItems(described, { item: 'new', by: 'content', count: 3 }).items
    expect(alike.map((each) => groupOf(each.item))).toEqual(['g3', 'g3', 'g3'])
    expect(loadRecommender(structuredClone(saveRecommender(described)))).toEqual(described)
  })

  it('finds similar items in the same group', () => {
    const { items } = similarItems(model, { item: 'g0-0', count: 4 })
    expect(items.filter((each) => groupOf(each.item) === 'g0').length).toBeGreaterThanOrEqual(3)
  })

  it('ends at its time limit with what there is, and says so; a signal ends it at once', () => {
    const cut = fitRecommender(rows, { ...quick[method], maxMillis: 0 })
    expect(cut.provenance.warnings[0]?.code).toBe('time-limit')
    expect(recommendItems(cut, { user: 'u2' }).items).toHaveLength(10)
    const signal = AbortSignal.abort(new Error('stopped'))
    expect(() => fitRecommender(rows, { ...quick[method], signal })).toThrow('stopped')
  })
})

it('EASE has the weights of its closed form', () => {
  // X'X = [[2, 1], [1, 2]], so (X'X + 1)^-1 = [[3, -1], [-1, 3]] / 8 and the weight is 1 / 3.
  const model = fitRecommender(pairs('ax bx by cy'), { method: 'ease', choose: false, ease: { lambda: 1 } })
  expect(model.scorer.kind === 'ease' && [...model.scorer.weights]).toEqual([
    0,
    Math.fround(1 / 3),
    Math.fround(1 / 3),
    0,
  ])
})

it('item-kNN without shrinkage is the cosine', () => {
  const model = fitRecommender(pairs('ax bx by cy dy'), {
    method: 'item-knn',
    choose: false,
    itemKnn: { shrinkage: 0, userDamping: 0, popularityPenalty: 0.5 },
  })
  expect(recommendItems(model, { history: ['x'], count: 1 }).items[0]?.score).toBeCloseTo(1 / Math.sqrt(6), 6)
})

describe('popularity', () => {
  it('counts users, and what is long ago less and less', () => {
    const day = 86_400_000
    const old = pairs('ax bx cx').map((each) => ({ ...each, time: 0 }))
    const recent = pairs('ay by').map((each) => ({ ...each, time: 10 * day }))
    const best = (options: RecommenderOptions) =>
      recommendItems(fitRecommender([...old, ...recent], { method: 'popularity', ...options }), { count: 1 }).items[0]
    expect(best({})).toMatchObject({ item: 'x', score: 3, why: 'popularity' })
    expect(best({ halfLifeDays: 5 })).toMatchObject({ item: 'y', score: 2 })
  })

  it('fills a shelf for whom nothing is known, with a warning', () => {
    const model = fitRecommender(rows, quick['item-knn'])
    const shelf = recommendItems(model, { user: 'nobody', history: ['nothing'] })
    expect(shelf.items.every((each) => each.why === 'popularity')).toBe(true)
    expect(shelf.provenance.warnings.map((each) => each.code)).toEqual(['unknown-user', 'unknown-item', 'no-history'])
  })
})

describe('strengths', () => {
  it('are 1 however often, or sums, or their logarithms', () => {
    const data: Interaction[] = [
      { user: 'a', item: 'x' },
      { user: 'a', item: 'x', weight: 3 },
      { user: 'a', item: 'y' },
    ]
    const of = (strength: RecommenderOptions['strength']) => [
      ...fitRecommender(data, { method: 'popularity', strength }).strengths.value,
    ]
    expect(of('once')).toEqual([1, 1])
    expect(of('sum')).toEqual([4, 1])
    expect(of('log')).toEqual([Math.log(5), Math.log(2)])
  })
})

describe('settings', () => {
  it('are chosen by held-out interactions; what is given stays', () => {
    const model = fitRecommender(rows, { method: 'item-knn', itemKnn: { neighbours: 7 } })
    expect(model.trials.length).toBe(6)
    const best = Math.max(...model.trials.map((each) => each.ndcg))
    expect(model.trials.find((each) => each.ndcg === best)?.settings).toEqual(model.settings)
    expect(model.settings).toMatchObject({ neighbours: 7 })
  })

  it('auto takes EASE for few items', () => {
    expect(fitRecommender(rows).settings.method).toBe('ease')
  })
})

describe('what cannot be learnt from is refused', () => {
  const one = { user: 'a', item: 'x' }
  const refused: [name: string, data: unknown, options: unknown, message: string][] = [
    ['no row', [], {}, 'empty'],
    ['no user', [one, { user: '', item: 'x' }], {}, 'user, row 1'],
    ['a weight that is no number', [one, { ...one, weight: Number.NaN }], {}, 'not-finite: weight, row 1'],
    ['a negative weight', [{ ...one, weight: -2 }], {}, 'out-of-range: weight, row 0'],
    ['an endless time', [{ ...one, time: Infinity }], {}, 'not-finite: time'],
    ['a field that is not known', [{ ...one, rating: 3 }], {}, 'unknown-name'],
    ['a half-life without times', [one], { halfLifeDays: 3 }, 'time, row 0'],
    ['an option that is not known', [one], { neighbors: 3 }, 'unknown-name'],
    ['two descriptions of one item', [one], { content: [{ item: 'x' }, { item: 'x' }] }, 'duplicate-key'],
    [
      'vectors of two lengths',
      [one],
      {
        content: [
          { item: 'x', vector: [1] },
          { item: 'y', vector: [1, 2] },
        ],
      },
      'vector, row 1',
    ],
  ]
  it.each(refused)('%s', (_name, data, options, message) => {
    expect(faultOf(() => fitUntyped(data, options))).toContain(message)
  })

  it('a bad row far down is told by its number', () => {
    const many: Interaction[] = Array.from({ length: 9000 }, () => one)
    many[8500] = { user: 'a', item: 'x', weight: 0 }
    expect(faultOf(() => fitRecommender(many))).toContain('weight, row 8500')
  })

  it('too many items for EASE', () => {
    const many = Array.from({ length: 10_001 }, (_, k) => ({ user: 'a', item: String(k) }))
    expect(faultOf(() => fitRecommender(many, { method: 'ease' }))).toContain('take item-knn')
  })

  it.each(personal)('one user with one item is enough for %s, with warnings', (method) => {
    const model = fitRecommender([one], { method })
    expect(model.provenance.warnings.map((each) => each.code)).toEqual(['one-user', 'one-item'])
    expect(recommendItems(model, { user: 'a' }).items).toEqual([])
    expect(recommendItems(model, {}).items).toHaveLength(1)
  })

  it('a test without anyone known', () => {
    const model = fitRecommender(rows, quick['item-knn'])
    expect(faultOf(() => evaluateRecommender(model, [{ user: 'nobody', item: 'g0-0' }]))).toContain('heldOut')
  })

  it('a saved model of another kind or damaged', () => {
    const saved = saveRecommender(fitRecommender([one], quick.popularity))
    expect(() => loadRecommender({ ...saved, engine: 'table/glm' })).toThrow('made by table/glm')
    expect(() => loadRecommender({ ...saved, modelVersion: 9 })).toThrow('Update the program')
    expect(() => loadRecommender({ ...saved, contents: {} })).toThrow('damaged')
  })
})

it('figures of a ranking are those counted by hand', () => {
  // Popular order x, y, z, w; a has x; y and w are held out: places 1 and 3 of y, z, w.
  const train = pairs('ax bx cx dx by cy dy bz cz bw')
  const figures = evaluateRecommender(fitRecommender(train, quick.popularity), pairs('ay aw'), { depth: 3 })
  expect(figures).toMatchObject({ precision: 2 / 3, recall: 1, hitRate: 1, reciprocalRank: 1, users: 1, unknown: 0 })
  expect(figures.ndcg).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)), 12)
  expect(figures.averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 12)
})

describe('a split', () => {
  it('holds out the last ones of each user, or all after a moment', () => {
    const data = [3, 1, 2, 4].flatMap((time) => ['a', 'b'].map((user) => ({ user, item: `i${String(time)}`, time })))
    expect(splitInteractions(data, { by: 'last', share: 0.25 }).test.map((each) => each.item)).toEqual(['i4', 'i4'])
    expect(
      splitInteractions(data, { by: 'time', share: 0.5 })
        .test.map((each) => String(each.time))
        .toSorted(),
    ).toEqual(['3', '3', '4', '4'])
    expect(() => splitInteractions([{ user: 'a', item: 'x' }], { by: 'time' })).toThrow('time, row 0')
  })
})
