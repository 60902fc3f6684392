import { describe, expect, it, vi } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { applyBoosting, crossValidate, explainBoosting, fitBoosting, permutationImportance } from '../index.ts'

// Seconds on a busy machine; milliseconds else.
vi.setConfig({ testTimeout: 30_000 })

const random = createRandom(33)
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row)
const x = range(800).map(() => random.normal())
const options = { target: 'y', rounds: 40, earlyStopping: false } as const

const values = (prediction: ReturnType<typeof applyBoosting>) => {
  if (prediction.kind !== 'number') throw new Error('not a number')
  return prediction.value
}

describe('units and weights', () => {
  it('amounts in another currency give the same trees (tweedie)', () => {
    const amounts = x.map((each) => (random.next() < 0.5 ? 0 : Math.exp(each) * random.next()))
    const [euros, cents] = [1, 100].map((factor) => {
      const table = { x, y: amounts.map((each) => each * factor) }
      return values(applyBoosting(fitBoosting(table, { ...options, objective: 'tweedie' }), table))
    })
    cents!.forEach((value, row) => expect(value / 100 / euros![row]!).toBeCloseTo(1, 6))
  })

  it('rates per second and per day with their exposure give the same counts (poisson)', () => {
    const counts = x.map((each) => Math.round(4 * Math.exp(each / 2) * random.next()))
    const [days, seconds] = [1, 86_400].map((exposure) => {
      const table = { x, y: counts.map((each) => each / exposure), exposure: x.map(() => exposure) }
      const model = fitBoosting(table, { ...options, objective: 'poisson', weight: 'exposure' })
      return values(applyBoosting(model, table)).map((rate) => rate * exposure)
    })
    seconds!.forEach((value, row) => expect(value / days![row]!).toBeCloseTo(1, 6))
    expect(Math.max(...days!)).toBeGreaterThan(2 * Math.min(...days!))
  })

  it.each(['poisson', 'gamma'] as const)('a heavy tail does not blow up the steps of %s', (objective) => {
    const y = x.map(() => {
      const amount = Math.exp(3 * random.normal() + 4)
      return objective === 'gamma' ? amount : random.next() < 0.9 ? 0 : Math.round(amount)
    })
    const hint = y.map((each) => Math.log1p(each) + 0.3 * random.normal())
    const model = fitBoosting({ hint, y }, { target: 'y', objective })
    expect(model.trees.length).toBeGreaterThan(20)
    const predicted = values(applyBoosting(model, { hint: [1, 4, 8] }))
    expect(predicted[2]! / predicted[0]!).toBeGreaterThan(50)
    expect(predicted[2]!).toBeLessThan(1e6)
  })

  it('rows without weight are not learnt from, fill no leaf and leave every share a number', () => {
    const y = x.map((each) => each + random.normal() / 10)
    const weight = x.map((_, row) => (row < 100 ? 1 : 0))
    const table = { x, y: y.map((each, row) => (row < 100 ? each : -1e6)), weight }
    const model = fitBoosting(table, { target: 'y', weight: 'weight' })
    const { base, contributions } = explainBoosting(model, table).outputs[0]!
    expect(Number.isFinite(base)).toBe(true)
    expect(contributions.flat().every(Number.isFinite)).toBe(true)
    expect(Math.min(...values(applyBoosting(model, table)))).toBeGreaterThan(-10)
    const few = x.map((_, row) => (row < 3 ? 1 : 0))
    expect(() => fitBoosting({ x, y, few }, { target: 'y', weight: 'few' })).toThrow('few: leaves 3 rows')
  })
})

describe('what a reader is told', () => {
  it('that rare categories count as missing', () => {
    const c = range(800).map((row) => `category ${String(row % 300)}`)
    const { warnings } = fitBoosting({ c, y: x }, options).provenance
    expect(warnings).toEqual([
      { code: 'rare-categories', message: 'c has more than 255 categories; the 45 rarest count as missing.' },
    ])
  })

  it('nothing of a feature that was never shuffled', () => {
    const table = { x, y: x }
    const found = permutationImportance(fitBoosting(table, options), table, { maxMillis: 0 })
    expect(found.features).toEqual([])
    expect(found.provenance.warnings[0]!.message).toContain('nothing is known of it')
  })
})

it('a column that only groups the rows of the inner folds is no feature of cross-validation', () => {
  const errors = ['g', 'h'].map((group) => {
    const table = { [group]: range(800).map((row) => row % 8), x, y: x.map((each, row) => each + (row % 8)) }
    const inner = { target: 'y', rounds: 10, ...(group === 'g' ? { earlyStopping: { group: 'g' } } : {}) }
    const { folds } = crossValidate(table, { model: { kind: 'boosting', options: inner }, folding: { folds: 2 } })
    return folds.map(({ scores }) => (scores.kind === 'numbers' ? scores.rootMeanSquaredError : 0))
  })
  expect(Math.min(...errors[0]!)).toBeGreaterThan(1.1 * Math.max(...errors[1]!))
})
