import { z } from 'zod'
import { checkInput, InfeasibleError } from '../../contract/index.ts'
import {
  findRoot,
  innerProduct,
  type LinearRow,
  multiply,
  type QuadraticAnswer,
  solveQuadratic,
} from '../../numerics/index.ts'
import { budgetRow, mandateRows, variablesOf, weightsOf, type CheckedMandate, type Mandate } from './mandate.ts'
import { checkMandate, checkMarket, portfolioOf, type CheckedMarket, type Market, type Portfolio } from './market.ts'

/** Mean-variance portfolios (Markowitz 1952), each an exact convex quadratic program. */

export const RiskAversion = z.number().positive().describe('Utility is return - riskAversion / 2 * variance')

/** The least volatile portfolio. @param ridge added to the variance as ridge * sum of squared weights: spreads weights */
export function minimumVolatility(market: Market, mandate: Mandate = {}, ridge = 0): Portfolio {
  const checked = checkMarket(market)
  const penalty = checkInput(z.number().min(0), ridge, 'ridge')
  const weights = weightsOf(solve(checked, checkMandate(mandate), 0, [], penalty), checked.n)
  return portfolioOf('minimum-volatility', [market, mandate, ridge], checked, weights)
}

/** The portfolio of the largest return - riskAversion / 2 * variance. */
export function maximumUtility(market: Market, riskAversion: number, mandate: Mandate = {}): Portfolio {
  const checked = checkMarket(market)
  const tolerance = 1 / checkInput(RiskAversion, riskAversion, 'riskAversion')
  const weights = weightsOf(solve(checked, checkMandate(mandate), tolerance), checked.n)
  return portfolioOf('maximum-utility', [market, riskAversion, mandate], checked, weights)
}

/** The least volatile portfolio that is expected to return at least so much. @param target per year */
export function minimumVolatilityForReturn(market: Market, target: number, mandate: Mandate = {}): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const coefficients = new Float64Array(variablesOf(checked.n, rules))
  coefficients.set(checked.expectedReturns)
  const bound = checkInput(z.number(), target, 'target')
  const demand = { name: `return at least ${String(target)}`, coefficients, bound }
  const weights = weightsOf(solve(checked, rules, 0, [demand]), checked.n)
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
  const calmest = answerAt(checked, rules, 0)
  const least = volatilityOf(checked, calmest.weights)
  if (least > limit)
    throw new InfeasibleError(`The least volatile portfolio has a volatility of ${String(least)}.`, [
      `volatility at most ${String(limit)}`,
      'the mandate',
    ])
  const weights = alongFrontier(checked, rules, limit, calmest)
  return portfolioOf('maximum-return-for-volatility', [market, target, mandate], checked, weights)
}

interface FrontierPoint {
  tolerance: number
  weights: Float64Array
  active: string
}

/** Tolerances of risk between which frontiers lie. */
const boldest = 1e5

/**
 * Between two risk tolerances with the same active rows the weights are a straight line (Markowitz 1956, critical lines):
 * halve until that is so, then the volatility is met exactly.
 */
function alongFrontier(
  market: CheckedMarket,
  mandate: CheckedMandate,
  limit: number,
  calmest: FrontierPoint,
): Float64Array {
  let calm = calmest
  let bold = answerAt(market, mandate, boldest)
  if (volatilityOf(market, bold.weights) <= limit) return bold.weights
  for (let round = 0; round < 100 && calm.active !== bold.active; round++) {
    const middle = calm.tolerance > 1e-6 ? Math.sqrt(calm.tolerance * bold.tolerance) : Math.min(1, bold.tolerance / 10)
    if (!(middle > calm.tolerance && middle < bold.tolerance) || bold.tolerance < calm.tolerance * (1 + 1e-13)) break
    const between = answerAt(market, mandate, middle)
    if (volatilityOf(market, between.weights) <= limit) calm = between
    else bold = between
  }
  const mixed = (share: number) => calm.weights.map((weight, i) => weight + share * ((bold.weights[i] ?? 0) - weight))
  const share = findRoot((share) => volatilityOf(market, mixed(share)) - limit, 0, 1)
  return mixed(share ?? 0)
}

function answerAt(market: CheckedMarket, mandate: CheckedMandate, tolerance: number): FrontierPoint {
  const answer = solve(market, mandate, tolerance)
  return {
    tolerance,
    weights: weightsOf(answer, market.n),
    active: answer.feasible ? answer.active.toSorted().join() : '',
  }
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
): QuadraticAnswer {
  const size = variablesOf(n, mandate)
  const hessian = riskHessian(covariance, n, size)
  for (let i = 0; i < n; i++) hessian[i * size + i] = (hessian[i * size + i] ?? 0) + ridge
  const linear = new Float64Array(size)
  for (let i = 0; i < n; i++) linear[i] = -riskTolerance * (expectedReturns[i] ?? 0)
  const rows = [budgetRow(n, size), ...mandateRows(assets, mandate), ...demands]
  return solveQuadratic(hessian, linear, rows)
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
