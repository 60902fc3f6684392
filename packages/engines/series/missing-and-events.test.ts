import { describe, expect, it } from 'vitest'
import { croston, forecast, tsb } from './index.ts'
import { options, seasonal, set } from './series-for-tests.ts'

describe('what is missing or odd', () => {
  it('is filled from trend and season, and said', () => {
    const values: (number | null)[] = seasonal(80, { noise: 0 })
    const [whole] = forecast([{ id: 'a', values }], options).forecasts
    for (const t of [20, 21, 50]) values[t] = null
    const holed = forecast([{ id: 'a', values }], options)
    expect(holed.provenance.warnings).toEqual([
      expect.objectContaining({ code: 'missing-filled', message: expect.stringContaining('at 20, 21, 50') }),
    ])
    for (const [h, value] of (holed.forecasts[0]?.mean ?? []).entries())
      expect(Math.abs(value - (whole?.mean[h] ?? NaN))).toBeLessThan(2)
  })

  it('is named when it is far from everything, and replaced when that is asked for', () => {
    const values = seasonal(84)
    values[70] = 900
    const kept = forecast([{ id: 'a', values }], options)
    expect(kept.provenance.warnings[0]).toMatchObject({ code: 'outliers-kept', message: expect.stringContaining('70') })
    const replaced = forecast([{ id: 'a', values }], { ...options, outliers: 'replace' })
    expect(replaced.provenance.warnings[0]?.code).toBe('outliers-replaced')
    const width = (result: typeof kept) =>
      (result.forecasts[0]?.intervals[1]?.upper[0] ?? 0) - (result.forecasts[0]?.intervals[1]?.lower[0] ?? 0)
    expect(width(replaced)).toBeLessThan(width(kept) / 2)
  })
})

describe('known events', () => {
  it('are learned from the past and applied ahead', () => {
    const values = seasonal(140, { noise: 0.5 })
    const at = [13, 40, 66, 91, 120, 142]
    for (const t of at) if (t < 140) values[t] = (values[t] ?? 0) + 50
    const events = [{ name: 'sale', at }]
    const [mine] = forecast([{ id: 'a', values }], { ...options, events }).forecasts
    const [blind] = forecast([{ id: 'a', values }], options).forecasts
    expect(mine?.events[0]).toMatchObject({ name: 'sale', happened: 5 })
    expect(mine?.events[0]?.effect).toBeGreaterThan(35)
    expect((mine?.mean[2] ?? 0) - (blind?.mean[2] ?? 0)).toBeGreaterThan(25)
  })

  it('that never happened have no effect', () => {
    const [mine] = forecast([{ id: 'a', values: seasonal(70) }], {
      ...options,
      events: [{ name: 'first fair', at: [72] }],
    }).forecasts
    expect(mine?.events[0]?.effect).toBe(0)
  })
})

describe('intermittent demand', () => {
  const demand = [0, 0, 3, 0, 0, 0, 3, 0, 0, 3, 0, 0, 0, 3, 0, 0, 3, 0, 0, 0, 3, 0, 0, 3, 0, 0]

  it('is a rate between nothing and one demand a step', () => {
    for (const method of [croston, tsb]) {
      const [rate = 0] = method(demand, 1)
      expect(rate).toBeGreaterThan(0.5)
      expect(rate).toBeLessThan(1.2)
    }
  })

  it('that has stopped is forecast lower and lower by TSB', () => {
    const stopped = [...demand, ...Array.from({ length: 24 }, () => 0)]
    expect(tsb(stopped, 1)[0]).toBeLessThan(0.5 * (tsb(demand, 1)[0] ?? 0))
  })

  it('is told apart in a set', () => {
    const mixed = [{ id: 'parts', values: demand }, ...set(2, 60)]
    const { forecasts } = forecast(mixed, { horizon: 3, seasons: [7], minimum: 0 })
    const names = forecasts[0]?.methods.map(({ name }) => name) ?? []
    expect(['croston', 'tsb', 'simple smoothing', 'naive']).toEqual(expect.arrayContaining(names))
    expect(forecasts[1]?.methods.map(({ name }) => name)).not.toContain('croston')
  })
})

describe('what is missing at the end', () => {
  it('goes on with trend and season, so that the forecast stands where it should', () => {
    const line = Array.from({ length: 40 }, (_, t) => 10 + 2 * t)
    const [whole] = forecast([{ id: 'a', values: line }], { horizon: 3 }).forecasts
    const [cut] = forecast([{ id: 'a', values: [...line.slice(0, 36), null, null, null, null] }], {
      horizon: 3,
    }).forecasts
    for (const [h, value] of (cut?.mean ?? []).entries())
      expect(Math.abs(value - (whole?.mean[h] ?? NaN))).toBeLessThan(2)
  })
})

describe('demand now and then', () => {
  const demand = Array.from({ length: 48 }, (_, t) => (t % 6 === 0 ? 12 : 0))

  it('is not taken for outliers', () => {
    const kept = forecast([{ id: 'a', values: demand }], { horizon: 3 })
    const replaced = forecast([{ id: 'a', values: demand }], { horizon: 3, outliers: 'replace' })
    expect(replaced.provenance.warnings).toEqual([])
    expect(replaced.forecasts[0]?.mean).toEqual(kept.forecasts[0]?.mean)
  })

  it('has intervals that do not go below nothing', () => {
    const { forecasts } = forecast([{ id: 'a', values: demand }], { horizon: 3 })
    for (const { lower } of forecasts[0]?.intervals ?? [])
      for (const value of lower) expect(value).toBeGreaterThanOrEqual(0)
  })
})

describe('an event', () => {
  it('named twice at a step happened once', () => {
    const values = seasonal(60)
    values[20] = (values[20] ?? 0) + 40
    const told = (at: number[]) =>
      forecast([{ id: 'a', values }], { ...options, events: [{ name: 'sale', at }] }).forecasts[0]
    expect(told([20, 20])?.events).toEqual(told([20])?.events)
  })

  it('of a series that is not there is refused', () => {
    const events = [{ name: 'sale', series: 'b', at: [3] }]
    expect(() => forecast([{ id: 'a', values: seasonal(60) }], { ...options, events })).toThrow(
      'series, row 0: there is no series b',
    )
  })
})
