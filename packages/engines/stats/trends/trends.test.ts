import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import { mannKendall, senSlope } from './index.ts'

describe('the Mann-Kendall test', () => {
  it('of a rising series counts every pair', () => {
    const { s, varianceOfS, tau, trend, z, slope } = mannKendall([1, 2, 4, 7, 11])
    expect([s, tau, trend]).toEqual([10, 1, 'increasing'])
    expect(varianceOfS).toBeCloseTo((5 * 4 * 15) / 18, 12)
    expect(z).toBeCloseTo(9 / Math.sqrt(300 / 18), 12)
    expect(slope).toBeCloseTo(2.5, 12)
  })

  it('takes the variance of ties away', () => {
    // Values 1 1 2 2 2: 6 concordant pairs; (5*4*15 - 2*1*9 - 3*2*11) / 18.
    const { s, varianceOfS } = mannKendall([1, 1, 2, 2, 2])
    expect(s).toBe(6)
    expect(varianceOfS).toBeCloseTo((300 - 18 - 66) / 18, 12)
    expect(mannKendall([3, 3, 3, 3]).pValue).toBe(1)
  })

  it('compares seasons with themselves', () => {
    const series = Array.from({ length: 40 }, (_, t) => 100 * (t % 4) + Math.floor(t / 4))
    const { s, slope, trend } = mannKendall(series, { period: 4 })
    expect(s).toBe(4 * 45)
    expect(slope).toBe(1)
    expect(trend).toBe('increasing')
  })

  it('leaves out what was not measured', () => {
    expect(mannKendall([1, null, 2, null, 3]).slope).toBe(0.5)
    expect(() => mannKendall([1, null, null])).toThrow('at least 3 values')
    expect(() => mannKendall([1, Number.NaN, 3])).toThrow(EngineInputError)
  })

  it('turns with its series, and does not care about scale', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 }), (series) => {
        const there = mannKendall(series)
        const back = mannKendall(series.toReversed())
        const grown = mannKendall(series.map((value) => 3 * value + 5))
        expect(back.s + there.s).toBe(0)
        expect(grown.pValue).toBe(there.pValue)
        expect(grown.slope).toBeCloseTo(3 * there.slope, 9)
      }),
    )
  })

  it('keeps its level where values follow each other, when told so', () => {
    const random = createRandom(6)
    let [plain, corrected] = [0, 0]
    for (let run = 0; run < 200; run++) {
      let value = 0
      const series = Array.from({ length: 60 }, () => (value = 0.6 * value + random.normal()))
      if (mannKendall(series).pValue < 0.05) plain++
      if (mannKendall(series, { autocorrelated: true }).pValue < 0.05) corrected++
    }
    expect(plain).toBeGreaterThan(40)
    expect(corrected).toBeLessThan(plain * 0.75)
  })
})

describe('the slope of Sen', () => {
  it('is the median over pairs at different times', () => {
    // Slopes 2, 4, 1, 1/2 and -1/2; the pair at time 1 has none.
    const values = [
      [0, 1],
      [1, 3],
      [1, 5],
      [3, 4],
    ].map(([time = 0, value = 0]) => ({ time, value }))
    expect(senSlope(values).slope).toBe(1)
  })

  it('is not moved by a wild value, and its interval holds it', () => {
    const values = Array.from({ length: 20 }, (_, time) => ({ time, value: time === 7 ? 1000 : 2 * time + 1 }))
    const { slope, intercept, interval } = senSlope(values)
    expect(slope).toBeCloseTo(2, 12)
    expect(intercept).toBeCloseTo(1, 12)
    expect(interval[0]).toBeLessThanOrEqual(2)
    expect(interval[1]).toBeGreaterThanOrEqual(2)
    expect(() =>
      senSlope([
        { time: 1, value: 1 },
        { time: 1, value: 2 },
        { time: 1, value: 3 },
      ]),
    ).toThrow('the same for all')
  })
})

it('a series too long to compare all pairs is refused, before memory is short', () => {
  const long = Array.from({ length: 5001 }, (_, t) => t)
  expect(() => mannKendall(long)).toThrow('series')
  expect(mannKendall(long.slice(0, 5000)).slope).toBe(1)
  expect(() => senSlope(long.map((value) => ({ time: value, value })))).toThrow('values')
})
