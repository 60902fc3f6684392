import { readFileSync } from 'node:fs'
import {
  applyForecast,
  fitForecast,
  mase,
  naive,
  naiveStep,
  overallWeightedAverage,
  smape,
} from '../../packages/engines/series/index.ts'
import type { Score } from './score.ts'

/** M4 weekly and hourly: accuracy against Naive2 as the competition measured it, and what the intervals hold. */
const sets = [
  { name: 'Weekly', horizon: 13, frequency: 'weekly', competitionSeason: 1, published: 0.766, goal: 0.8 },
  { name: 'Hourly', horizon: 48, frequency: 'hourly', competitionSeason: 24, published: 0.44, goal: 0.5 },
] as const

export const scores: Score[] = sets.flatMap((set): Score[] => {
  const needs = [`forecasting/m4_${set.name}-train.csv`, `forecasting/m4_${set.name}-test.csv`]
  const shared = { engine: 'series', dataset: `M4 ${set.name.toLowerCase()}`, needs }
  return [
    {
      ...shared,
      metric: 'OWA',
      published: `${String(set.goal)} (best ${String(set.published)})`,
      source: 'Makridakis et al. 2020',
      run: async (data, progress) => {
        const { train, test, forecasts } = forecastSet(set, needs.map(data), progress)
        const ours = { smape: 0, mase: 0 }
        const reference = { smape: 0, mase: 0 }
        for (const [i, past] of train.entries()) {
          const step = naiveStep(past, set.competitionSeason)
          const add = (sums: typeof ours, path: ArrayLike<number>) => {
            sums.smape += smape(test[i]!, path)
            sums.mase += mase(test[i]!, path, step)
          }
          add(ours, forecasts[i]!.mean)
          add(reference, naive2(past, set.competitionSeason, set.horizon))
        }
        const owa = overallWeightedAverage(ours, reference)
        return { value: owa.toFixed(3), ok: owa <= set.goal }
      },
    },
    {
      ...shared,
      metric: 'held by 80 % and 95 % intervals',
      published: '80.0 %, 95.0 %',
      source: 'what they state',
      run: async (data, progress) => {
        const { test, forecasts } = forecastSet(set, needs.map(data), progress)
        const held = [0, 1].map((k) => {
          let inside = 0
          let all = 0
          for (const [i, { intervals }] of forecasts.entries())
            for (const [h, value] of test[i]!.entries()) {
              all++
              if (value >= intervals[k]!.lower[h]! && value <= intervals[k]!.upper[h]!) inside++
            }
          return inside / all
        })
        const value = held.map((share) => `${(100 * share).toFixed(1)} %`).join(', ')
        return { value, ok: Math.abs(held[0]! - 0.8) <= 0.02 && Math.abs(held[1]! - 0.95) <= 0.02 }
      },
    },
  ]
})

function forecastSet(
  set: (typeof sets)[number],
  [trainFile = '', testFile = '']: string[],
  progress: (text: string) => void,
) {
  const train = readSeries(trainFile)
  const test = readSeries(testFile)
  const series = train.map((values, i) => ({ id: String(i + 1), values }))
  const model = fitForecast(
    series,
    { horizon: set.horizon, frequency: set.frequency },
    { onProgress: (share, what) => progress(`${what}: ${String(Math.round(100 * share))} %`) },
  )
  return { train, test, forecasts: applyForecast(model, series).forecasts }
}

function readSeries(file: string): number[][] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .split(',')
        .slice(1)
        .map((cell) => cell.replaceAll('"', ''))
        .filter((cell) => cell !== '' && cell !== 'NA')
        .map(Number),
    )
}

/** The competition's reference: the last value, on the seasonally adjusted series where a 90 % test finds a season. */
function naive2(past: readonly number[], season: number, horizon: number): ArrayLike<number> {
  if (season === 1 || !hasSeason(past, season)) return naive(past, horizon)
  const indices = seasonalIndices(past, season)
  const adjusted = past.map((value, t) => value / indices[t % season]!)
  return naive(adjusted, horizon).map((value, h) => value * indices[(past.length + h) % season]!)
}

function hasSeason(past: readonly number[], season: number): boolean {
  const n = past.length
  if (n < 3 * season) return false
  const mean = past.reduce((sum, value) => sum + value, 0) / n
  const covariance = (lag: number) => {
    let sum = 0
    for (let t = lag; t < n; t++) sum += (past[t]! - mean) * (past[t - lag]! - mean)
    return sum
  }
  const variance = covariance(0)
  let limit = 1
  for (let lag = 1; lag < season; lag++) limit += 2 * (covariance(lag) / variance) ** 2
  return Math.abs(covariance(season) / variance) > 1.645 * Math.sqrt(limit / n)
}

/** Classical multiplicative decomposition with a centred moving average of even length. */
function seasonalIndices(past: readonly number[], season: number): number[] {
  const half = season / 2
  const sums = new Float64Array(season)
  const counts = new Float64Array(season)
  for (let t = half; t < past.length - half; t++) {
    let level = (past[t - half]! + past[t + half]!) / 2
    for (let k = 1 - half; k < half; k++) level += past[t + k]!
    sums[t % season]! += past[t]! / (level / season)
    counts[t % season]!++
  }
  const indices = Array.from(sums, (sum, k) => sum / counts[k]!)
  const mean = indices.reduce((sum, value) => sum + value, 0) / season
  return indices.map((value) => value / mean)
}
