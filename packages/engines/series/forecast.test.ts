import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, type WorkOptions } from '../contract/index.ts'
import { applyForecast, explainForecast, fitForecast, forecast, smape } from './index.ts'
import { options, seasonal, set } from './series-for-tests.ts'

describe('a forecast', () => {
  it('of a season with a trend is nearer than the seasonal naive one', () => {
    const values = seasonal(150)
    const known = values.slice(0, -7)
    const actual = values.slice(-7)
    const [mine] = forecast([{ id: 'a', values: known }], options).forecasts
    expect(smape(actual, mine?.mean ?? [])).toBeLessThan(smape(actual, known.slice(-7)))
    expect(mine?.methods.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10)
  })

  it('continues a straight line', () => {
    const values = Array.from({ length: 60 }, (_, t) => 5 + 2 * t)
    const [mine] = forecast([{ id: 'a', values }], { horizon: 3 }).forecasts
    for (const [h, value] of (mine?.mean ?? []).entries()) expect(value).toBeCloseTo(5 + 2 * (60 + h), 0)
  })

  it('of a constant is the constant, and its intervals have no width', () => {
    const [mine] = forecast([{ id: 'a', values: Array.from({ length: 30 }, () => 4) }], { horizon: 4 }).forecasts
    for (const value of mine?.mean ?? []) expect(value).toBeCloseTo(4, 6)
    expect(mine?.intervals[0]?.upper[0]).toBeCloseTo(4, 4)
  })

  it('does not depend on the unit of the series', () => {
    const values = seasonal(100)
    const [one] = forecast([{ id: 'a', values }], options).forecasts
    for (const factor of [0.001, 1000]) {
      const [scaled] = forecast([{ id: 'a', values: values.map((value) => value * factor) }], options).forecasts
      for (const [h, value] of (scaled?.mean ?? []).entries())
        expect(value / factor / (one?.mean[h] ?? NaN)).toBeCloseTo(1, 6)
    }
  })

  it('is the same to the byte each time, and names its inputs', () => {
    const first = forecast(set(12, 80), options)
    expect(JSON.stringify(forecast(set(12, 80), options))).toBe(JSON.stringify(first))
    const other = forecast(set(12, 81), options)
    expect(other.provenance.inputsHash).not.toBe(first.provenance.inputsHash)
  })

  it('holds about as many values in its intervals as they state', () => {
    const random = createRandom(9)
    const many = Array.from({ length: 60 }, (_, i) => {
      let level = 50
      return { id: String(i), values: Array.from({ length: 64 }, () => (level += random.normal())) }
    })
    const known = many.map(({ id, values }) => ({ id, values: values.slice(0, -4) }))
    const { forecasts } = forecast(known, { horizon: 4, levels: [0.8] })
    let held = 0
    for (const [i, { intervals }] of forecasts.entries())
      for (let h = 0; h < 4; h++) {
        const value = many[i]?.values[60 + h] ?? NaN
        if (value >= (intervals[0]?.lower[h] ?? NaN) && value <= (intervals[0]?.upper[h] ?? NaN)) held++
      }
    expect(held / 240).toBeGreaterThan(0.7)
    expect(held / 240).toBeLessThan(0.92)
  })

  it('never gives numbers that are not finite, whatever the series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (values, horizon) => {
          const [mine] = forecast([{ id: 'a', values }], { horizon, seasons: [4] }).forecasts
          expect(mine?.mean.length).toBe(horizon)
          for (const [k, { lower, upper }] of (mine?.intervals ?? []).entries())
            for (let h = 0; h < horizon; h++) {
              expect(Number.isFinite(mine?.mean[h])).toBe(true)
              expect(lower[h]).toBeLessThanOrEqual(mine?.mean[h] ?? NaN)
              expect(upper[h]).toBeGreaterThanOrEqual(mine?.mean[h] ?? NaN)
              if (k > 0) expect(upper[h]).toBeGreaterThanOrEqual(mine?.intervals[k - 1]?.upper[h] ?? NaN)
            }
        },
      ),
      { numRuns: 40, seed: 3 },
    )
  })

  it('keeps to its bounds', () => {
    const falling = Array.from({ length: 40 }, (_, t) => 40 - t)
    const [mine] = forecast([{ id: 'a', values: falling }], { horizon: 10, minimum: 0 }).forecasts
    for (const value of [...(mine?.mean ?? []), ...(mine?.intervals[1]?.lower ?? [])])
      expect(value).toBeGreaterThanOrEqual(0)
  })

  it('stops when it is told to', () => {
    const stopped: WorkOptions = { signal: AbortSignal.abort(new Error('no longer needed')) }
    expect(() => forecast(set(3, 60), options, stopped)).toThrow('no longer needed')
  })
})

