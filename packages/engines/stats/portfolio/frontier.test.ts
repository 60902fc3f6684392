import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import {
  maximumReturnForVolatility,
  maximumSharpe,
  maximumUtility,
  minimumVolatility,
  minimumVolatilityForReturn,
  type Market,
} from './index.ts'

/** One common factor and what each asset does alone; returns between 2 % and 12 %. */
function manyAssets(n: number, seed: number, returnOf = (draw: number) => 0.02 + 0.1 * draw): Market {
  const random = createRandom(seed)
  const [factor, own] = [0, 1].map((least) => Array.from({ length: n }, () => 0.1 * (least + random.next())))
  return {
    assets: Array.from({ length: n }, (_, i) => `A${String(i)}`),
    expectedReturns: Array.from({ length: n }, () => returnOf(random.next())),
    covariance: factor!.map((a, i) => factor!.map((b, j) => a * b + (i === j ? own![i]! ** 2 : 0))),
  }
}

const traded = (weights: Record<string, number>, held: Record<string, number>) =>
  Object.entries(weights).reduce((sum, [asset, weight]) => sum + Math.abs(weight - (held[asset] ?? 0)), 0)

describe('the efficient frontier', () => {
  it('is the same from both sides, also where returns and limits are alike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 2, max: 25 }),
        fc.constantFrom(2, 5, 1000),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (seed, n, different, share) => {
          const market = manyAssets(n, seed, (draw) => 0.02 + (0.1 * Math.floor(draw * different)) / different)
          const mandate = { maxWeight: Math.max(0.25, 1.5 / n) }
          const calm = minimumVolatility(market, mandate)
          const target = calm.volatility * (1 + share)
          const bold = maximumReturnForVolatility(market, target, mandate)
          expect(bold.volatility).toBeLessThanOrEqual(target * (1 + 1e-9))
          expect(bold.expectedReturn).toBeGreaterThanOrEqual(calm.expectedReturn - 1e-9)
          for (const weight of Object.values(bold.weights)) {
            expect(weight).toBeGreaterThan(-1e-9)
            expect(weight).toBeLessThan(mandate.maxWeight + 1e-9)
          }
          const back = minimumVolatilityForReturn(market, bold.expectedReturn - 1e-9, mandate)
          expect(back.volatility).toBeCloseTo(bold.volatility, 5)
          // Nobody with more risk appetite stays below the limit with more return.
          for (const aversion of [30, 10, 3, 1, 0.1]) {
            const other = maximumUtility(market, aversion, mandate)
            if (other.volatility <= target) expect(other.expectedReturn).toBeLessThanOrEqual(bold.expectedReturn + 1e-8)
          }
        },
      ),
      { numRuns: 60, seed: 5 },
    )
  })

  it('of 300 assets is followed in seconds, and exactly', () => {
    const market = manyAssets(300, 3)
    const before = process.cpuUsage().user
    const bold = maximumReturnForVolatility(market, 0.12)
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10)
    expect(bold.volatility).toBeCloseTo(0.12, 9)
    expect(minimumVolatilityForReturn(market, bold.expectedReturn).volatility).toBeCloseTo(0.12, 7)
  })

  it('ends where more volatility gives no more return', () => {
    const market = manyAssets(12, 4)
    const most = Math.max(...market.expectedReturns)
    expect(maximumReturnForVolatility(market, 5).expectedReturn).toBeCloseTo(most, 9)
  })
})

describe('a limit on turnover', () => {
  // With 100 assets a formulation with variables for what is bought let more than twice the limit pass.
  it('holds with many assets, in every portfolio', () => {
    const market = manyAssets(100, 5)
    const held = Object.fromEntries(market.assets.map((asset) => [asset, 0.01]))
    const mandate = { turnover: { current: held, max: 0.3 } }
    const calm = minimumVolatility(market, mandate)
    for (const { weights } of [
      calm,
      maximumUtility(market, 20, mandate),
      maximumSharpe(market, mandate),
      minimumVolatilityForReturn(market, calm.expectedReturn + 0.002, mandate),
      maximumReturnForVolatility(market, calm.volatility * 1.02, mandate),
    ]) {
      expect(traded(weights, held)).toBeLessThanOrEqual(0.3 + 1e-8)
      expect(Object.values(weights).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9)
    }
  })

  it('of nothing leaves what is held, and one that is wide changes nothing', () => {
    const market = manyAssets(6, 7)
    const held = Object.fromEntries(market.assets.map((asset, i) => [asset, (i + 1) / 21]))
    const still = minimumVolatility(market, { turnover: { current: held, max: 0 } })
    expect(traded(still.weights, held)).toBeLessThan(1e-9)
    const [wide, free] = [minimumVolatility(market, { turnover: { current: held, max: 2 } }), minimumVolatility(market)]
    expect(traded(wide.weights, free.weights)).toBeLessThan(1e-9)
  })

  it('that the other limits contradict is named', () => {
    const market = manyAssets(4, 7)
    const demand = () =>
      minimumVolatility(market, { bounds: { A0: { min: 0.9 } }, turnover: { current: { A1: 1 }, max: 0.5 } })
    expect(demand).toThrow('turnover at most 0.5')
  })
})

describe('work that takes long', () => {
  const market = manyAssets(60, 9)

  it('is stopped', () => {
    const signal = AbortSignal.abort(new Error('no longer needed'))
    for (const run of [
      () => minimumVolatility(market, {}, 0, { signal }),
      () => maximumSharpe(market, {}, { signal }),
      () => maximumUtility(market, 2, {}, { signal }),
      () => minimumVolatilityForReturn(market, 0.06, {}, { signal }),
      () => maximumReturnForVolatility(market, 0.1, {}, { signal }),
    ])
      expect(run).toThrow('no longer needed')
  })

  it('gives the best portfolio so far at the time limit, and says what it may miss', () => {
    const calm = minimumVolatility(market)
    const target = calm.volatility * 1.5
    const best = maximumReturnForVolatility(market, target)
    const cut = maximumReturnForVolatility(market, target, {}, { maxMillis: 0 })
    expect(cut.provenance.warnings[0]).toMatchObject({ code: 'time-limit' })
    const missed = Number(/at most (\S+) more/.exec(cut.provenance.warnings[0]?.message ?? '')?.[1])
    expect(cut.volatility).toBeLessThanOrEqual(target)
    expect(best.expectedReturn - cut.expectedReturn).toBeLessThanOrEqual(missed * 1.01)
  })
})

it('a covariance of tiny numbers that is no mirror image of itself is refused', () => {
  const covariance = [
    [4e-10, 2e-10],
    [1e-10, 4e-10],
  ]
  expect(() => minimumVolatility({ assets: ['A', 'B'], expectedReturns: [0, 0], covariance })).toThrow('mirror image')
})
