import { describe, expect, it } from 'vitest'
import { EngineInputError } from '../contract/index.ts'
import { backtest, forecast, naiveStep } from './index.ts'
import { options } from './series-for-tests.ts'

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

it.each([1e-150, 1e-100, 1e100, 1e150])('a series in units of %d is forecast as in any other', (unit) => {
  const values = Array.from({ length: 60 }, (_, t) => 10 + Math.sin((2 * Math.PI * t) / 7) + 0.1 * Math.cos(37 * t))
  const [plain] = forecast([{ id: 'a', values }], options).forecasts
  const [scaled] = forecast([{ id: 'a', values: values.map((value) => value * unit) }], options).forecasts
  for (const [h, value] of (scaled?.mean ?? []).entries())
    expect(Math.abs(value / unit - (plain?.mean[h] ?? NaN))).toBeLessThan(0.3)
})
