import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  Provenance,
  provenanceOf,
  startWork,
  type Warning,
  type WorkOptions,
} from '../contract/index.ts'
import { mase, overallWeightedAverage, smape } from './accuracy.ts'
import { forecast } from './forecast.ts'
import {
  checkOptions,
  checkSeries,
  refuseUnknownSeries,
  seasonsOf,
  type ForecastOptions,
  type Series,
} from './input.ts'
import { seasonalNaive } from './methods/naive.ts'
import { stepOf } from './rolling-origin.ts'

const Origins = z.int().min(1).max(100)

const Errors = z.object({
  smape: z.number().describe('Symmetric absolute percentage error, 0 to 200'),
  mase: z.number().describe('Error in steps of a seasonal naive forecast inside the series'),
  bias: z.number().describe('Mean of forecast - actual, in the same steps: above 0 = too high'),
})

export const BacktestReport = z.object({
  origins: z.int().describe('Earlier origins that were forecast from'),
  overall: Errors,
  reference: Errors.describe('The same of the seasonal naive forecast'),
  relative: z.number().describe('Mean of the two errors against the reference; below 1 = better'),
  byStep: z.array(z.number()).describe('MASE by step ahead'),
  coverage: z.array(
    z.object({
      level: z.number(),
      held: z.number().describe('Share of the actual values inside'),
      values: z.int(),
    }),
  ),
  series: z.array(z.object({ id: z.string() }).extend(Errors.shape)),
  provenance: Provenance,
})
export type BacktestReport = z.infer<typeof BacktestReport>

/**
 * What the forecasts would have been worth: at each earlier origin everything is chosen and fitted anew from what was
 * known then, and held against what came.
 * @param origins one horizon apart, the last one horizon before the end
 * @throws EngineInputError when no series is long enough
 */
export function backtest(
  series: readonly z.input<typeof Series>[],
  options: z.input<typeof ForecastOptions>,
  { origins = 3, ...workOptions }: WorkOptions & { origins?: number } = {},
): BacktestReport {
  const checked = checkOptions(options)
  checkInput(Origins, origins, 'origins')
  const set = checkSeries(series)
  refuseUnknownSeries(set, checked)
  const work = startWork(workOptions)
  const { horizon } = checked
  const total = tally(horizon, checked.levels)
  const reference = tally(horizon, [])
  const bySeries = new Map<string, ReturnType<typeof tally>>()
  const warnings: Warning[] = []
  let done = 0
  for (let back = 1; back <= origins; back++) {
    const known = set
      .map((each) => ({ ...each, values: each.values.slice(0, -back * horizon), times: undefined, whole: each.values }))
      .filter(({ values }) => values.filter((value) => value !== null).length >= 3)
    if (known.length === 0) break
    if (done > 0 && work.expired()) {
      warnings.push({
        code: 'time-limit',
        message: `The time limit ended the report after ${String(done)} of ${String(origins)} origins.`,
      })
      break
    }
    const past = known.map(({ id, values }) => ({ id, values }))
    const ids = new Set(past.map(({ id }) => id))
    const events = checked.events?.filter(({ series: of }) => of === undefined || ids.has(of))
    const { forecasts } = forecast(
      past,
      { ...checked, events },
      {
        ...workOptions,
        maxMillis:
          workOptions.maxMillis === undefined ? undefined : Math.max(1, workOptions.maxMillis - work.elapsed()),
        onProgress: (share, what) => work.progress((back - 1 + share) / origins, what),
      },
    )
    done++
    for (const [i, { id, values, whole }] of known.entries()) {
      const future = whole.slice(values.length, values.length + horizon)
      const actual = future.map((value) => value ?? NaN)
      const seen = Float64Array.from(values.filter((value) => value !== null))
      const step = stepOf(seen, seasonsOf(checked))
      const season = seasonsOf(checked).findLast((each) => seen.length >= each) ?? 1
      const mine = bySeries.get(id) ?? tally(horizon, [])
      bySeries.set(id, mine)
      const { mean, intervals } = forecasts[i]!
      for (const each of [total, mine]) each.add(actual, mean, step)
      total.hold(actual, intervals)
      reference.add(actual, Array.from(seasonalNaive(seen, season, horizon)), step)
    }
  }
  if (total.empty())
    throw new EngineInputError('too-few-rows', [
      {
        field: 'values',
        row: null,
        message: `no series has values to compare with after ${String(horizon)} steps less of what can be continued`,
      },
    ])
  const overall = total.errors()
  const naiveErrors = reference.errors()
  return {
    origins: done,
    overall,
    reference: naiveErrors,
    relative: overallWeightedAverage(overall, naiveErrors),
    byStep: total.byStep(),
    coverage: total.coverage(),
    series: [...bySeries].flatMap(([id, mine]) => (mine.empty() ? [] : [{ id, ...mine.errors() }])),
    provenance: provenanceOf('series/backtest', '1', work.seed, [set, checked, origins], warnings),
  }
}

/** Adds up errors; missing actual values count for nothing. */
function tally(horizon: number, levels: readonly number[]) {
  let count = 0
  const sums = { smape: 0, mase: 0, bias: 0 }
  const steps = new Float64Array(horizon)
  const counts = new Float64Array(horizon)
  const held = levels.map(() => 0)
  let values = 0
  return {
    add(actual: readonly number[], mean: readonly number[], step: number) {
      const known = [...actual.keys()].filter((h) => Number.isFinite(actual[h]))
      if (known.length === 0) return
      const came = known.map((h) => actual[h]!)
      const said = known.map((h) => mean[h]!)
      count++
      sums.smape += smape(came, said)
      sums.mase += mase(came, said, step)
      sums.bias += said.reduce((sum, value, k) => sum + value - came[k]!, 0) / known.length / step
      for (const h of known) {
        steps[h]! += Math.abs(actual[h]! - mean[h]!) / step
        counts[h]!++
      }
    },
    hold(actual: readonly number[], intervals: readonly { lower: number[]; upper: number[] }[]) {
      for (const [h, value] of actual.entries()) {
        if (!Number.isFinite(value)) continue
        values++
        for (const [k, { lower, upper }] of intervals.entries())
          if (value >= lower[h]! && value <= upper[h]!) held[k]!++
      }
    },
    empty: () => count === 0,
    errors: () => ({ smape: sums.smape / count, mase: sums.mase / count, bias: sums.bias / count }),
    byStep: () => Array.from(steps, (sum, h) => (counts[h]! > 0 ? sum / counts[h]! : 0)),
    coverage: () => levels.map((level, k) => ({ level, held: values > 0 ? held[k]! / values : 0, values })),
  }
}
