import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance, type Warning } from '../../contract/index.ts'
import { cholesky, symmetricEigen } from '../../numerics/index.ts'

export const PriceHistory = z.object({
  assets: z.array(z.string().min(1)).min(1).describe('Names of the assets, one per column'),
  prices: z
    .array(z.array(z.number().positive().nullable()))
    .min(3)
    .describe('`[period][asset]` closing prices, oldest first, in the currency of each asset; null before a listing'),
})
export type PriceHistory = z.infer<typeof PriceHistory>

export const EstimateOptions = z.object({
  periodsPerYear: z.number().positive().default(252).describe('Prices per year: 252 for trading days, 12 for months'),
  mean: z
    .enum(['compound', 'arithmetic'])
    .default('compound')
    .describe('Yearly return as the geometric mean, or as the mean of the periods times their number'),
})

export interface Estimate {
  assets: string[]
  /** Per year, `[asset]`. */
  expectedReturns: number[]
  /** Per year, `[asset][asset]`. */
  covariance: number[][]
  correlation: number[][]
  provenance: Provenance
}

/** What past prices say about returns per year. Assets with shorter histories are compared over the periods they share. */
export function estimateFromPrices(history: PriceHistory, options: z.input<typeof EstimateOptions> = {}): Estimate {
  const { assets, prices } = checkInput(PriceHistory, history, 'history')
  const settings = checkInput(EstimateOptions, options)
  refuseUneven(assets, prices)
  const returns = periodReturns(prices, assets.length)
  const warnings: Warning[] = []
  const n = assets.length
  const expectedReturns = assets.map((asset, column) => yearlyReturn(asset, returns[column] ?? noReturns, settings))
  const correlation = assets.map(() => assets.map(() => 1))
  const flat = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const shared = comoments(returns[i] ?? noReturns, returns[j] ?? noReturns)
      if (shared.count < 2)
        throw new EngineInputError('too-few-rows', [
          {
            field: 'prices',
            row: null,
            message: `${assets[i] ?? ''} and ${assets[j] ?? ''} share fewer than two returns`,
          },
        ])
      if (!(shared.varianceA > rounding && shared.varianceB > rounding))
        throw new EngineInputError('constant', [
          { field: 'prices', row: null, message: `${assets[shared.varianceA > rounding ? j : i] ?? ''} does not vary` },
        ])
      const of = shared.covariance / Math.sqrt(shared.varianceA * shared.varianceB)
      for (const [a, b] of [
        [i, j],
        [j, i],
      ] as const) {
        flat[a * n + b] = shared.covariance * settings.periodsPerYear
        const line = correlation[a]
        if (line) line[b] = a === b ? 1 : of
      }
    }
  const covariance = cholesky(flat, n) ? flat : repaired(flat, n, warnings)
  return {
    assets,
    expectedReturns,
    covariance: assets.map((_, i) => [...covariance.subarray(i * n, (i + 1) * n)]),
    correlation,
    provenance: provenanceOf('stats/portfolio-estimate', '1', 1, [history, settings], warnings),
  }
}

/** Variance of returns that are the same but for the rounding of their quotients. */
const rounding = 1e-29

const noReturns = new Float64Array()

function refuseUneven(assets: readonly string[], prices: readonly (readonly unknown[])[]): void {
  const repeated = assets.findIndex((asset, index) => assets.indexOf(asset) !== index)
  if (repeated >= 0)
    throw new EngineInputError('duplicate-key', [
      { field: 'assets', row: repeated, message: `${assets[repeated] ?? ''} is named twice` },
    ])
  const row = prices.findIndex((line) => line.length !== assets.length)
  if (row >= 0)
    throw new EngineInputError('wrong-length', [
      {
        field: 'prices',
        row,
        message: `has ${String(prices[row]?.length)} prices for ${String(assets.length)} assets`,
      },
    ])
}

/** `[asset][period]`; NaN where a price is missing on either side. */
function periodReturns(prices: readonly (readonly (number | null)[])[], assets: number): Float64Array[] {
  return Array.from({ length: assets }, (_, column) => {
    const returns = new Float64Array(prices.length - 1)
    for (let t = 1; t < prices.length; t++) {
      const [before, now] = [prices[t - 1]?.[column] ?? Number.NaN, prices[t]?.[column] ?? Number.NaN]
      returns[t - 1] = now / before - 1
      if (returns[t - 1] === Infinity)
        throw new EngineInputError('out-of-range', [
          { field: 'prices', row: t, message: `is too far from ${String(before)} before it: check the unit` },
        ])
    }
    return returns
  })
}

function yearlyReturn(
  asset: string,
  returns: Float64Array,
  { periodsPerYear, mean }: z.output<typeof EstimateOptions>,
): number {
  let [count, sum, growth] = [0, 0, 0]
  for (const each of returns) {
    if (Number.isNaN(each)) continue
    count++
    sum += each
    growth += Math.log1p(each)
  }
  if (count === 0)
    throw new EngineInputError('too-few-rows', [
      { field: 'prices', row: null, message: `${asset} has no two prices in a row` },
    ])
  const yearly = mean === 'compound' ? Math.expm1((growth * periodsPerYear) / count) : (sum / count) * periodsPerYear
  if (!Number.isFinite(yearly))
    throw new EngineInputError('out-of-range', [
      { field: 'periodsPerYear', row: null, message: `makes the return of ${asset} endless; check it` },
    ])
  return yearly
}

/** Moments over the periods that both have. */
function comoments(a: Float64Array, b: Float64Array) {
  let [count, meanA, meanB] = [0, 0, 0]
  for (let t = 0; t < a.length; t++) {
    const [x, y] = [a[t] ?? 0, b[t] ?? 0]
    if (Number.isNaN(x + y)) continue
    count++
    meanA += x
    meanB += y
  }
  meanA /= count
  meanB /= count
  let [covariance, varianceA, varianceB] = [0, 0, 0]
  for (let t = 0; t < a.length; t++) {
    const [x, y] = [(a[t] ?? 0) - meanA, (b[t] ?? 0) - meanB]
    if (Number.isNaN(x + y)) continue
    covariance += x * y
    varianceA += x * x
    varianceB += y * y
  }
  const by = count - 1
  return { count, covariance: covariance / by, varianceA: varianceA / by, varianceB: varianceB / by }
}

/** The nearest positive definite matrix with the same eigenvectors: histories of unequal length may contradict. */
function repaired(matrix: Float64Array, n: number, warnings: Warning[]): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n)
  const least = 1e-10 * Math.max(...values)
  const fixed = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++)
        sum += (vectors[i * n + k] ?? 0) * Math.max(values[k] ?? 0, least) * (vectors[j * n + k] ?? 0)
      fixed[i * n + j] = sum
    }
  warnings.push({
    code: 'covariance-repaired',
    message: 'The covariance was not positive definite; its negative eigenvalues were raised to almost zero.',
  })
  return fixed
}
