import { readFileSync } from 'node:fs'
import {
  blackLitterman,
  estimateFromPrices,
  evaluateKnowledgeTracing,
  fitKnowledgeTracing,
  hierarchicalRiskParity,
  mackChainLadder,
  maximumReturnForVolatility,
  maximumSharpe,
  maximumUtility,
  minimumVolatility,
  minimumVolatilityForReturn,
  triangleOf,
  type Attempt,
  type Portfolio,
  type PriceHistory,
  type TracingOptions,
} from '../../packages/engines/stats/index.ts'
import type { Score } from './score.ts'

const engine = 'stats'

/** Rows of a delimited file by the names of its header. */
function readTable(path: string, delimiter: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(delimiter)
  return lines.map((line) => {
    const cells = line.split(delimiter)
    return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']))
  })
}

const attemptsOf = (path: string): Attempt[] =>
  readTable(path, '\t').map((row) => ({
    learner: row['user_id'] ?? '',
    item: row['item_id'] ?? '',
    skills: [row['skill_id'] ?? ''],
    correct: row['correct'] === '1' ? 1 : 0,
  }))

function tracing(method: NonNullable<TracingOptions['method']>, target: number, published: string): Score {
  const [train, test] = ['learning/assistments09_train.csv', 'learning/assistments09_test.csv']
  return {
    engine,
    dataset: 'ASSISTments 2009',
    metric: `AUC, ${method}`,
    published,
    source: 'Gervet et al. 2020; the split of theophilee/learner-performance-prediction',
    needs: [train, test],
    run(data, progress) {
      const { model } = fitKnowledgeTracing(attemptsOf(data(train)), {
        method,
        onProgress: (_share, what) => progress(what),
      })
      const { auc } = evaluateKnowledgeTracing(model, attemptsOf(data(test)))
      return Promise.resolve({ value: (auc ?? 0).toFixed(4), ok: (auc ?? 0) >= target })
    },
  }
}

const pricesFile = 'risk/stock_prices.csv'

function readPrices(path: string): PriceHistory {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const prices = lines.map((line) =>
    line
      .split(',')
      .slice(1)
      .map((cell) => (cell === '' ? null : Number(cell))),
  )
  return { assets: header.split(',').slice(1), prices }
}

/** Return, volatility and Sharpe ratio against those of PyPortfolioOpt. */
function portfolio(metric: string, published: readonly number[], make: (prices: PriceHistory) => Portfolio): Score {
  return {
    engine,
    dataset: 'PyPortfolioOpt prices',
    metric: `${metric}: return, volatility, Sharpe`,
    published: published.map((figure) => figure.toFixed(6)).join(' '),
    source: 'tests of PyPortfolioOpt',
    needs: [pricesFile],
    run(data) {
      const { expectedReturn, volatility, sharpeRatio } = make(readPrices(data(pricesFile)))
      const ours = [expectedReturn, volatility, sharpeRatio ?? Number.NaN]
      return Promise.resolve({
        value: ours.map((figure) => figure.toFixed(6)).join(' '),
        ok: ours.every((figure, k) => Math.abs(figure - (published[k] ?? 0)) <= 1e-4),
      })
    },
  }
}

const unbounded = { minWeight: null, maxWeight: null }

function posteriorPortfolio(prices: PriceHistory): Portfolio {
  const estimate = estimateFromPrices(prices)
  const prior = { ...estimate, expectedReturns: estimate.assets.map(() => 1 / estimate.assets.length) }
  const opinions = { AAPL: 0.2, BBY: -0.3, BAC: 0, SBUX: -0.2, T: 0.131321 }
  const views = Object.entries(opinions).map(([asset, value]) => ({ of: { [asset]: 1 }, return: value }))
  const { market } = blackLitterman(prior, views)
  // The published test weighs by the prior covariance, which the best ratio without a risk-free rate does as well.
  const { weights, expectedReturn, provenance } = maximumSharpe(
    { ...estimate, expectedReturns: market.expectedReturns, riskFreeRate: 0 },
    unbounded,
  )
  let variance = 0
  for (const [i, a] of market.assets.entries())
    for (const [j, b] of market.assets.entries())
      variance += (weights[a] ?? 0) * (weights[b] ?? 0) * (market.covariance[i]?.[j] ?? 0)
  const volatility = Math.sqrt(variance)
  return { weights, expectedReturn, volatility, sharpeRatio: (expectedReturn - 0.02) / volatility, provenance }
}

