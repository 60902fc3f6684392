import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError, type WorkOptions } from '../contract/index.ts'
import {
  applyForecast,
  backtest,
  croston,
  explainForecast,
  fitForecast,
  forecast,
  mstl,
  naiveStep,
  reconcile,
  smape,
  stl,
  tsb,
} from './index.ts'

/** Level, trend, a weekly season and noise. */
function seasonal(n: number, { seed = 1, trend = 0.1, noise = 1, level = 100 } = {}): number[] {
  const random = createRandom(seed)
  return Array.from(
    { length: n },
    (_, t) => level + trend * t + 10 * Math.sin((2 * Math.PI * t) / 7) + noise * random.normal(),
  )
}

const set = (count: number, n: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `s${String(i)}`, values: seasonal(n, { seed: i + 1 }) }))

const options = { horizon: 7, seasons: [7] }

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

describe('a decomposition', () => {
  it('adds up, and finds the season and the trend it was made of', () => {
    const values = seasonal(140, { noise: 0 })
    const {
      trend,
      seasonal: [cycle],
      remainder,
    } = stl(values, 7)
    for (let t = 0; t < 140; t++)
      expect((trend[t] ?? 0) + (cycle?.[t] ?? 0) + (remainder[t] ?? 0)).toBeCloseTo(values[t] ?? NaN, 8)
    for (let t = 20; t < 120; t++) {
      expect(Math.abs((cycle?.[t] ?? 0) - 10 * Math.sin((2 * Math.PI * t) / 7))).toBeLessThan(0.3)
      expect(Math.abs((trend[t] ?? 0) - (100 + 0.1 * t))).toBeLessThan(0.3)
    }
  })

  it('tells two seasons apart', () => {
    const short = (t: number) => 5 * Math.sin((2 * Math.PI * t) / 6)
    const long = (t: number) => 20 * Math.sin((2 * Math.PI * t) / 30)
    const values = Array.from({ length: 240 }, (_, t) => 50 + short(t) + long(t))
    const {
      seasonal: [a, b],
    } = mstl(values, [6, 30])
    let worst = 0
    for (let t = 40; t < 200; t++)
      worst = Math.max(worst, Math.abs((a?.[t] ?? 0) - short(t)), Math.abs((b?.[t] ?? 0) - long(t)))
    expect(worst).toBeLessThan(2.5)
  })
})

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

describe('reconciliation', () => {
  const nodes = [
    { id: 'total', parent: null, forecast: [110] },
    { id: 'north', parent: 'total', forecast: [40] },
    { id: 'south', parent: 'total', forecast: [60] },
    { id: 'a', parent: 'north', forecast: [15] },
    { id: 'b', parent: 'north', forecast: [20] },
  ]
  const at = (result: { id: string; forecast: number[] }[], id: string) =>
    result.find((each) => each.id === id)?.forecast[0] ?? NaN

  it.each(['bottom-up', 'least squares', 'weighted'] as const)(
    'by %s makes each node the sum of its parts',
    (method) => {
      const result = reconcile(nodes, method)
      expect(at(result, 'total')).toBeCloseTo(at(result, 'north') + at(result, 'south'), 9)
      expect(at(result, 'north')).toBeCloseTo(at(result, 'a') + at(result, 'b'), 9)
    },
  )

  it('bottom-up believes the leaves, least squares spreads the difference', () => {
    expect(at(reconcile(nodes, 'bottom-up'), 'total')).toBe(95)
    const total = at(reconcile(nodes, 'least squares'), 'total')
    expect(total).toBeGreaterThan(95)
    expect(total).toBeLessThan(110)
  })

  it('least squares of two leaves is the closed form', () => {
    // total 10, leaves 3 and 4: the gap of 3 is shared equally by three nodes.
    const result = reconcile(
      [
        { id: 't', parent: null, forecast: [10] },
        { id: 'x', parent: 't', forecast: [3] },
        { id: 'y', parent: 't', forecast: [4] },
      ],
      'least squares',
    )
    expect(at(result, 't')).toBeCloseTo(9, 9)
    expect(at(result, 'x')).toBeCloseTo(4, 9)
    expect(at(result, 'y')).toBeCloseTo(5, 9)
  })

  it('moves what is uncertain', () => {
    const sure = nodes.map((node) => ({ ...node, variance: node.id === 'total' ? 1e-6 : 1 }))
    expect(at(reconcile(sure), 'total')).toBeCloseTo(110, 3)
  })

  it.each([
    ['an unknown parent', [{ id: 'a', parent: 'x', forecast: [1] }], 'parent, row 0: there is no node x'],
    [
      'a circle',
      [
        { id: 'a', parent: 'b', forecast: [1] },
        { id: 'b', parent: 'a', forecast: [1] },
      ],
      'is a part of itself',
    ],
    [
      'a doubled name',
      [
        { id: 'a', parent: null, forecast: [1] },
        { id: 'a', parent: null, forecast: [1] },
      ],
      'id, row 1',
    ],
    [
      'other horizons',
      [
        { id: 'a', parent: null, forecast: [1] },
        { id: 'b', parent: 'a', forecast: [1, 2] },
      ],
      'forecast, row 1: has 2 steps',
    ],
  ])('refuses %s', (_, hostile, message) => {
    expect(() => reconcile(hostile)).toThrow(message)
  })
})

describe('hostile input', () => {
  it.each([
    ['no series', [], options, 'empty', 'input'],
    ['NaN', [{ id: 'a', values: [1, NaN, 3, 4] }], options, 'not-finite', 'row'],
    ['infinity', [{ id: 'a', values: [1, 2, Infinity] }], options, 'not-finite', 'row'],
    ['nothing but gaps', [{ id: 'a', values: [null, null, null] }], options, 'too-few-rows', 'values of a'],
    ['one value', [{ id: 'a', values: [1] }], options, 'too-few-rows', 'values of a'],
    [
      'a name twice',
      [
        { id: 'a', values: [1, 2, 3] },
        { id: 'a', values: [1, 2, 3] },
      ],
      options,
      'duplicate-key',
      'id, row 1',
    ],
    [
      'time that runs back',
      [{ id: 'a', values: [1, 2, 3], times: ['2026-01-02', '2026-01-01', '2026-01-03'] }],
      options,
      'unsorted',
      'times of a, row 1',
    ],
    ['a season of one step', [{ id: 'a', values: [1, 2, 3] }], { horizon: 1, seasons: [1] }, 'out-of-range', 'seasons'],
    ['no horizon', [{ id: 'a', values: [1, 2, 3] }], { horizon: 0 }, 'out-of-range', 'horizon'],
    [
      'bounds that cross',
      [{ id: 'a', values: [1, 2, 3] }],
      { horizon: 1, minimum: 5, maximum: 1 },
      'out-of-range',
      'minimum',
    ],
  ])('%s is refused by name', (_, series, given, code, place) => {
    const attempt = () => forecast(series, given)
    expect(attempt).toThrow(EngineInputError)
    expect(attempt).toThrow(place === 'row' ? /values.*row|row/ : place)
    try {
      attempt()
    } catch (error) {
      expect((error as EngineInputError).code).toBe(code)
    }
  })

  it('the unit of errors of a constant series is not zero', () => {
    expect(naiveStep([3, 3, 3], 1)).toBe(0)
    expect(() => backtest([{ id: 'a', values: [3, 3, 3, 3, 3, 3, 3, 3] }], { horizon: 1 })).not.toThrow()
  })
})
