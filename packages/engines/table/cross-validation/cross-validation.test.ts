import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { crossValidate, fitBoosting, fitGlm, permutationImportance } from '../index.ts'
import { groupFolds, randomFolds, timeFolds } from './folds.ts'

const random = createRandom(4)
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row)

describe('folds', () => {
  it('test each row once and never learn from it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 80 }), fc.integer({ min: 2, max: 4 }), (rows, folds) => {
        const made = randomFolds(rows, folds, null, 1)
        expect(made.flatMap(({ test }) => [...test]).toSorted((a, b) => a - b)).toEqual(range(rows))
        for (const { train, test } of made) expect([...train, ...test].toSorted((a, b) => a - b)).toEqual(range(rows))
      }),
    )
  })

  it('have equally many of each class', () => {
    const strata = range(100).map((row) => (row < 20 ? 1 : 0))
    for (const { test } of randomFolds(100, 5, strata, 3)) expect([...test].filter((row) => row < 20)).toHaveLength(4)
  })

  it('keep groups together', () => {
    const groups = range(60).map((row) => (row * 7) % 11)
    for (const { train, test } of groupFolds(groups, 3)) {
      const seen = new Set([...train].map((row) => groups[row]))
      for (const row of test) expect(seen.has(groups[row])).toBe(false)
    }
    expect(() => groupFolds([1, 1, 2], 3)).toThrow('2 groups for 3 folds')
  })

  it('learn from the past only, and keep one moment together', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 60 }), (times) => {
        fc.pre(new Set(times).size > 1)
        for (const { train, test } of timeFolds(Float64Array.from(times), 3))
          expect(Math.max(...[...train].map((row) => times[row]!))).toBeLessThan(
            Math.min(...[...test].map((row) => times[row]!)),
          )
      }),
    )
  })
})

describe('cross-validation', () => {
  const x = range(240).map(() => random.normal())
  const y = x.map((each) => 2 * each + random.normal() / 4)
  const who = range(240).map((row) => `p${String(row % 12)}`)

  it('scores a way of fitting on rows it has not seen', () => {
    const options = { target: 'y', family: 'gaussian' } as const
    const { folds, predictions } = crossValidate(
      { x, y, who },
      { model: { kind: 'glm', options }, folding: { group: 'who' } },
    )
    expect(folds).toHaveLength(5)
    for (const { scores } of folds) expect(scores.kind === 'numbers' && scores.rSquared).toBeGreaterThan(0.95)
    predictions.forEach((value, row) => expect(Math.abs(value! - y[row]!)).toBeLessThan(1.5))
  })

  it('leaves the first rows in time untested', () => {
    const table = { x, y, day: range(240) }
    const options = { target: 'y', rounds: 40, earlyStopping: false } as const
    const { predictions } = crossValidate(table, {
      model: { kind: 'boosting', options },
      folding: { time: 'day', folds: 3 },
    })
    expect(predictions.map((value) => value === null)).toEqual(range(240).map((row) => row < 60))
  })

  it('finds nothing in noise, whatever the model saw', () => {
    const noise = range(240).map(() => (random.next() < 0.5 ? 'a' : 'b'))
    const options = { target: 'noise', rounds: 100, earlyStopping: false } as const
    const { folds } = crossValidate({ x, noise }, { model: { kind: 'boosting', options } })
    const auc = folds.map(({ scores }) => (scores.kind === 'classes' ? scores.binary!.rocAuc! : 0))
    expect(Math.abs(auc.reduce((sum, each) => sum + each, 0) / 5 - 0.5)).toBeLessThan(0.12)
  })
})

describe('permutation importance', () => {
  const a = range(300).map(() => random.normal())
  const b = range(300).map(() => random.normal())
  const table = { a, b, nothing: range(300).map(() => random.normal()), y: a.map((each, row) => 3 * each + b[row]!) }

  it.each([
    ['boosting', fitBoosting(table, { target: 'y', rounds: 80, earlyStopping: false })],
    ['a linear model', fitGlm(table, { target: 'y', family: 'gaussian' })],
  ])('puts columns in the order in which they matter to %s', (_name, model) => {
    const found = permutationImportance(model, table)
    expect(found.features.map(({ feature }) => feature)).toEqual(['a', 'b', 'nothing'])
    expect(found.features[0]!.increase).toBeGreaterThan(2 * found.features[1]!.increase)
    expect(found).toEqual(permutationImportance(model, table))
  })
})
