import type { Warning } from '../contract/index.ts'
import { mstl } from './decompose/mstl.ts'
import { isIntermittent, tsb } from './methods/intermittent.ts'
import { adjustSeasons } from './methods/season-adjusted.ts'
import { continueSmoothing, dampedTrend } from './methods/smoothing.ts'

export interface Cleaned {
  values: Float64Array
  /** Zero-based places that were missing and have been filled. */
  filled: number[]
  /** Places whose remainder is far outside of the usual. */
  outliers: number[]
}

/** Interquartile ranges beyond the quartiles from which a remainder is an outlier (Tukey's "far out", 1977). */
const farOut = 3

/**
 * Fills gaps and finds outliers by what trend and seasons say. Leading gaps are cut off: the series begins with its
 * first value.
 * @param replace puts what trend and seasons say in the place of outliers
 */
export function clean(raw: readonly (number | null)[], seasons: readonly number[], replace: boolean): Cleaned {
  const first = raw.findIndex((value) => value !== null)
  const known = raw.slice(Math.max(0, first))
  const values = Float64Array.from(known, (value) => value ?? NaN)
  const filled = [...values.keys()].filter((t) => Number.isNaN(values[t]!))
  const demandNowAndThen = isIntermittent(values.filter((value) => !Number.isNaN(value)))
  const last = values.findLastIndex((value) => !Number.isNaN(value))
  if (filled.length > 0) {
    const known = values.subarray(0, last + 1)
    fill(known, seasons)
    continueInto(values, known, seasons, demandNowAndThen)
  }
  const missing = new Set(filled)
  // What was filled in lies where trend and season say; demand that comes now and then lies nowhere near them.
  const outliers = demandNowAndThen ? [] : findOutliers(values, seasons).filter((t) => !missing.has(t))
  if (replace && outliers.length > 0) {
    for (const t of outliers) values[t] = NaN
    fill(values, seasons)
  }
  const moved = (places: number[]) => places.map((t) => t + Math.max(0, first))
  return { values, filled: moved(filled), outliers: moved(outliers) }
}

/** What is missing at the end has no neighbour to be joined to: trend and season go on, demand at its rate. */
function continueInto(values: Float64Array, known: Float64Array, seasons: readonly number[], demand: boolean): void {
  const missing = values.length - known.length
  if (missing === 0) return
  if (demand) {
    values.set(tsb(known, missing), known.length)
    return
  }
  const adjusted = adjustSeasons(known, seasons)
  values.set(adjusted.restore(continueSmoothing(dampedTrend(adjusted.values), missing)), known.length)
}

/** By the line between the neighbours, then, where there is a season, by the decomposition of what that gives. */
function fill(values: Float64Array, seasons: readonly number[]): void {
  const gaps = [...values.keys()].filter((t) => Number.isNaN(values[t]!))
  interpolate(values)
  const usable = seasons.filter((season) => season > 1 && values.length >= 2 * season)
  if (usable.length === 0) return
  for (let round = 0; round < 2; round++) {
    const { trend, seasonal } = mstl(values, usable)
    for (const t of gaps) values[t] = seasonal.reduce((sum, part) => sum + part[t]!, trend[t]!)
  }
}

function interpolate(values: Float64Array): void {
  let before = -1
  for (let t = 0; t <= values.length; t++) {
    if (t < values.length && Number.isNaN(values[t]!)) continue
    const next = t < values.length ? values[t]! : values[before]!
    for (let gap = before + 1; gap < t; gap++)
      values[gap] = before < 0 ? next : values[before]! + ((next - values[before]!) * (gap - before)) / (t - before)
    before = t
  }
}

function findOutliers(values: Float64Array, seasons: readonly number[]): number[] {
  const usable = seasons.filter((season) => season > 1 && values.length >= 2 * season)
  if (values.length < 12) return []
  const { remainder } = mstl(values, usable, { robustRounds: 1 })
  const sorted = Float64Array.from(remainder).sort()
  const low = sorted[Math.floor(sorted.length / 4)]!
  const high = sorted[Math.floor((3 * sorted.length) / 4)]!
  const reach = farOut * (high - low)
  if (reach <= 0) return []
  return [...remainder.keys()].filter((t) => remainder[t]! < low - reach || remainder[t]! > high + reach)
}

const listed = (places: readonly number[]) =>
  `${places.slice(0, 5).join(', ')}${places.length > 5 ? ` and ${String(places.length - 5)} more` : ''}`

/** What was done to a series, said. */
export function cleaningWarnings(id: string, { filled, outliers }: Cleaned, replaced: boolean): Warning[] {
  const warnings: Warning[] = []
  if (filled.length > 0)
    warnings.push({
      code: 'missing-filled',
      message: `${id}: ${String(filled.length)} missing values were filled from trend and season, at ${listed(filled)}.`,
    })
  if (outliers.length > 0)
    warnings.push({
      code: replaced ? 'outliers-replaced' : 'outliers-kept',
      message: `${id}: ${String(outliers.length)} values are far from trend and season, at ${listed(outliers)}; they were ${replaced ? 'replaced' : 'kept (set `outliers: "replace"` to replace them)'}.`,
    })
  return warnings
}
