import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError, InfeasibleError } from '../../contract/index.ts'
import {
  blackLitterman,
  estimateFromPrices,
  hierarchicalRiskParity,
  impliedReturns,
  maximumReturnForVolatility,
  maximumSharpe,
  maximumUtility,
  minimumVolatility,
  minimumVolatilityForReturn,
  type Market,
} from './index.ts'

const free = { minWeight: null, maxWeight: null }
const two: Market = {
  assets: ['A', 'B'],
  expectedReturns: [0.1, 0.05],
  covariance: [
    [0.04, 0.006],
    [0.006, 0.01],
  ],
  riskFreeRate: 0.02,
}
/** Four funds: bonds, shares, gold, high yield. */
const funds: Market = {
  assets: ['BOND', 'SHARE', 'GOLD', 'YIELD'],
  expectedReturns: [0.043622, 0.120588, 0.072331, 0.056586],
  covariance: [
    [0.000859, -0.000941, 0.001494, -0.000062],
    [-0.000941, 0.0224, -0.002184, 0.005747],
    [0.001494, -0.002184, 0.011518, -0.000129],
    [-0.000062, 0.005747, -0.000129, 0.002287],
  ],
  riskFreeRate: 0,
}
const sum = (weights: Record<string, number>) => Object.values(weights).reduce((total, weight) => total + weight, 0)

const mean = (of: number[]) => of.reduce((all, each) => all + each, 0) / of.length
const gap = ({ expectedReturns: [, share = 0, gold = 0] }: { expectedReturns: number[] }) => share - gold
const from = (prices: (number | null)[][]) => () => estimateFromPrices({ assets: ['A', 'B'], prices })
const having = (covariance: number[][]) => () => minimumVolatility({ ...two, covariance })

function randomMarket(seed: number, n: number): Market {
  const random = createRandom(seed)
  const factors = Array.from({ length: n }, () => Array.from({ length: n + 2 }, () => random.normal() / 5))
  const covariance = factors.map((a) => factors.map((b) => a.reduce((total, x, k) => total + x * (b[k] ?? 0), 0)))
  return {
    assets: factors.map((_, i) => `A${String(i)}`),
    expectedReturns: factors.map(() => 0.03 + 0.1 * random.next()),
    covariance,
    riskFreeRate: 0.02,
  }
}

describe('portfolios of two assets', () => {
  it('have the closed form of the least variance', () => {
    const { weights, volatility } = minimumVolatility(two)
    const a = (0.01 - 0.006) / (0.04 + 0.01 - 2 * 0.006)
    expect(weights['A']).toBeCloseTo(a, 12)
    expect(volatility ** 2).toBeCloseTo(a * a * 0.04 + (1 - a) ** 2 * 0.01 + 2 * a * (1 - a) * 0.006, 12)
  })

  it('have the closed form of the largest Sharpe ratio', () => {
    // C^-1 (mean - risk-free), scaled to one.
    const [x, y] = [0.01 * 0.08 - 0.006 * 0.03, 0.04 * 0.03 - 0.006 * 0.08]
    expect(maximumSharpe(two, free).weights['A']).toBeCloseTo(x / (x + y), 12)
  })

  it('have the closed form of the largest utility', () => {
    const aversion = 8
    const a = ((0.1 - 0.05) / aversion + 0.01 - 0.006) / (0.04 + 0.01 - 2 * 0.006)
    expect(maximumUtility(two, aversion, free).weights['A']).toBeCloseTo(a, 12)
  })

  it('hold what reaches a return, and what reaches a volatility', () => {
    expect(minimumVolatilityForReturn(two, 0.08).weights['A']).toBeCloseTo(0.6, 12)
    const bold = maximumReturnForVolatility(two, 0.15)
    expect(bold.volatility).toBeCloseTo(0.15, 9)
    expect(maximumReturnForVolatility(two, 0.5).weights['A']).toBeCloseTo(1, 9)
  })

  it('share risk by variance when they are all the tree has', () => {
    expect(hierarchicalRiskParity(two).weights['A']).toBeCloseTo(1 - 0.04 / 0.05, 12)
  })
})