describe('a fitted model', () => {
  it('survives JSON, and forecasts the series as they have grown', () => {
    const model = fitForecast(set(12, 90), options)
    const loaded = JSON.parse(JSON.stringify(model))
    const now = applyForecast(model, set(12, 90)).forecasts
    expect(applyForecast(loaded, set(12, 90)).forecasts).toEqual(now)
    const grown = applyForecast(loaded, set(12, 91)).forecasts
    expect(grown[0]?.mean[0]).not.toBe(now[0]?.mean[0])
    expect(grown[0]?.mean[0]).toBeCloseTo(now[0]?.mean[1] ?? NaN, -1)
  })

  it('says what it does', () => {
    const told = explainForecast(fitForecast(set(12, 90), options))
    expect(told.regular?.methods.length).toBeGreaterThan(0)
    expect(told.regular?.comparedAt).toBeGreaterThan(0)
    expect(told.intermittent).toBeNull()
  })
})

describe('boosting on lags', () => {
  it('is chosen where the next value is no line of the last ones, and is read back from JSON', () => {
    const random = createRandom(4)
    const chaotic = Array.from({ length: 30 }, (_, i) => {
      let x = random.next()
      return { id: String(i), values: Array.from({ length: 220 }, () => (x = 1.9 * (0.5 - Math.abs(x - 0.5)) + 0.01)) }
    })
    const model = fitForecast(chaotic, { horizon: 1, origins: 1 })
    expect(explainForecast(model).regular?.methods[0]?.name).toBe('boosting on lags')
    const { forecasts } = applyForecast(model, chaotic)
    for (const [i, { mean }] of forecasts.entries()) {
      const last = chaotic[i]?.values.at(-1) ?? NaN
      expect(Math.abs((mean[0] ?? NaN) - (1.9 * (0.5 - Math.abs(last - 0.5)) + 0.01))).toBeLessThan(0.2)
    }
    expect(applyForecast(JSON.parse(JSON.stringify(model)), chaotic).forecasts).toEqual(forecasts)
  }, 20_000)
})

describe('a time limit', () => {
  const many = Array.from({ length: 60 }, (_, i) => ({ id: String(i), values: seasonal(500, { seed: i + 1 }) }))

  it('ends the comparison, and says so; the forecast is still one', () => {
    const began = performance.now()
    const { forecasts, provenance } = forecast(many, { horizon: 14, seasons: [7] }, { maxMillis: 50 })
    const needed = performance.now() - began
    expect(needed).toBeLessThan(10_000)
    expect(provenance.warnings).toContainEqual(expect.objectContaining({ code: 'time-limit' }))
    for (const { mean } of forecasts) for (const value of mean) expect(Number.isFinite(value)).toBe(true)
  })

  it('that is not reached changes nothing', () => {
    const [free, limited] = [undefined, 600_000].map((maxMillis) => forecast(set(3, 60), options, { maxMillis }))
    expect(JSON.stringify(limited)).toBe(JSON.stringify(free))
  })
})

describe('a short series', () => {
  it('without a season is compared and continued with its trend', () => {
    const random = createRandom(8)
    const yearly = Array.from({ length: 12 }, (_, i) => ({
      id: String(i),
      values: Array.from({ length: 14 }, (_, t) => 100 + 5 * t + random.normal()),
    }))
    const { forecasts, provenance } = forecast(yearly, { horizon: 4, frequency: 'yearly' })
    expect(provenance.warnings.map(({ code }) => code)).not.toContain('not-compared')
    expect(forecasts[0]?.mean[3]).toBeGreaterThan(180)
    expect(forecasts[0]?.mean[3]).toBeLessThan(200)
  })

  it('too short to compare has intervals that grow with the level, though its steps are few', () => {
    const { forecasts, provenance } = forecast([{ id: 'a', values: [3, 5, 4, 6] }], {
      horizon: 2,
      levels: [0.5, 0.8, 0.95],
    })
    expect(provenance.warnings[0]?.code).toBe('not-compared')
    const widths = forecasts[0]?.intervals.map(({ lower, upper }) => (upper[0] ?? 0) - (lower[0] ?? 0)) ?? []
    expect(widths[1]).toBeGreaterThan(widths[0] ?? Infinity)
    expect(widths[2]).toBeGreaterThan(1.5 * (widths[1] ?? Infinity))
  })
})
