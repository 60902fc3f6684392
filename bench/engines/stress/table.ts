import { createRandom } from '../../../packages/engines/contract/index.ts'
import {
  applyBoosting,
  applyGlm,
  evaluateBoosting,
  explainBoosting,
  fitBoosting,
  fitGlm,
  type BoostingOptions,
  type GlmOptions,
  type Table,
} from '../../../packages/engines/table/index.ts'
import type { Case } from './case.ts'

type Cell = (row: number, random: ReturnType<typeof createRandom>) => string | number | boolean | null

function made(rows: number, columns: Record<string, Cell>): Table {
  const random = createRandom(rows)
  return Object.fromEntries(
    Object.entries(columns).map(([name, cell]) => [name, Array.from({ length: rows }, (_, row) => cell(row, random))]),
  ) as Table
}

const noise: Cell = (_, random) => random.normal()
const wide = (columns: number, cell: Cell) =>
  Object.fromEntries(Array.from({ length: columns }, (_, k) => [`x${String(k)}`, cell]))

const boosting = (name: string, table: Table, own: Partial<BoostingOptions> = {}, maxMillis?: number): Case => ({
  name: `boosting: ${name}`,
  ...(maxMillis === undefined ? {} : { maxMillis }),
  run() {
    const model = fitBoosting(table, { target: 'y', ...own, ...(maxMillis === undefined ? {} : { maxMillis }) })
    const head = Object.fromEntries(
      Object.entries(table).map(([column, values]) => [column, Array.from(values).slice(0, 50)]),
    ) as Table
    const explained = explainBoosting(model, head)
    return { evaluation: evaluateBoosting(model, table), first: applyBoosting(model, head), explained }
  },
})

const glm = (
  name: string,
  table: Table,
  own: Partial<GlmOptions> & { family: GlmOptions['family'] },
  maxMillis?: number,
): Case => ({
  name: `glm: ${name}`,
  ...(maxMillis === undefined ? {} : { maxMillis }),
  run() {
    const model = fitGlm(table, { target: 'y', ...own, ...(maxMillis === undefined ? {} : { maxMillis }) })
    return [model.terms.map(({ coefficient }) => coefficient), model.fit, applyGlm(model, table)]
  },
})

const word =
  (count: number): Cell =>
  (_, random) =>
    `word ${String(random.integer(count))}`
const seconds = 1000

export const cases: Case[] = [
  boosting('1 column', made(500, { x: noise, y: noise })),
  boosting('12 rows', made(12, { x: noise, y: noise })),
  boosting('all categorical', made(800, { a: word(3), b: word(12), c: word(200), y: word(2) })),
  boosting('a category of its own for each row', made(600, { id: (row) => `id ${String(row)}`, x: noise, y: noise })),
  boosting('2 rows per class', made(40, { x: noise, z: noise, y: (row) => `class ${String(row % 20)}` })),
  boosting(
    '200 classes',
    made(4000, { x: noise, z: noise, y: (row) => `class ${String(row % 200)}` }),
    {},
    20 * seconds,
  ),
  boosting('500 columns', made(400, { ...wide(500, noise), y: noise }), {}, 30 * seconds),
  boosting('one class in a thousand', made(5000, { x: noise, y: (row) => (row % 1000 === 0 ? 1 : 0) })),
  boosting(
    'mostly missing',
    made(500, { ...wide(8, (_, random) => (random.next() < 0.9 ? null : random.normal())), y: noise }),
  ),
  boosting(
    'a column without any value, one that is constant',
    made(300, { none: () => null, same: () => 4, x: noise, y: noise }),
  ),
  boosting(
    'huge and tiny numbers',
    made(400, {
      x: (_, random) => 1e99 * random.normal(),
      z: (_, random) => 1e-99 * random.normal(),
      y: (_, random) => 1e12 * random.normal(),
    }),
  ),
  boosting('counts, all zero but a few', made(900, { x: noise, y: (row) => (row % 100 === 0 ? 3 : 0) }), {
    objective: 'poisson',
  }),
  boosting(
    'amounts with zeros',
    made(900, { x: noise, y: (_, random) => (random.next() < 0.7 ? 0 : Math.exp(3 * random.normal())) }),
    { objective: 'tweedie' },
  ),
  boosting('quantile .99', made(900, { x: noise, y: noise }), { objective: 'quantile', level: 0.99 }),
  boosting('60,000 rows in 4 s', made(60_000, { ...wide(15, noise), y: noise }), {}, 4 * seconds),
  boosting(
    '20 classes in 3 s',
    made(20_000, { ...wide(10, noise), y: (row) => `class ${String(row % 20)}` }),
    {},
    3 * seconds,
  ),
  glm('1 column', made(100, { x: noise, y: noise }), { family: 'gaussian' }),
  glm(
    'more columns than rows',
    made(60, { ...wide(100, noise), y: noise }),
    { family: 'gaussian', lambda: 'auto', alpha: 1 },
    20 * seconds,
  ),
  glm('columns that are sums of others', made(200, { a: (row) => row, b: (row) => 2 * row, y: noise }), {
    family: 'gaussian',
  }),
  glm('separated classes', made(100, { x: (row) => row, y: (row) => (row < 50 ? 0 : 1) }), {
    family: 'binomial',
    lambda: 'auto',
  }),
  glm('all categorical', made(500, { a: word(4), b: word(30), y: (_, random) => (random.next() < 0.3 ? 1 : 0) }), {
    family: 'binomial',
    lambda: 'auto',
  }),
  glm('counts, nearly all zero', made(2000, { x: noise, y: (row) => (row % 500 === 0 ? 1 : 0) }), {
    family: 'poisson',
    lambda: 'auto',
  }),
  glm('amounts over ten decades', made(500, { x: noise, y: (_, random) => 10 ** (10 * random.next() - 5) }), {
    family: 'gamma',
  }),
  glm(
    'amounts with zeros',
    made(900, { x: noise, y: (_, random) => (random.next() < 0.7 ? 0 : Math.exp(random.normal())) }),
    { family: 'tweedie' },
  ),
  glm(
    '20,000 rows, 60 columns',
    made(20_000, { ...wide(60, noise), y: noise }),
    { family: 'gaussian', lambda: 'auto' },
    30 * seconds,
  ),
  glm(
    '20,000 rows, 60 columns in 3 s',
    made(20_000, { ...wide(60, noise), y: (_, random) => (random.next() < 0.3 ? 1 : 0) }),
    { family: 'binomial', lambda: 'auto' },
    3 * seconds,
  ),
]
