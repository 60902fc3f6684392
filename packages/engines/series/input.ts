import { z } from 'zod'
import { checkInput, EngineInputError, type InputFault } from '../contract/index.ts'

/** One series of equally spaced values. */
export const Series = z.object({
  id: z.string().min(1).describe('Name of the series; unique in the set'),
  values: z
    .array(z.number().nullable())
    .min(1)
    .describe('Values in order of time, one per step, in the unit of the series; null = missing'),
  times: z
    .array(z.iso.datetime({ offset: true }).or(z.iso.date()))
    .optional()
    .describe('When each value is of; must ascend. Only checked, never interpolated'),
})
export type Series = z.infer<typeof Series>

/** Seasons that series of these steps usually have, in steps per cycle. */
export const usualSeasons = {
  hourly: [24, 168],
  'half-hourly': [48, 336],
  daily: [7],
  weekly: [52],
  monthly: [12],
  quarterly: [4],
  yearly: [],
} as const satisfies Record<string, readonly number[]>

export const Event = z.object({
  name: z.string().min(1).describe('What happens: a holiday, a promotion, a strike'),
  series: z.string().optional().describe('Only this series; all when absent'),
  at: z
    .array(z.int().min(0))
    .min(1)
    .describe(
      'Zero-based steps at which it happens, counted from the first value on; steps after the last value are ahead',
    ),
})
export type Event = z.infer<typeof Event>

export const ForecastOptions = z.object({
  horizon: z.int().min(1).max(10_000).describe('Steps ahead'),
  frequency: z
    .enum(['half-hourly', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly'])
    .optional()
    .describe('Tells the usual seasons; say `seasons` for others'),
  seasons: z
    .array(z.int().min(2))
    .max(4)
    .optional()
    .describe('Steps per cycle of each season, for instance [24, 168] for hours of the day and of the week; [] = none'),
  levels: z
    .array(z.number().gt(0).lt(1))
    .max(10)
    .default([0.8, 0.95])
    .describe('Shares of future values that the intervals shall hold'),
  minimum: z.number().optional().describe('Forecasts and intervals do not go below, for instance 0 for demand'),
  maximum: z.number().optional().describe('Forecasts and intervals do not go above'),
  outliers: z
    .enum(['keep', 'replace'])
    .default('keep')
    .describe('What to do with values far from trend and season; they are named in the warnings either way'),
  events: z.array(Event).max(50).optional().describe('Known events whose effect is learned and applied ahead'),
  origins: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('Earlier origins that methods are compared and intervals made from; chosen by the length when absent'),
})
export type ForecastOptions = z.output<typeof ForecastOptions>

const SeriesSet = z.array(Series).min(1)

/** Values of a series at least: with fewer there is nothing to continue. */
const fewest = 3

/** @throws EngineInputError that names the series and the step */
export function checkSeries(input: readonly z.input<typeof Series>[]): Series[] {
  const set = checkInput(SeriesSet, [...input])
  const faults: { code: ConstructorParameters<typeof EngineInputError>[0]; fault: InputFault }[] = []
  const seen = new Set<string>()
  for (const [row, { id, values, times }] of set.entries()) {
    if (seen.has(id))
      faults.push({
        code: 'duplicate-key',
        fault: { field: 'id', row, message: `${id} is there twice; names must be unique` },
      })
    seen.add(id)
    if (values.filter((value) => value !== null).length < fewest)
      faults.push({
        code: 'too-few-rows',
        fault: {
          field: `values of ${id}`,
          row: null,
          message: `has fewer than ${String(fewest)} values; nothing can be continued from them`,
        },
      })
    if (times && times.length !== values.length)
      faults.push({
        code: 'wrong-length',
        fault: {
          field: `times of ${id}`,
          row: null,
          message: `has ${String(times.length)} entries for ${String(values.length)} values`,
        },
      })
    const unsorted = times?.findIndex((time, t) => t > 0 && Date.parse(time) <= Date.parse(times[t - 1] ?? '')) ?? -1
    if (unsorted > 0)
      faults.push({
        code: 'unsorted',
        fault: {
          field: `times of ${id}`,
          row: unsorted,
          message: 'is not after the one before; sort by time and remove doubles',
        },
      })
  }
  const [first] = faults
  if (first)
    throw new EngineInputError(
      first.code,
      faults.filter(({ code }) => code === first.code).map(({ fault }) => fault),
    )
  return set
}

export function checkOptions(input: z.input<typeof ForecastOptions>): ForecastOptions {
  const options = checkInput(ForecastOptions, input)
  if (options.minimum !== undefined && options.maximum !== undefined && options.minimum > options.maximum)
    throw new EngineInputError('out-of-range', [{ field: 'minimum', row: null, message: 'is above `maximum`' }])
  return options
}

/** @throws EngineInputError for an event of a series that is not in the set: it would have no effect */
export function refuseUnknownSeries(set: readonly Series[], { events = [] }: ForecastOptions): void {
  const known = new Set(set.map(({ id }) => id))
  const row = events.findIndex(({ series }) => series !== undefined && !known.has(series))
  if (row < 0) return
  const message = `there is no series ${events[row]?.series ?? ''}`
  throw new EngineInputError('unknown-name', [{ field: 'series', row, message }])
}

/** Steps per cycle, ascending. */
export function seasonsOf({ seasons, frequency }: Pick<ForecastOptions, 'seasons' | 'frequency'>): number[] {
  return [...new Set<number>(seasons ?? (frequency ? usualSeasons[frequency] : []))].toSorted((a, b) => a - b)
}