const portfolios: Score[] = [
  portfolio('minimum volatility', [0.150568, 0.159151, 0.820405], (prices) =>
    minimumVolatility(estimateFromPrices(prices)),
  ),
  portfolio('minimum volatility, short', [0.151632, 0.155592, 0.84601], (prices) =>
    minimumVolatility(estimateFromPrices(prices), unbounded),
  ),
  portfolio('minimum volatility, ridge 1', [0.173561, 0.195525, 0.785376], (prices) =>
    minimumVolatility(estimateFromPrices(prices), {}, 1),
  ),
  portfolio('maximum Sharpe', [0.304777, 0.221656, 1.284771], (prices) => maximumSharpe(estimateFromPrices(prices))),
  portfolio('maximum Sharpe, short', [0.49372, 0.295166, 1.604927], (prices) =>
    maximumSharpe(estimateFromPrices(prices), unbounded),
  ),
  portfolio('utility, risk aversion 2', [0.367773, 0.292134, 1.190457], (prices) =>
    maximumUtility(estimateFromPrices(prices), 2),
  ),
  portfolio('volatility .19', [0.255242, 0.19, 1.238117], (prices) =>
    maximumReturnForVolatility(estimateFromPrices(prices), 0.19),
  ),
  portfolio('return .25', [0.25, 0.187233, 1.228418], (prices) =>
    minimumVolatilityForReturn(estimateFromPrices(prices), 0.25),
  ),
  portfolio('hierarchical risk parity', [0.213534, 0.178442, 1.084579], (prices) => {
    const estimate = estimateFromPrices(prices, { mean: 'arithmetic' })
    return hierarchicalRiskParity(estimate, estimate.correlation)
  }),
  portfolio('Black-Litterman, equal prior', [0.187743, 0.324689, 0.516627], posteriorPortfolio),
]

/** Mack's reserve and standard error, and that of each file with the columns development, origin, values. */
function mack(
  file: string,
  dataset: string,
  published: readonly [reserve: number, error: number],
  source: string,
): Score {
  const path = `risk/triangle_${file}.csv`
  return {
    engine,
    dataset,
    metric: 'Mack: reserve, standard error',
    published: published.map((figure) => figure.toFixed(0)).join(' '),
    source,
    needs: [path],
    run(data) {
      const rows = readTable(data(path), ',')
      const cells = rows.map((row) => ({
        origin: row['origin'] ?? '',
        development: Number(row['development']) - Number(row['origin']),
        cumulative: Number(row['values']),
      }))
      const { total } = mackChainLadder(triangleOf(cells))
      const ours = [total.reserve, total.standardError].map((figure) => figure.toFixed(0))
      return Promise.resolve({ value: ours.join(' '), ok: ours.every((figure, k) => Number(figure) === published[k]) })
    },
  }
}

const reserves: Score[] = [
  mack('raa', 'RAA triangle', [52_135, 26_909], 'Mack 1994'),
  mack('genins', 'Taylor & Ashe triangle', [18_680_856, 2_447_095], 'Mack 1993'),
]

export const scores: Score[] = [
  ...portfolios,
  ...reserves,
  tracing('pfa', 0.715, '.72 (PFA)'),
  tracing('best-lr', 0.765, '.77 (Best-LR)'),
  tracing('history', 0.775, '.77 (Best-LR), .75 (DKT, SAKT)'),
]
