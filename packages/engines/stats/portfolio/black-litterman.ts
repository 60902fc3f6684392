import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { cholesky, innerProduct, multiply, solveFactorised } from '../../numerics/index.ts'
import { checkMarket, type Market } from './market.ts'

/** What somebody believes about returns, absolutely or of assets against each other. */
export const View = z.object({
  of: z
    .record(z.string(), z.number())
    .describe('Weights of the assets the view is about: {A: 1} for A itself, {A: 1, B: -1} for A against B'),
  return: z.number().describe('Expected return of that combination, per year'),
  variance: z.number().positive().optional().describe('Uncertainty of the view; tau * its prior variance unless told'),
})
export type View = z.infer<typeof View>

export const BlackLittermanOptions = z.object({
  tau: z.number().positive().default(0.05).describe('How uncertain the prior is, as a share of the covariance'),
})

/** Returns in balance with a market: riskAversion * covariance * weights + risk-free rate (Black & Litterman 1992). */
export function impliedReturns(market: Market, capitalisation: readonly number[], riskAversion: number): number[] {
  const { n, covariance, riskFreeRate } = checkMarket(market)
  const sizes = checkInput(z.array(z.number().positive()).length(n), [...capitalisation], 'capitalisation')
  const aversion = checkInput(z.number().positive(), riskAversion, 'riskAversion')
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const product = multiply(
    covariance,
    n,
    sizes.map((size) => size / total),
  )
  return Array.from(product, (value) => aversion * value + riskFreeRate)
}

/**
 * Expected returns and covariance after views (Black & Litterman 1992; formulae of He & Litterman 1999).
 * @param market its expected returns are the prior
 * @returns a market for the other functions
 */
export function blackLitterman(
  market: Market,
  views: readonly View[],
  options: z.input<typeof BlackLittermanOptions> = {},
): { market: z.output<typeof Market>; provenance: Provenance } {
  const { assets, n, covariance, expectedReturns, riskFreeRate } = checkMarket(market)
  const { tau } = checkInput(BlackLittermanOptions, options)
  const checked = checkInput(z.array(View).min(1), [...views], 'views')
  const picks = checked.map((view, row) => {
    const pick = new Float64Array(n)
    for (const [asset, weight] of Object.entries(view.of)) {
      const place = assets.indexOf(asset)
      if (place < 0)
        throw new EngineInputError('unknown-name', [{ field: 'of', row, message: `${asset} is not among the assets` }])
      pick[place] = weight
    }
    return pick
  })
  const k = picks.length
  // tau C P', one column per view.
  const spread = picks.map((pick) => multiply(covariance, n, pick).map((value) => tau * value))
  const inner = new Float64Array(k * k)
  for (const [i, pick] of picks.entries())
    for (const [j, column] of spread.entries()) {
      const own = innerProduct(pick, column)
      inner[i * k + j] = own + (i === j ? (checked[i]?.variance ?? own) : 0)
    }
  const lower = cholesky(inner, k)
  if (!lower)
    throw new EngineInputError('out-of-range', [
      { field: 'views', row: null, message: 'a view is about nothing, or views repeat each other without uncertainty' },
    ])
  const surprise = checked.map((view, i) => view.return - innerProduct(picks[i] ?? [], expectedReturns))
  const pull = solveFactorised(lower, k, Float64Array.from(surprise))
  const posterior = Array.from(expectedReturns, (prior, i) =>
    spread.reduce((sum, column, view) => sum + (column[i] ?? 0) * (pull[view] ?? 0), prior),
  )
  const rows = assets.map((_, i) => {
    const known = solveFactorised(
      lower,
      k,
      Float64Array.from(spread, (column) => column[i] ?? 0),
    )
    return assets.map((_, j) => {
      const explained = spread.reduce((sum, column, view) => sum + (column[j] ?? 0) * (known[view] ?? 0), 0)
      return (1 + tau) * (covariance[i * n + j] ?? 0) - explained
    })
  })
  return {
    market: { assets, expectedReturns: posterior, covariance: rows, riskFreeRate },
    provenance: provenanceOf('stats/black-litterman', '1', 1, [market, views, tau]),
  }
}
