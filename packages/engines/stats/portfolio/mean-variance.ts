import { z } from 'zod'
import { checkInput, InfeasibleError } from '../../contract/index.ts'
import { innerProduct, multiply } from '../numeric/cholesky.ts'
import { solveQuadratic, type LinearRow } from '../numeric/quadratic-program.ts'
import { findRoot } from '../numeric/root.ts'
import { budgetRow, mandateRows, variablesOf, weightsOf, type CheckedMandate, type Mandate } from './mandate.ts'
import { checkMandate, checkMarket, portfolioOf, type CheckedMarket, type Market, type Portfolio } from './market.ts'

/** Mean-variance portfolios (Markowitz 1952), each an exact convex quadratic program. */

export const RiskAversion = z.number().positive().describe('Utility is return - riskAversion / 2 * variance')

/** The least volatile portfolio. @param ridge added to the variance as ridge * sum of squared weights: spreads weights */
export function minimumVolatility(market: Market, mandate: Mandate = {}, ridge = 0): Portfolio {
  const checked = checkMarket(market)
  const penalty = checkInput(z.number().min(0), ridge, 'ridge')
  const weights = solve(checked, checkMandate(mandate), 0, [], penalty)
  return portfolioOf('minimum-volatility', [market, mandate, ridge], checked, weights)
}

/** The portfolio of the largest return - riskAversion / 2 * variance. */
export function maximumUtility(market: Market, riskAversion: number, mandate: Mandate = {}): Portfolio {
  const checked = checkMarket(market)
  const weights = solve(checked, checkMandate(mandate), 1 / checkInput(RiskAversion, riskAversion, 'riskAversion'))
  return portfolioOf('maximum-utility', [market, riskAversion, mandate], checked, weights)
}

/** The least volatile portfolio that is expected to return at least so much. @param target per year */
export function minimumVolatilityForReturn(market: Market, target: number, mandate: Mandate = {}): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const coefficients = new Float64Array(variablesOf(checked.n, rules))
  coefficients.set(checked.expectedReturns)
  const bound = checkInput(z.number(), target, 'target')
  const weights = solve(checked, rules, 0, [{ name: `return at least ${String(target)}`, coefficients, bound }])
  return portfolioOf('minimum-volatility-for-return', [market, target, mandate], checked, weights)
}

/**
 * The portfolio of the largest return among those that are at most so volatile.
 * @param target standard deviation per year
 * @throws InfeasibleError when even the least volatile portfolio is more volatile
 */
export function maximumReturnForVolatility(market: Market, target: number, mandate: Mandate = {}): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const limit = checkInput(z.number().positive(), target, 'target')
  const tolerances = (logTolerance: number) => solve(checked, rules, 10 ** logTolerance)
  const excess = (weights: Float64Array) => volatilityOf(checked, weights) - limit
  const calmest = solve(checked, rules, 0)
  if (excess(calmest) > 0) {
    const least = volatilityOf(checked, calmest)
    throw new InfeasibleError(`The least volatile portfolio has a volatility of ${String(least)}.`, [
      `volatility at most ${String(limit)}`,
      'the mandate',
    ])
  }
  const [low, high] = [-8, 5]
  const boldest = tolerances(high)
  const at = excess(boldest) <= 0 ? null : findRoot((log) => excess(tolerances(log)), low, high, 1e-13)
  const weights = at === null ? (excess(boldest) <= 0 ? boldest : calmest) : tolerances(at)
  return portfolioOf('maximum-return-for-volatility', [market, target, mandate], checked, weights)
}

const volatilityOf = ({ covariance, n }: CheckedMarket, weights: Float64Array) =>
  Math.sqrt(innerProduct(weights, multiply(covariance, n, weights)))

/** Minimises 1/2 w'Cw - riskTolerance * return + ridge / 2 * w'w. */
function solve(
  { assets, n, covariance, expectedReturns }: CheckedMarket,
  mandate: CheckedMandate,
  riskTolerance: number,
  demands: readonly LinearRow[] = [],
  ridge = 0,
): Float64Array {
  const size = variablesOf(n, mandate)
  const hessian = riskHessian(covariance, n, size)
  for (let i = 0; i < n; i++) hessian[i * size + i] = (hessian[i * size + i] ?? 0) + ridge
  const linear = new Float64Array(size)
  for (let i = 0; i < n; i++) linear[i] = -riskTolerance * (expectedReturns[i] ?? 0)
  const rows = [budgetRow(n, size), ...mandateRows(assets, mandate), ...demands]
  return weightsOf(solveQuadratic(hessian, linear, rows), n)
}

/** The covariance; what is bought gets a curvature too small to see, since the method needs a definite matrix. */
export function riskHessian(covariance: Float64Array, n: number, size: number): Float64Array {
  const hessian = new Float64Array(size * size)
  let trace = 0
  for (let i = 0; i < n; i++) {
    hessian.set(covariance.subarray(i * n, (i + 1) * n), i * size)
    trace += covariance[i * n + i] ?? 0
  }
  for (let i = n; i < size; i++) hessian[i * size + i] = (1e-8 * trace) / n
  return hessian
}
