import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import {
  christoffersenTest,
  drawdown,
  ewmaVolatility,
  fitGarch,
  forecastVolatility,
  kupiecTest,
  moneyWeightedReturn,
  timeWeightedReturn,
  valueAtRisk,
} from './index.ts'

const hundred = Array.from({ length: 100 }, (_, i) => (i - 50) / 1000)

describe('value at risk', () => {
  it('of past returns is their quantile, and the shortfall the mean of the tail', () => {
    const { valueAtRisk: loss, expectedShortfall } = valueAtRisk(hundred, { level: 0.95 })
    expect(loss).toBeCloseTo(0.04505, 12)
    expect(expectedShortfall).toBeCloseTo(0.048, 12)
  })

  it('of a normal distribution has its closed form, and the correction vanishes for normal returns', () => {
    const random = createRandom(2)
    const returns = Array.from({ length: 50_000 }, () => 0.001 + 0.01 * random.normal())
    const at = (method: 'historical' | 'normal' | 'cornish-fisher') => valueAtRisk(returns, { method })
    expect(at('normal').valueAtRisk).toBeCloseTo(0.01 * 2.3263479 - 0.001, 3)
    expect(at('normal').expectedShortfall).toBeCloseTo(0.01 * 2.6652142 - 0.001, 3)
    for (const method of ['historical', 'cornish-fisher'] as const) {
      expect(at(method).valueAtRisk).toBeCloseTo(at('normal').valueAtRisk, 3)
      expect(at(method).expectedShortfall).toBeCloseTo(at('normal').expectedShortfall, 3)
    }
  })

  it('is never above the shortfall, and scales with the returns', () => {
    const some = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 25, maxLength: 80 })
    fc.assert(
      fc.property(some, (returns) => {
        const whole = valueAtRisk(returns, { level: 0.95 })
        const half = valueAtRisk(
          returns.map((each) => each / 2),
          { level: 0.95 },
        )
        expect(whole.expectedShortfall).toBeGreaterThanOrEqual(whole.valueAtRisk - 1e-12)
        expect(half.valueAtRisk).toBeCloseTo(whole.valueAtRisk / 2, 12)
      }),
    )
  })

  it('refuses what says nothing', () => {
    expect(() => valueAtRisk([0.01, Number.NaN])).toThrow(EngineInputError)
    expect(() => valueAtRisk([0.01, -0.02])).toThrow('needs at least 100 periods')
    expect(valueAtRisk(hundred.slice(0, 10), { level: 0.9 }).expectedShortfall).toBeCloseTo(0.05, 12)
    expect(() => valueAtRisk([0.01, 0.01], { method: 'normal' })).toThrow('do not change')
    expect(() => valueAtRisk(hundred, { level: 1.5 })).toThrow(EngineInputError)
  })
})

const accepted = (level: number, periods: number) =>
  Array.from({ length: 80 }, (_, hits) => hits).filter((hits) => kupiecTest(hits, periods, level).pValue > 0.05)

const range = (level: number, periods: number) => [accepted(level, periods)[0], accepted(level, periods).at(-1)]

describe('exceedances of the value at risk', () => {
  it('are refused where the table of Kupiec (1995) refuses them', () => {
    expect(range(0.99, 255)).toEqual([1, 6])
    expect(range(0.99, 1000)).toEqual([5, 16])
    expect(range(0.95, 255)).toEqual([7, 20])
    expect(range(0.95, 1000)).toEqual([38, 64])
  })

  it('in a row are told from scattered ones', () => {
    const scattered = Array.from({ length: 500 }, (_, t) => t % 20 === 3)
    const clustered = Array.from({ length: 500 }, (_, t) => t >= 100 && t < 125)
    expect(christoffersenTest(scattered, 0.95).conditionalCoverage.pValue).toBeGreaterThan(0.1)
    expect(christoffersenTest(clustered, 0.95).independence.pValue).toBeLessThan(1e-6)
    expect(christoffersenTest([false, false, false], 0.95).independence.statistic).toBe(0)
  })
})

