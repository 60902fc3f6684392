import { z } from 'zod'
import {
  checkInput,
  InfeasibleError,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
} from '../../contract/index.ts'
import {
  followQuadratic,
  innerProduct,
  minimise,
  multiply,
  type PathPiece,
  solveQuadratic,
  UnsolvedError,
} from '../../numerics/index.ts'
import { refuseConflict, solveWeights, type CheckedMandate, type Mandate } from './mandate.ts'
import { checkMandate, checkMarket, portfolioOf, type CheckedMarket, type Market, type Portfolio } from './market.ts'
import { programOf } from './mean-variance.ts'

/**
 * The portfolio of the largest return among those that are at most so volatile: the efficient frontier is followed from
 * its least volatile portfolio to where the limit is met (critical lines, Markowitz 1956).
 * @param target standard deviation per year
 * @param options at the time limit the portfolio reached so far, with a warning that bounds what it misses
 * @throws InfeasibleError when even the least volatile portfolio is more volatile
 */
export function maximumReturnForVolatility(
  market: Market,
  target: number,
  mandate: Mandate = {},
  options: WorkOptions = {},
): Portfolio {
  const checked = checkMarket(market)
  const rules = checkMandate(mandate)
  const limit = checkInput(z.number().positive(), target, 'target')
  const work = startWork(options)
  const program = programOf(checked, rules)
  // A limit on turnover has too many rows to follow; its frontier is met between two portfolios.
  const calmest = rules.turnover ? { x: solveWeights(program, work) } : minimise(program, work)
  if ('conflict' in calmest) return refuseConflict(calmest.conflict)
  const least = volatilityOf(checked, calmest.x)
  if (least > limit)
    throw new InfeasibleError(`The least volatile portfolio has a volatility of ${String(least)}.`, [
      `volatility at most ${String(limit)}`,
      'the mandate',
    ])
  const warnings: Warning[] = []
  const search: Search = {
    market: checked,
    limit,
    ended(at, x) {
      work.progress((volatilityOf(checked, x) - least) / (limit - least), 'following the frontier')
      if (!work.expired()) return false
      warnings.push({
        code: 'time-limit',
        message: `The time limit ended the search; ${mayMiss(checked, limit, at, x)}`,
      })
      return true
    },
    unsolved: (at, x) =>
      void warnings.push({
        code: 'not-exact',
        message: `The limits of turnover and weights meet in too many points to go on; ${mayMiss(checked, limit, at, x)}`,
      }),
  }
  const weights =
    'active' in calmest
      ? followQuadratic(calmest, checked.expectedReturns, (piece) => whereMet(search, piece), work)
      : betweenTolerances(search, rules, calmest.x, work)
  work.progress(1, 'frontier followed')
  return portfolioOf('maximum-return-for-volatility', [market, target, mandate], checked, weights, warnings)
}

interface Search {
  market: CheckedMarket
  limit: number
  /** Whether the time is over. @param at risk tolerance that x is best for */
  ended: (at: number, x: Float64Array) => boolean
  /** Told when no portfolio beyond x could be computed. */
  unsolved: (at: number, x: Float64Array) => void
}

/** What the best portfolio may return more than one that is best for the risk tolerance `at` (Lagrangian duality). */
function mayMiss(market: CheckedMarket, limit: number, at: number, x: Float64Array): string {
  const { expectedReturns } = market
  const spare = limit * limit - volatilityOf(market, x) ** 2
  const missed = at > 0 ? spare / (2 * at) : Math.max(...expectedReturns) - innerProduct(x, expectedReturns)
  return `a portfolio within the volatility can return at most ${missed.toPrecision(3)} more per year${at > 0 ? '' : ' when no weight is negative'}.`
}

const volatilityOf = ({ covariance, n }: CheckedMarket, weights: Float64Array) =>
  Math.sqrt(innerProduct(weights, multiply(covariance, n, weights)))

/** How far to go on a piece of the frontier until the volatility is met; null when it is not. */
function whereMet(
  { market, limit, ended }: Pick<Search, 'market' | 'limit' | 'ended'>,
  { at, x, step, length }: PathPiece,
): number | null {
  const { covariance, n } = market
  // The variance on the piece is a s^2 + 2 b s + c + limit^2.
  const slope = multiply(covariance, n, step)
  const [a, b] = [innerProduct(step, slope), Math.max(0, innerProduct(x, slope))]
  const c = Math.min(0, innerProduct(x, multiply(covariance, n, x)) - limit * limit)
  const met = -c / (b + Math.sqrt(b * b - a * c))
  if (met <= length && met < Infinity) return met
  return ended(at, x) ? 0 : null
}

/** What the best may return more than a portfolio that is returned as the best, as a share of the returns' range. */
const exactTo = 1e-6

/** The mix of two neighbouring portfolios of the frontier that has the volatility; both obey the mandate, so it does. */
function betweenTolerances(
  { market, limit, ended, unsolved }: Search,
  mandate: CheckedMandate,
  calmest: Float64Array,
  work: Work,
): Float64Array {
  const next = (tolerance: number): Point | null => {
    const answer = attempt(() => solveQuadratic(programOf(market, mandate, { tolerance }), work))
    if (answer?.feasible) return { tolerance, x: answer.x, excess: volatilityOf(market, answer.x) - limit }
    unsolved(calm.tolerance, calm.x)
    return null
  }
  const spread = Math.max(...market.expectedReturns) - Math.min(...market.expectedReturns)
  if (!(spread > 0)) return calmest
  const unit = (limit * limit) / spread
  let calm: Point = { tolerance: 0, x: calmest, excess: volatilityOf(market, calmest) - limit }
  let bold: Point | null = null
  while (bold === null) {
    // Further on there is hardly more return to be had (see `mayMiss`).
    if (calm.tolerance * exactTo > unit / 2 || ended(calm.tolerance, calm.x)) return calm.x
    const bolder = next(Math.max(unit / 1000, 8 * calm.tolerance))
    if (!bolder) return calm.x
    if (bolder.excess > 0) bold = bolder
    else calm = bolder
  }
  // The side that stays is counted half (Illinois method: Dowell & Jarratt 1971).
  let [calmExcess, boldExcess] = [calm.excess, bold.excess]
  while (Math.min(-calm.excess, bold.excess) > 1e-10 * limit) {
    if (ended(calm.tolerance, calm.x)) return calm.x
    const tolerance = calm.tolerance + ((bold.tolerance - calm.tolerance) * calmExcess) / (calmExcess - boldExcess)
    if (!(tolerance > calm.tolerance && tolerance < bold.tolerance)) break
    const between = next(tolerance)
    if (!between) break
    if (between.excess <= 0) {
      calm = between
      calmExcess = between.excess
      boldExcess /= 2
    } else {
      bold = between
      boldExcess = between.excess
      calmExcess /= 2
    }
  }
  return mixed(market, limit, calm.x, bold.x)
}

/** Null when there is no exact answer. */
function attempt<T>(compute: () => T): T | null {
  try {
    return compute()
  } catch (error) {
    if (error instanceof UnsolvedError) return null
    throw error
  }
}

interface Point {
  tolerance: number
  x: Float64Array
  /** Volatility beyond the limit. */
  excess: number
}

function mixed(market: CheckedMarket, limit: number, calm: Float64Array, bold: Float64Array): Float64Array {
  const step = bold.map((weight, i) => weight - calm[i]!)
  const share = whereMet({ market, limit, ended: () => false }, { at: 0, x: calm, step, length: 1 })
  return calm.map((weight, i) => weight + (share ?? 0) * step[i]!)
}
