import { readFileSync } from 'node:fs'
import { createRandom } from '../../packages/engines/contract/index.ts'
import { type BoostingOptions, crossValidate, fitBoosting, scoreBoosting } from '../../packages/engines/table/index.ts'
import type { Score } from './score.ts'

type Columns = Record<string, (number | string | null)[]>

const isMissing = (text: string) => text === '' || text === '?'

/** A plain CSV file (no quoted fields): columns of numbers or dates (as days) where all values are, else text; empty and `?` are missing. */
function readCsv(path: string): Columns {
  const [header = '', ...lines] = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  return Object.fromEntries(
    header.split(',').map((name, at) => {
      const texts = rows.map((row) => row[at] ?? '')
      const every = (test: (text: string) => boolean) => texts.every((text) => isMissing(text) || test(text))
      const read = every((text) => Number.isFinite(Number(text)))
        ? Number
        : every((text) => /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(text))
          ? (text: string) => Date.parse(`${text} UTC`) / 86_400_000
          : (text: string) => text
      return [name, texts.map((text) => (isMissing(text) ? null : read(text)))]
    }),
  )
}

const without = (columns: Columns, names: string[]) =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name)))

/** Five outer folds; rounds, threshold and whether crosses stay are chosen inside each training part. */
function fiveFolds(columns: Columns, options: BoostingOptions, progress: (text: string) => void) {
  return crossValidate(columns, {
    model: { kind: 'boosting', options },
    folding: { folds: 5 },
    onProgress: (share) => progress(`fold ${String(Math.round(share * 5))} of 5`),
  })
}

function failures(path: string, progress: (text: string) => void) {
  const columns = without(readCsv(path), ['UDI', 'Product ID'])
  const { folds } = fiveFolds(columns, { target: 'Machine failure', threshold: 'f1', interactions: true }, progress)
  const scores = folds.flatMap(({ scores }) => (scores.kind === 'classes' && scores.binary ? [scores.binary] : []))
  const sum = (of: (each: (typeof scores)[number]) => number | null) =>
    scores.reduce((total, each) => total + (of(each) ?? 0), 0)
  const hits = sum(({ truePositives }) => truePositives)
  const f1 =
    (2 * hits) / (2 * hits + sum(({ falsePositives }) => falsePositives) + sum(({ falseNegatives }) => falseNegatives))
  return { f1, prAuc: sum(({ prAuc }) => prAuc) / scores.length }
}

function prices(path: string, progress: (text: string) => void) {
  const columns = without(readCsv(path), ['id'])
  const { folds } = fiveFolds(columns, { target: 'price', objective: 'gamma', interactions: true }, progress)
  const scores = folds.flatMap(({ scores }) => (scores.kind === 'numbers' ? [scores] : []))
  const mean = (of: (each: (typeof scores)[number]) => number | null) =>
    scores.reduce((total, each) => total + (of(each) ?? 0), 0) / scores.length
  return {
    r2: mean(({ rSquared }) => rSquared),
    mape: mean(({ meanAbsolutePercentageError }) => meanAbsolutePercentageError),
  }
}

const million = 1_000_000

/** A million rows of twenty columns made from a seed: some that matter, alone and together, and some that do not. */
function millionRows(): { table: Record<string, Float64Array>; bayes: Float64Array } {
  const random = createRandom(1)
  const columns = Array.from({ length: 20 }, () => Float64Array.from({ length: million }, () => random.normal()))
  const [a, b, c, d] = [columns[0]!, columns[1]!, columns[2]!, columns[3]!]
  const bayes = a.map((each, row) => each * b[row]! + Math.sin(2 * c[row]!) + d[row]! / 2)
  const y = bayes.map((each) => (random.next() < 1 / (1 + Math.exp(-each)) ? 1 : 0))
  return { table: { ...Object.fromEntries(columns.map((column, at) => [`x${String(at)}`, column])), y }, bayes }
}

export const scores: Score[] = [
  {
    engine: 'table',
    dataset: 'AI4I 2020 predictive maintenance',
    metric: 'F1 / PR-AUC of failure, 5-fold cross-validation',
    published: 'F1 .75-.80',
    source: 'usual report for gradient boosting; splits differ',
    needs: ['tabular/ai4i2020.csv'],
    async run(data, progress) {
      const { f1, prAuc } = failures(data('tabular/ai4i2020.csv'), progress)
      return { value: `${f1.toFixed(3)} / ${prAuc.toFixed(3)}`, ok: f1 >= 0.75 }
    },
  },
  {
    engine: 'table',
    dataset: 'King County house sales',
    metric: 'R2 / MAPE of price, 5-fold cross-validation',
    published: '.87-.89 / 13 %',
    source: 'usual report for gradient boosting; splits differ',
    needs: ['tabular/kc_house_data.csv'],
    async run(data, progress) {
      const { r2, mape } = prices(data('tabular/kc_house_data.csv'), progress)
      return { value: `${r2.toFixed(3)} / ${(100 * mape).toFixed(1)} %`, ok: r2 >= 0.87 && mape <= 0.13 }
    },
  },
  {
    engine: 'table',
    dataset: '1 million rows x 20 columns, generated',
    metric: 'seconds of the fit (log loss; of the truth itself)',
    published: '< 60 s, < 2 GB',
    source: 'own limit',
    needs: [],
    async run(_data, progress) {
      progress('generating rows')
      const { table, bayes } = millionRows()
      const started = performance.now()
      const model = fitBoosting(table, {
        target: 'y',
        onProgress: (share, what) => progress(`${what} ${(100 * share).toFixed(0)} %`),
      })
      const seconds = (performance.now() - started) / 1000
      const loss = (scores: Float64Array) =>
        scores.reduce((sum, score, row) => sum + Math.log1p(Math.exp(table['y']![row] === 1 ? -score : score)), 0) /
        million
      return {
        value: `${seconds.toFixed(1)} s (${loss(scoreBoosting(model, table)).toFixed(4)}; ${loss(bayes).toFixed(4)})`,
        ok: seconds < 60,
      }
    },
  },
]
