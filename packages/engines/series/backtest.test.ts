import { describe, expect, it } from 'vitest'
import { backtest } from './index.ts'
import { options, seasonal, set } from './series-for-tests.ts'

describe('a backtest', () => {
  it('reports errors against the seasonal naive forecast, by step and by series, and what the intervals held', () => {
    const report = backtest(set(4, 90), options, { origins: 2 })
    expect(report.origins).toBe(2)
    expect(report.relative).toBeLessThan(1)
    expect(report.byStep.length).toBe(7)
    expect(report.series.map(({ id }) => id)).toEqual(['s0', 's1', 's2', 's3'])
    expect(report.coverage[1]?.held).toBeGreaterThan(0.75)
  })

  it('knows nothing of what came after', () => {
    const values = seasonal(90, { noise: 0.2 })
    const spoiled = values.map((value, t) => (t >= 83 ? 10_000 : value))
    const report = backtest([{ id: 'a', values: spoiled }], options, { origins: 1 })
    expect(report.overall.smape).toBeGreaterThan(150)
  })
})

describe('a backtest is refused', () => {
  it('for a number of origins that is none', () => {
    for (const origins of [0, 1.5, -1]) expect(() => backtest(set(1, 60), options, { origins })).toThrow('origins')
  })

  it('when nothing came that could be compared', () => {
    expect(() =>
      backtest([{ id: 'a', values: [3, 4, 3, 3, 3, 5, null, null] }], { horizon: 1 }, { origins: 2 }),
    ).toThrow('no series has values to compare with')
  })
})

it('a backtest ends at the time limit with the origins it has, and says so', () => {
  const report = backtest(set(3, 120), options, { origins: 6, maxMillis: 1 })
  expect(report.origins).toBe(1)
  expect(report.provenance.warnings[0]?.code).toBe('time-limit')
})