describe('volatility', () => {
  it('follows recent shocks by the decay', () => {
    const { foreseen, next } = ewmaVolatility([0.01, -0.02, 0.03], 0.9)
    expect(foreseen[0]).toBeNull()
    expect(foreseen[1]).toBeCloseTo(0.01, 14)
    expect(foreseen[2]).toBeCloseTo(Math.sqrt((0.9 * 0.0001 + 0.0004) / 1.9), 14)
    expect(next).toBeCloseTo(Math.sqrt((0.81 * 0.0001 + 0.9 * 0.0004 + 0.0009) / 2.71), 14)
  })

  it('foreseen for a period does not know what came later', () => {
    const { foreseen } = ewmaVolatility([0.01, -0.02, 0.03, 0.9])
    expect(foreseen.slice(0, 3)).toEqual(ewmaVolatility([0.01, -0.02, 0.03]).foreseen)
  })

  it('of a simulated GARCH process is found again, at any scale', () => {
    const random = createRandom(11)
    let variance = 1
    const returns = Array.from({ length: 6000 }, () => {
      const shock = Math.sqrt(variance) * random.normal()
      variance = 0.05 + 0.1 * shock * shock + 0.85 * variance
      return (0.05 + shock) / 100
    })
    const { fitted, model } = fitGarch(returns)
    expect(fitted.alpha).toBeCloseTo(0.1, 1)
    expect(fitted.alpha + fitted.beta).toBeGreaterThan(0.9)
    expect(fitted.alpha + fitted.beta).toBeLessThan(0.98)
    expect(fitted.mean).toBeCloseTo(0.0005, 3)
    const small = fitGarch(returns.map((each) => each / 10)).fitted
    expect(small.beta).toBeCloseTo(fitted.beta, 4)
    // Far ahead the forecast is the long-run level.
    const { volatility } = forecastVolatility(model, 2000)
    expect(volatility.at(-1)).toBeCloseTo(Math.sqrt(fitted.omega / (1 - fitted.alpha - fitted.beta)), 8)
  })

  it('of GARCH tells its progress, and is the best so far at the time limit', () => {
    const random = createRandom(3)
    const returns = Array.from({ length: 400 }, () => 0.01 * random.normal())
    const shares: number[] = []
    fitGarch(returns, { onProgress: (share) => void shares.push(share) })
    expect(shares.length).toBeGreaterThan(0)
    const { provenance, fitted } = fitGarch(returns, { maxMillis: 0 })
    expect(provenance.warnings[0]?.code).toBe('not-converged')
    expect(fitted.next).toBeGreaterThan(0)
  })

  it('of what does not move is refused', () => {
    expect(() => fitGarch(Array.from({ length: 60 }, () => 0.01))).toThrow('do not change')
    expect(() => fitGarch([0.01, 0.02])).toThrow(EngineInputError)
  })
})

describe('performance', () => {
  it('weighted by time leaves out what was paid in', () => {
    const { total, perPeriod } = timeWeightedReturn(100, [{ value: 210, flow: 100 }, { value: 189 }])
    expect(perPeriod[0]).toBeCloseTo(0.1, 12)
    expect(total).toBeCloseTo(1.1 * 0.9 - 1, 12)
  })

  it('weighted by money is the rate of the well-known example of XIRR', () => {
    const flows = [
      { date: '2008-01-01', amount: -10_000 },
      { date: '2008-03-01', amount: 2750 },
      { date: '2008-10-30', amount: 4250 },
      { date: '2009-02-15', amount: 3250 },
      { date: '2009-04-01', amount: 2750 },
    ]
    expect(moneyWeightedReturn(flows).yearly).toBeCloseTo(0.373362535, 8)
    expect(() => moneyWeightedReturn(flows.slice(1))).toThrow('paid in')
    expect(() => moneyWeightedReturn([{ date: '2008-13-01', amount: 1 }, ...flows])).toThrow('date, row 0')
  })

  it('is refused for a portfolio that would have been worth less than nothing', () => {
    expect(() => timeWeightedReturn(100, [{ value: 50, flow: 80 }])).toThrow('flow, row 0')
  })

  it('weighted by money warns when several rates explain the flows', () => {
    // Both 10 % and 20 % make these worth nothing.
    const flows = [
      { date: '2021-01-01', amount: -100 },
      { date: '2022-01-01', amount: 230 },
      { date: '2023-01-01', amount: -132 },
    ]
    const { yearly, provenance } = moneyWeightedReturn([...flows, { date: '2023-01-01', amount: 0.01 }])
    expect([0.1, 0.2].some((rate) => Math.abs(yearly - rate) < 0.02)).toBe(true)
    expect(provenance.warnings[0]?.code).toBe('several-rates')
    const day = [-1, 2].map((amount) => ({ date: '2021-01-01', amount }))
    expect(() => moneyWeightedReturn(day)).toThrow('date: is the same for all flows')
  })

  it('falls from a peak to a trough and comes back', () => {
    expect(drawdown([100, 120, 90, 110, 125])).toMatchObject({ maximum: 0.25, peak: 1, trough: 2, recovered: 4 })
    expect(drawdown([100, 80]).recovered).toBeNull()
    expect(drawdown([1, 2, 3]).maximum).toBe(0)
  })
})