describe('a mandate', () => {
  it('holds in every portfolio', () => {
    const mandate = {
      maxWeight: 0.4,
      bounds: { GOLD: { min: 0.1 } },
      groups: [{ name: 'risky', assets: ['SHARE', 'YIELD'], min: 0.3, max: 0.5 }],
      turnover: { current: { BOND: 0.4, SHARE: 0.3, GOLD: 0.1, YIELD: 0.2 }, max: 0.2 },
    }
    const portfolios = [
      minimumVolatility(funds, mandate),
      maximumSharpe(funds, mandate),
      maximumUtility(funds, 1, mandate),
      minimumVolatilityForReturn(funds, 0.065, mandate),
      maximumReturnForVolatility(funds, 0.06, mandate),
    ]
    for (const { weights } of portfolios) {
      const { BOND = 0, SHARE = 0, GOLD = 0, YIELD = 0 } = weights
      expect(sum(weights)).toBeCloseTo(1, 9)
      expect(Math.max(BOND, SHARE, GOLD, YIELD)).toBeLessThanOrEqual(0.4 + 1e-9)
      expect(Math.min(BOND, SHARE, YIELD)).toBeGreaterThanOrEqual(-1e-9)
      expect(GOLD).toBeGreaterThanOrEqual(0.1 - 1e-9)
      expect(SHARE + YIELD).toBeGreaterThanOrEqual(0.3 - 1e-9)
      expect(SHARE + YIELD).toBeLessThanOrEqual(0.5 + 1e-9)
      const traded = Math.abs(BOND - 0.4) + Math.abs(SHARE - 0.3) + Math.abs(GOLD - 0.1) + Math.abs(YIELD - 0.2)
      expect(traded).toBeLessThanOrEqual(0.2 + 1e-7)
    }
  })

  it('that nothing can obey is told by the demands that contradict each other', () => {
    const mandate = { maxWeight: 0.5, groups: [{ name: 'bonds', assets: ['BOND'], min: 0.6 }] }
    const fault = () => minimumVolatility(funds, mandate)
    expect(fault).toThrow(InfeasibleError)
    expect(fault).toThrow('BOND at most 0.5; bonds at least 0.6')
    expect(() => minimumVolatilityForReturn(funds, 0.2)).toThrow('return at least 0.2')
    expect(() => maximumReturnForVolatility(funds, 0.001)).toThrow('least volatile portfolio')
    expect(() => maximumSharpe({ ...funds, riskFreeRate: 0.5 })).toThrow(InfeasibleError)
  })

  it('that names an unknown asset is refused', () => {
    expect(() => minimumVolatility(two, { bounds: { Z: { max: 0.1 } } })).toThrow('Z is not among the assets')
  })
})

it('no long-only portfolio of random markets is calmer than the least volatile one, or has a better ratio than the best', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 9 }), (seed, n) => {
      const given = randomMarket(seed, n)
      const [calm, best] = [minimumVolatility(given), maximumSharpe(given)]
      const random = createRandom(seed + 1)
      for (let trial = 0; trial < 20; trial++) {
        const raw = given.assets.map(() => -Math.log(1 - random.next()))
        const total = raw.reduce((all, each) => all + each, 0)
        const weights = raw.map((each) => each / total)
        const variance = weights.reduce(
          (all, w, i) => all + w * weights.reduce((row, v, j) => row + v * (given.covariance[i]?.[j] ?? 0), 0),
          0,
        )
        const gain = weights.reduce((all, w, i) => all + w * (given.expectedReturns[i] ?? 0), 0) - 0.02
        expect(Math.sqrt(variance)).toBeGreaterThanOrEqual(calm.volatility - 1e-9)
        expect(gain / Math.sqrt(variance)).toBeLessThanOrEqual((best.sharpeRatio ?? 0) + 1e-9)
      }
      expect(sum(hierarchicalRiskParity(given).weights)).toBeCloseTo(1, 9)
    }),
    { numRuns: 40 },
  )
})

