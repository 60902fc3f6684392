import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance, type Warning } from '../../contract/index.ts'
import { cholesky, flatten, innerProduct, multiply } from '../../numerics/index.ts'
import { Mandate, type CheckedMandate } from './mandate.ts'

/** What is expected of assets, all per year. */
export const Market = z.object({
  assets: z.array(z.string().min(1)).min(1),
  expectedReturns: z.array(z.number()).describe('`[asset]`, per year (0.08 = 8 %)'),
  covariance: z.array(z.array(z.number())).describe('`[asset][asset]` of returns, per year'),
  riskFreeRate: z.number().default(0.02).describe('Per year (0.02 = 2 %)'),
})
export type Market = z.input<typeof Market>

export interface CheckedMarket {
  assets: string[]
  n: number
  expectedReturns: Float64Array
  /** `[asset][asset]` row-major, positive definite. */
  covariance: Float64Array
  riskFreeRate: number
}

export interface Portfolio {
  /** By asset, in the order of the assets. */
  weights: Record<string, number>
  /** Per year. */
  expectedReturn: number
  /** Standard deviation of the return, per year. */
  volatility: number
  /** (expectedReturn - riskFreeRate) / volatility; null without any risk. */
  sharpeRatio: number | null
  provenance: Provenance
}

const wrong = (field: string, row: number | null, message: string) =>
  new EngineInputError('wrong-length', [{ field, row, message }])

export function checkMarket(market: Market): CheckedMarket {
  const { assets, expectedReturns, covariance, riskFreeRate } = checkInput(Market, market, 'market')
  const n = assets.length
  const repeated = assets.findIndex((asset, index) => assets.indexOf(asset) !== index)
  if (repeated >= 0)
    throw new EngineInputError('duplicate-key', [
      { field: 'assets', row: repeated, message: `${assets[repeated] ?? ''} is named twice` },
    ])
  if (expectedReturns.length !== n) throw wrong('expectedReturns', null, `needs ${String(n)} values, one per asset`)
  if (covariance.length !== n) throw wrong('covariance', null, `needs ${String(n)} rows, one per asset`)
  const scaleOf = (i: number, j: number) => Math.sqrt(Math.abs((covariance[i]?.[i] ?? 0) * (covariance[j]?.[j] ?? 0)))
  for (const [row, line] of covariance.entries()) {
    if (line.length !== n) throw wrong('covariance', row, `needs ${String(n)} values, one per asset`)
    for (const [column, value] of line.entries())
      if (Math.abs(value - (covariance[column]?.[row] ?? value)) > 1e-9 * scaleOf(row, column))
        throw new EngineInputError('out-of-range', [
          { field: 'covariance', row, message: `differs from its mirror image at column ${String(column)}` },
        ])
  }
  const flat = flatten(covariance)
  if (!cholesky(flat, n))
    throw new EngineInputError('out-of-range', [
      {
        field: 'covariance',
        row: null,
        message: 'is not positive definite: an asset repeats others, or a value is wrong',
      },
    ])
  return { assets, n, expectedReturns: Float64Array.from(expectedReturns), covariance: flat, riskFreeRate }
}

export const checkMandate = (mandate: Mandate): CheckedMandate => checkInput(Mandate, mandate, 'mandate')

export function portfolioOf(
  method: string,
  inputs: readonly unknown[],
  market: CheckedMarket,
  weights: Float64Array,
  warnings: readonly Warning[] = [],
): Portfolio {
  const { assets, n, covariance, expectedReturns, riskFreeRate } = market
  const expectedReturn = innerProduct(weights, expectedReturns)
  const volatility = Math.sqrt(Math.max(0, innerProduct(weights, multiply(covariance, n, weights))))
  return {
    weights: Object.fromEntries(assets.map((asset, i) => [asset, clean(weights[i] ?? 0)])),
    expectedReturn,
    volatility,
    sharpeRatio: volatility > 0 ? (expectedReturn - riskFreeRate) / volatility : null,
    provenance: provenanceOf(`stats/${method}`, '1', 1, inputs, warnings),
  }
}

/** Dust of the active-set method on a bound of zero is zero. */
const clean = (weight: number) => (Math.abs(weight) < 1e-12 ? 0 : weight)
