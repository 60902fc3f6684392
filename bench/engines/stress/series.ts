import { createRandom } from '../../../packages/engines/contract/index.ts'
import { backtest, forecast, type ForecastOptions, type Series } from '../../../packages/engines/series/index.ts'
import type { Case } from './case.ts'

type Values = (number | null)[]
type Options = Partial<ForecastOptions> & { horizon: number }

const made = (length: number, value: (t: number, random: ReturnType<typeof createRandom>) => number | null): Values => {
  const random = createRandom(length)
  return Array.from({ length }, (_, t) => value(t, random))
}

const set = (...values: Values[]): Series[] => values.map((each, k) => ({ id: `series ${String(k)}`, values: each }))

const wave = (t: number, season: number) => Math.sin((2 * Math.PI * t) / season)

function forecasting(name: string, series: Series[], options: Options, maxMillis?: number): Case {
  return {
    name: `forecast: ${name}`,
    ...(maxMillis === undefined ? {} : { maxMillis }),
    run() {
      const answer = forecast(series, options, { maxMillis })
      for (const { id, mean, intervals } of answer.forecasts) {
        if (mean.length !== options.horizon) throw new Error(`${id} has ${String(mean.length)} steps`)
        for (const { lower, upper } of intervals)
          for (let h = 0; h < options.horizon; h++)
            if (
              (lower[h] ?? 0) > (mean[h] ?? 0) + 1e-6 * Math.abs(mean[h] ?? 0) + 1e-9 ||
              (upper[h] ?? 0) < (lower[h] ?? 0)
            )
              throw new Error(`${id}: the interval does not hold the mean at step ${String(h)}`)
        const known = (series.find((each) => each.id === id)?.values ?? []).filter((value) => value !== null)
        const spread = Math.max(...known) - Math.min(...known)
        const far = mean.find(
          (value) => value > Math.max(...known) + 100 * spread + 1 || value < Math.min(...known) - 100 * spread - 1,
        )
        if (far !== undefined) throw new Error(`${id}: ${String(far)} is far beyond all that was`)
      }
      return answer
    },
  }
}

const seconds = 1000
export const cases: Case[] = [
  forecasting('3 values', set([1, 2, 3]), { horizon: 6 }),
  forecasting('13 years', set(made(13, (t, r) => 100 + 5 * t + 3 * r.normal())), { horizon: 6, frequency: 'yearly' }),
  forecasting('24 quarters', set(made(24, (t, r) => 200 * 1.02 ** t * (1 + 0.2 * wave(t, 4)) + r.normal())), {
    horizon: 8,
    frequency: 'quarterly',
  }),
  forecasting('30 months', set(made(30, (t, r) => 50 + 10 * wave(t, 12) + r.normal())), {
    horizon: 18,
    frequency: 'monthly',
  }),
  forecasting('a season longer than the series', set(made(40, (t, r) => t + r.normal())), {
    horizon: 13,
    frequency: 'weekly',
  }),
  forecasting(
    '4 years of days, two seasons',
    set(made(1461, (t, r) => 20 + 5 * wave(t, 7) + 9 * wave(t, 365) + r.normal())),
    {
      horizon: 28,
      seasons: [7, 365],
    },
    20 * seconds,
  ),
  forecasting(
    '2 years of hours',
    set(made(17_520, (t, r) => 80 + 20 * wave(t, 24) + 9 * wave(t, 168) + 3 * r.normal())),
    {
      horizon: 168,
      frequency: 'hourly',
    },
    20 * seconds,
  ),
  forecasting(
    'gaps',
    set(made(300, (t, r) => (t % 5 === 0 || (t > 100 && t < 140) ? null : 10 + wave(t, 7) + 0.1 * r.normal()))),
    {
      horizon: 14,
      frequency: 'daily',
    },
  ),
  forecasting('nearly all missing', set(made(200, (t) => (t % 60 === 0 ? t : null))), {
    horizon: 10,
    frequency: 'daily',
  }),
  forecasting('all the same', set(made(60, () => 7)), { horizon: 12, frequency: 'monthly' }),
  forecasting('all zero', set(made(60, () => 0)), { horizon: 12, frequency: 'monthly' }),
  forecasting('zeros, then demand', set(made(80, (t, r) => (t < 70 ? 0 : 5 + r.integer(5)))), {
    horizon: 12,
    minimum: 0,
  }),
  forecasting('demand now and then', set(made(200, (_, r) => (r.next() < 0.1 ? 1 + r.integer(20) : 0))), {
    horizon: 30,
    minimum: 0,
  }),
  forecasting('below zero', set(made(120, (t, r) => -500 + 30 * wave(t, 12) + 5 * r.normal())), {
    horizon: 24,
    frequency: 'monthly',
  }),
  forecasting(
    'huge and tiny',
    set(
      made(100, (t, r) => 1e15 + 1e12 * wave(t, 12) + 1e11 * r.normal()),
      made(100, (t, r) => 1e-12 * (5 + wave(t, 12) + 0.1 * r.normal())),
    ),
    {
      horizon: 12,
      frequency: 'monthly',
    },
  ),
  forecasting('a step in level', set(made(120, (t, r) => (t < 90 ? 10 : 1000) + r.normal())), {
    horizon: 12,
    frequency: 'monthly',
  }),
  forecasting(
    'a random walk',
    set(
      made(
        1000,
        (() => {
          let at = 0
          return (_t, r) => (at += r.normal())
        })(),
      ),
    ),
    { horizon: 100 },
  ),
  forecasting('doubling', set(made(40, (t) => 2 ** t)), { horizon: 6 }),
  forecasting('one wild value', set(made(150, (t, r) => (t === 80 ? 1e6 : 10 + wave(t, 7) + r.normal()))), {
    horizon: 14,
    frequency: 'daily',
  }),
  forecasting(
    '300 short ones',
    set(...Array.from({ length: 300 }, (_, k) => made(20 + (k % 9), (t, r) => k + t + r.normal()))),
    {
      horizon: 6,
      frequency: 'quarterly',
    },
    30 * seconds,
  ),
  forecasting(
    '50 of days in 3 s',
    set(...Array.from({ length: 50 }, (_, k) => made(700 + k, (t, r) => 50 + 9 * wave(t, 7) + r.normal()))),
    {
      horizon: 28,
      frequency: 'daily',
    },
    3 * seconds,
  ),
  forecasting(
    '100 of hours in 5 s',
    set(...Array.from({ length: 100 }, (_, k) => made(900 + k, (t, r) => 50 + 9 * wave(t, 24) + r.normal()))),
    {
      horizon: 48,
      frequency: 'hourly',
    },
    5 * seconds,
  ),
  {
    name: 'backtest: 10 months of days',
    run: () =>
      backtest(set(made(300, (t, r) => 20 + 5 * wave(t, 7) + r.normal())), { horizon: 14, frequency: 'daily' }),
  },
]