describe('views', () => {
  it('pull the returns of a market in balance, and say less when they are uncertain', () => {
    const prior = impliedReturns(funds, [1, 1, 1, 1], 2.5)
    expect(prior[0]).toBeCloseTo((2.5 * (0.000859 - 0.000941 + 0.001494 - 0.000062)) / 4, 12)
    const believed = (variance: number) =>
      blackLitterman({ ...funds, expectedReturns: prior }, [{ of: { SHARE: 1, GOLD: -1 }, return: 0.1, variance }])
        .market
    const [sure, unsure] = [believed(1e-9), believed(10)]

    expect(gap(sure)).toBeCloseTo(0.1, 6)
    expect(gap(unsure)).toBeCloseTo((prior[1] ?? 0) - (prior[2] ?? 0), 4)
  })

  it('of unknown assets are refused by row', () => {
    expect(() => blackLitterman(two, [{ of: { Z: 1 }, return: 0.1 }])).toThrow('of, row 0: Z is not among the assets')
  })
})

describe('estimates from prices', () => {
  it('are geometric means and covariances per year, over the periods that assets share', () => {
    const { expectedReturns, covariance } = estimateFromPrices(
      {
        assets: ['A', 'B'],
        prices: [
          [100, null],
          [110, 50],
          [121, 45],
          [108.9, 58.5],
          [130.68, 64.35],
        ],
      },
      { periodsPerYear: 4 },
    )
    expect(expectedReturns[0]).toBeCloseTo(1.3068 - 1, 12)
    expect(expectedReturns[1]).toBeCloseTo((64.35 / 50) ** (4 / 3) - 1, 12)
    // B: -.1, .3, .1; A in the same periods: .1, -.1, .2.
    const [a, b] = [
      [0.1, -0.1, 0.2],
      [-0.1, 0.3, 0.1],
    ]
    const shared = a.reduce((all, x, i) => all + (x - mean(a)) * ((b[i] ?? 0) - mean(b)), 0) / 2
    expect(covariance[0]?.[1]).toBeCloseTo(4 * shared, 12)
  })

  it('refuse prices without chance, and those that no return follows from', () => {
    const steady = Array.from({ length: 9 }, (_, t) => [100 * 1.01 ** t, 100 + (t % 3)])
    expect(from(steady)).toThrow('A does not vary')
    expect(
      from([
        [1e-300, 1],
        [1e300, 2],
        [1, 3],
      ]),
    ).toThrow('prices, row 1: is too far from 1e-300')
    expect(() => estimateFromPrices({ assets: ['A'], prices: [[1], [1e9], [2e18]] }, { periodsPerYear: 1e6 })).toThrow(
      'periodsPerYear',
    )
  })

  it('refuse prices that say nothing', () => {
    expect(
      from([
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
    ).toThrow('B does not vary')
    expect(
      from([
        [1, 1],
        [2, Number.NaN],
        [3, 1],
      ]),
    ).toThrow(EngineInputError)
    expect(
      from([
        [1, 1],
        [2, 0],
        [3, 1],
      ]),
    ).toThrow(EngineInputError)
    expect(from([[1, 1], [2], [3, 1]])).toThrow('prices, row 1: has 1 prices for 2 assets')
    expect(
      from([
        [1, null],
        [2, null],
        [3, 1],
      ]),
    ).toThrow('B has no two prices in a row')
    expect(() =>
      estimateFromPrices({
        assets: ['A', 'A'],
        prices: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      }),
    ).toThrow('named twice')
  })
})

it('a covariance that cannot be one is refused', () => {
  expect(
    having([
      [0.04, 0.02],
      [0.02, 0.01],
    ]),
  ).toThrow('not positive definite')
  expect(
    having([
      [0.04, 0.02],
      [0.01, 0.01],
    ]),
  ).toThrow('mirror image')
  expect(having([[0.04]])).toThrow('one per asset')
})

it('the same market gives the same bytes', () => {
  expect(JSON.stringify(maximumSharpe(funds))).toBe(JSON.stringify(maximumSharpe(structuredClone(funds))))
})
