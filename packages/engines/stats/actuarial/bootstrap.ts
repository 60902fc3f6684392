import { z } from 'zod'
import {
  checkInput,
  createRandom,
  EngineInputError,
  provenanceOf,
  startWork,
  type Provenance,
  type Random,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { drawGamma, mean, quantileOfSorted, variance } from '../../numerics/index.ts'
import { developmentFactors } from './chain-ladder.ts'
import { checkTriangle, type Triangle } from './triangle.ts'

export const BootstrapOptions = z.object({
  draws: z.int().min(10).max(1_000_000).default(10_000).describe('Simulated triangles'),
  levels: z.array(z.number().gt(0).lt(1)).default([0.5, 0.75, 0.9, 0.95, 0.995]).describe('Quantiles to report'),
})

export interface ReserveDistribution {
  /** Of the chain ladder on the triangle itself. */
  reserve: number
  mean: number
  standardDeviation: number
  /** By level, `0.995` the capital of a bad year in 200. */
  quantiles: { level: number; reserve: number }[]
  /** Over-dispersion: variance of an increment over its mean. */
  dispersion: number
  draws: number
  provenance: Provenance
}

/**
 * The distribution of the total reserve by bootstrap of the over-dispersed Poisson model that gives the chain ladder
 * (England & Verrall 1999; England 2002, with a gamma draw for each increment to come).
 */
export function bootstrapReserve(
  triangle: Triangle,
  options: z.input<typeof BootstrapOptions> & WorkOptions = {},
): ReserveDistribution {
  const { rows, periods } = checkTriangle(triangle)
  const { seed = 1, signal: _signal, maxMillis: _maxMillis, onProgress: _onProgress, ...own } = options
  const settings = checkInput(BootstrapOptions, own)
  const work = startWork(options)
  const factors = developmentFactors(rows)
  const fitted = rows.map((row) => increments(backwards(row, factors)))
  const observed = rows.map(increments)
  const residuals: number[] = []
  let cells = 0
  for (const [i, row] of fitted.entries())
    for (const [k, expected] of row.entries()) {
      if (expected < 0)
        throw new EngineInputError('out-of-range', [
          {
            field: 'cumulative',
            row: i,
            message: `claims shrink at development ${String(k)}; this model needs growing ones`,
          },
        ])
      cells++
      residuals.push(expected > 0 ? ((observed[i]?.[k] ?? 0) - expected) / Math.sqrt(expected) : 0)
    }
  const free = cells - (rows.length + periods - 1)
  if (free < 1)
    throw new EngineInputError('too-few-rows', [
      { field: 'cumulative', row: null, message: 'has as many parameters as figures; nothing is left to resample' },
    ])
  const dispersion = residuals.reduce((sum, each) => sum + each * each, 0) / free
  const adjust = Math.sqrt(cells / free)
  // The corners are fitted exactly; their residuals of zero say nothing about chance.
  const rounding = 1e-9 * residuals.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  const pool = residuals.filter((each) => Math.abs(each) > rounding).map((each) => each * adjust)
  const warnings: Warning[] = []
  const root = createRandom(seed)
  const draws: number[] = []
  for (let draw = 0; draw < settings.draws; draw++) {
    draws.push(drawReserve(fitted, pool, dispersion, periods, root.fork(draw)))
    if (draw % 256 === 0) {
      work.progress(draw / settings.draws, 'triangles drawn')
      if (draw > 0 && work.expired()) {
        warnings.push({
          code: 'time-limit',
          message: `Only ${String(draws.length)} of ${String(settings.draws)} triangles were drawn.`,
        })
        break
      }
    }
  }
  const sorted = Float64Array.from(draws).sort()
  return {
    reserve: futureReserve(rows, factors),
    mean: mean(draws),
    standardDeviation: Math.sqrt(variance(draws)),
    quantiles: settings.levels.map((level) => ({ level, reserve: quantileOfSorted(sorted, level) })),
    dispersion,
    draws: draws.length,
    provenance: provenanceOf('stats/bootstrap-reserve', '1', seed, [triangle, settings], warnings),
  }
}

function drawReserve(
  fitted: readonly (readonly number[])[],
  pool: readonly number[],
  dispersion: number,
  periods: number,
  random: Random,
): number {
  const rows = fitted.map((row) => {
    let cumulative = 0
    return row.map((expected) => {
      const residual = pool[random.integer(pool.length)] ?? 0
      cumulative += Math.max(0, expected + residual * Math.sqrt(expected))
      return cumulative
    })
  })
  const factors = rows[0]?.slice(1).map((_, k) => {
    let [before, after] = [0, 0]
    for (const row of rows) {
      if (row.length < k + 2) continue
      before += row[k] ?? 0
      after += row[k + 1] ?? 0
    }
    return before > 0 ? after / before : 1
  })
  let reserve = 0
  for (const row of rows) {
    let claims = row.at(-1) ?? 0
    for (let k = row.length - 1; k < periods - 1; k++) {
      const next = claims * (factors?.[k] ?? 1)
      const expected = next - claims
      reserve += expected > 0 && dispersion > 0 ? dispersion * drawGamma(random, expected / dispersion) : expected
      claims = next
    }
  }
  return reserve
}

/** The row that would have led to its latest figure by the factors. */
function backwards(row: readonly number[], factors: readonly number[]): number[] {
  const fitted = [row.at(-1) ?? 0]
  for (let k = row.length - 2; k >= 0; k--) fitted.unshift((fitted[0] ?? 0) / (factors[k] ?? 1))
  return fitted
}

const increments = (row: readonly number[]) => row.map((value, k) => value - (k > 0 ? (row[k - 1] ?? 0) : 0))

function futureReserve(rows: readonly (readonly number[])[], factors: readonly number[]): number {
  return rows.reduce((total, row) => {
    const latest = row.at(-1) ?? 0
    return total + latest * (factors.slice(row.length - 1).reduce((product, each) => product * each, 1) - 1)
  }, 0)
}
