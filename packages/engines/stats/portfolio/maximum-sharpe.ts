import { InfeasibleError, startWork, type WorkOptions } from '../../contract/index.ts'
import { mandateRows, solveWeights, type Mandate } from './mandate.ts'
import { checkMandate, checkMarket, portfolioOf, type Market, type Portfolio } from './market.ts'
import { turnoverRows } from './turnover.ts'

/**
 * The portfolio of the largest Sharpe ratio (Sharpe 1966), as one quadratic program: the portfolio is scaled so that its
 * excess return is 1, which makes the ratio a variance (Cornuejols & Tütüncü 2007, ch. 8.2).
 * @throws InfeasibleError when nothing in the mandate is expected to return more than the risk-free rate
 */
export function maximumSharpe(market: Market, mandate: Mandate = {}, options: WorkOptions = {}): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const { n, assets, covariance, expectedReturns, riskFreeRate } = checked
  const excess = expectedReturns.map((each) => each - riskFreeRate)
  const rows = [
    { name: 'return above the risk-free rate', coefficients: excess, bound: 1, equality: true },
    { name: 'invested, not owed', coefficients: new Float64Array(n).fill(1), bound: 0 },
    ...mandateRows(assets, rules, true),
  ]
  const more = turnoverRows(assets, rules.turnover, true)
  const program = { hessian: covariance, linear: new Float64Array(n), rows, more }
  const scaled = solveWeights(program, startWork(options))
  let sum = 0
  for (const weight of scaled) sum += weight
  if (!(sum > 1e-9))
    throw new InfeasibleError('The ratio grows without end as more is owed than held: bound the weights.', [
      'unbounded weights',
    ])
  return portfolioOf(
    'maximum-sharpe',
    [market, mandate],
    checked,
    scaled.map((weight) => weight / sum),
  )
}
