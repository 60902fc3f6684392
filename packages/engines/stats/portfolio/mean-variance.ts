import { z } from 'zod'
import { checkInput, startWork, type WorkOptions } from '../../contract/index.ts'
import type { QuadraticProgram } from '../../numerics/index.ts'
import { budgetRow, mandateRows, solveWeights, type CheckedMandate, type Mandate } from './mandate.ts'
import { checkMandate, checkMarket, portfolioOf, type CheckedMarket, type Market, type Portfolio } from './market.ts'
import { turnoverRows } from './turnover.ts'

/**
 * Mean-variance portfolios (Markowitz 1952), each an exact convex quadratic program. `signal` stops them; before the
 * least volatile portfolio is found there is none that obeys the mandate, so `maxMillis` ends only what comes after it.
 */

export const RiskAversion = z.number().positive().describe('Utility is return - riskAversion / 2 * variance')

/** The least volatile portfolio. @param ridge added to the variance as ridge * sum of squared weights: spreads weights */
export function minimumVolatility(
  market: Market,
  mandate: Mandate = {},
  ridge = 0,
  options: WorkOptions = {},
): Portfolio {
  const checked = checkMarket(market)
  const penalty = checkInput(z.number().min(0), ridge, 'ridge')
  const program = programOf(checked, checkMandate(mandate), { ridge: penalty })
  return portfolioOf('minimum-volatility', [market, mandate, ridge], checked, solveWeights(program, startWork(options)))
}

/** The portfolio of the largest return - riskAversion / 2 * variance. */
export function maximumUtility(
  market: Market,
  riskAversion: number,
  mandate: Mandate = {},
  options: WorkOptions = {},
): Portfolio {
  const checked = checkMarket(market)
  const tolerance = 1 / checkInput(RiskAversion, riskAversion, 'riskAversion')
  const program = programOf(checked, checkMandate(mandate), { tolerance })
  return portfolioOf(
    'maximum-utility',
    [market, riskAversion, mandate],
    checked,
    solveWeights(program, startWork(options)),
  )
}

/** The least volatile portfolio that is expected to return at least so much. @param target per year */
export function minimumVolatilityForReturn(
  market: Market,
  target: number,
  mandate: Mandate = {},
  options: WorkOptions = {},
): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const bound = checkInput(z.number(), target, 'target')
  const program = programOf(checked, rules)
  const demand = { name: `return at least ${String(target)}`, coefficients: checked.expectedReturns, bound }
  const weights = solveWeights({ ...program, rows: [...program.rows, demand] }, startWork(options))
  return portfolioOf('minimum-volatility-for-return', [market, target, mandate], checked, weights)
}

/** Minimises 1/2 w'Cw - tolerance * return + ridge / 2 * w'w. */
export function programOf(
  { assets, n, covariance, expectedReturns }: CheckedMarket,
  mandate: CheckedMandate,
  { tolerance = 0, ridge = 0 }: { tolerance?: number; ridge?: number } = {},
): QuadraticProgram {
  const hessian = Float64Array.from(covariance)
  for (let i = 0; i < n; i++) hessian[i * n + i]! += ridge
  return {
    hessian,
    linear: expectedReturns.map((each) => -tolerance * each),
    rows: [budgetRow(n), ...mandateRows(assets, mandate)],
    more: turnoverRows(assets, mandate.turnover),
  }
}
