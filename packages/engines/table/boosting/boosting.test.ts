import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import { createPool } from '../../pool/index.ts'
import {
  applyBoosting,
  type BoostingOptions,
  evaluateBoosting,
  explainBoosting,
  fitBoosting,
  gainImportance,
  loadBoosting,
  saveBoosting,
  scoreBoosting,
  type Table,
} from '../index.ts'

// Seconds on a busy machine; milliseconds else.
vi.setConfig({ testTimeout: 30_000 })

const random = createRandom(11)
const uniform = (rows: number) => Array.from({ length: rows }, () => random.next() * 2 - 1)
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row)
const quick = { rounds: 60, earlyStopping: false, settings: { minRows: 5 } } as const

/** A target that no single feature tells: the sign of a product. */
function signs(rows: number) {
  const [a, b, noise] = [uniform(rows), uniform(rows), uniform(rows)]
  return { a, b, noise, same: a.map((each, row) => (each * b[row]! > 0 ? 'yes' : 'no')) }
}

/** A machine that fails when the product of speed and torque is too large. */
function machines(rows: number) {
  const [speed, torque, noise] = [uniform(rows), uniform(rows), uniform(rows)].map((each) => each.map((x) => x + 3))
  return { speed: speed!, torque: torque!, noise: noise!, fails: speed!.map((x, row) => x * torque![row]! > 11) }
}

const numbers = (table: Table, options: BoostingOptions) => {
  const predicted = applyBoosting(fitBoosting(table, options), table)
  if (predicted.kind !== 'number') throw new Error('not a number')
  return predicted.value
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('boosting learns', () => {
  it('classes that only an interaction tells, with probabilities for new rows', () => {
    const model = fitBoosting(signs(1500), { target: 'same', rounds: 150 })
    const scores = evaluateBoosting(model, signs(800))
    expect(model.classes).toEqual(['no', 'yes'])
    expect(scores.kind === 'classes' && scores.binary?.rocAuc).toBeGreaterThan(0.97)
    expect(gainImportance(model)[2]?.feature).toBe('noise')
  })

  it('several classes, with probabilities that sum to 1', () => {
    const x = uniform(900)
    const table = { x, colour: x.map((each) => (each < -0.3 ? 'red' : each < 0.4 ? 'green' : 'blue')) }
    const predicted = applyBoosting(fitBoosting(table, { target: 'colour', ...quick }), table)
    if (predicted.kind !== 'multiclass') throw new Error('not classes')
    expect(predicted.classes).toEqual(['blue', 'green', 'red'])
    for (const each of predicted.probabilities) expect(each.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
    expect(mean(predicted.label.map((label, row) => (label === table.colour[row] ? 1 : 0)))).toBeGreaterThan(0.99)
  })

  it('categories, more than can be told apart by their order', () => {
    const city = range(4000).map((row) => `city ${String(row % 300)}`)
    const table = { city, y: range(4000).map((row) => (((row % 300) * 7919) % 300 < 150 ? 10 : 0)) }
    const predicted = numbers(table, { target: 'y', ...quick, rounds: 200 })
    const wrong = predicted.filter((value, row) => Math.abs(value - table.y[row]!) > 3).length
    // Of 300 categories 255 have a bin; the other 45 are one.
    expect(wrong).toBeLessThan(0.16 * 4000)
  })

  it('from values that are missing: that they are missing can be all that tells', () => {
    const y = range(600).map((row) => (row % 3 === 0 ? 5 : 1))
    const table = { x: y.map((each) => (each === 5 ? null : random.next())), y }
    numbers(table, { target: 'y', ...quick, rounds: 150 }).forEach((value, row) => {
      expect(value).toBeCloseTo(y[row]!, 1)
    })
  })

  it.each(['poisson', 'gamma', 'tweedie', 'squared'] as const)(
    'amounts (%s) whose mean is what was there',
    (objective) => {
      const x = uniform(800)
      const y = x.map((each) => Math.round(10 * Math.exp(each) * (0.5 + random.next())) + 1)
      const predicted = numbers({ x, y }, { target: 'y', objective, ...quick })
      // Gamma and Tweedie with a log link balance y / mean, not the sums.
      expect(Math.abs(mean(predicted) / mean(y) - 1)).toBeLessThan(0.03)
      expect(Math.min(...predicted)).toBeGreaterThan(0)
    },
  )

  it('quantiles that so many rows lie below', () => {
    const x = uniform(2000)
    const y = x.map((each) => each + random.normal() * (1 + each))
    for (const level of [0.1, 0.5, 0.9]) {
      const predicted = numbers(
        { x, y },
        { target: 'y', objective: 'quantile', level, ...quick, settings: { minRows: 100 } },
      )
      expect(Math.abs(mean(predicted.map((value, row) => (y[row]! <= value ? 1 : 0))) - level)).toBeLessThan(0.03)
    }
  })

  it('weights as if rows were there so many times', () => {
    const x = range(300).map((row) => row % 7)
    const y = x.map((each) => each * each + random.next())
    const weight = x.map((_, row) => 1 + (row % 3))
    const repeat = (values: number[]) => values.flatMap((value, row) => Array<number>(weight[row]!).fill(value))
    const settings = { rowShare: 1, columnShare: 1, minRows: 1, l2: 0 }
    const weighted = fitBoosting({ x, y, weight }, { target: 'y', weight: 'weight', ...quick, settings })
    const repeated = fitBoosting({ x: repeat(x), y: repeat(y) }, { target: 'y', ...quick, settings })
    const probe = { x: range(7) }
    const [a, b] = [scoreBoosting(weighted, probe), scoreBoosting(repeated, probe)]
    a.forEach((value, row) => expect(value).toBeCloseTo(b[row]!, 8))
  })

  it('the mean of each leaf, when one tree is kept in full', () => {
    const table = { x: [...Array<number>(10).fill(0), ...Array<number>(10).fill(1)], y: range(20).map((row) => row) }
    const settings = { learningRate: 1, l2: 0, minRows: 1, rowShare: 1, columnShare: 1 }
    const value = numbers(table, { target: 'y', rounds: 1, earlyStopping: false, settings })
    expect(value[0]).toBeCloseTo(4.5, 9)
    expect(value[19]).toBeCloseTo(14.5, 9)
  })

  it('a threshold on a product, when interactions are tried, and explains it by its columns', () => {
    const [table, fresh] = [machines(800), machines(2000)]
    const options = { target: 'fails', rounds: 40, settings: { learningRate: 0.15 } } as const
    const lossOf = (interactions: boolean) => {
      const scores = evaluateBoosting(fitBoosting(table, { ...options, interactions }), fresh)
      return scores.kind === 'classes' ? scores.logLoss : Infinity
    }
    expect(lossOf(true)).toBeLessThan(0.7 * lossOf(false))
    const model = fitBoosting(table, { ...options, interactions: true })
    const [output] = explainBoosting(model, fresh, { maxMillis: 200 }).outputs
    expect(output!.contributions[0]).toHaveLength(3)
    const scores = scoreBoosting(loadBoosting(JSON.parse(JSON.stringify(saveBoosting(model)))), fresh)
    output!.contributions.forEach((each, row) =>
      expect(output!.base + each.reduce((sum, part) => sum + part, 0)).toBeCloseTo(scores[row]!, 8),
    )
    expect(() => fitBoosting(table, { target: 'fails', interactions: true, earlyStopping: false })).toThrow(
      'interactions: needs',
    )
  })

  it('the same in any unit: predictions follow the scale of the target, and not that of a feature or of weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), (a, b) => {
        const [x, w] = [range(60).map((row) => Math.sin(row)), range(60).map((row) => 1 + (row % 4))]
        const y = x.map((each, row) => each * 3 + (row % 5))
        const fit = (c: number, d: number, e: number) => {
          const table = { x: x.map((each) => each * c), y: y.map((each) => each * d), w: w.map((each) => each * e) }
          return numbers(table, { target: 'y', weight: 'w', ...quick, rounds: 10 })
        }
        // Powers of two are exact.
        expect(fit(2 ** b, 2 ** a, 2 ** b).map((each) => each / 2 ** a)).toEqual(fit(1, 1, 1))
      }),
      { numRuns: 20 },
    )
  })

  it('nothing from noise: the rounds are few and the model says so', () => {
    const model = fitBoosting({ x: uniform(400), y: uniform(400) }, { target: 'y' })
    expect(model.validation.rounds).toBeLessThan(15)
  })
})

describe('monotone constraints', () => {
  it('hold everywhere, whatever the data say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom('increasing' as const, 'decreasing' as const),
        (seed, direction) => {
          const draw = createRandom(seed)
          const table = Object.fromEntries(['x', 'z', 'y'].map((name) => [name, range(200).map(() => draw.normal())]))
          const model = fitBoosting(table, { target: 'y', monotone: { x: direction }, ...quick, rounds: 30, seed })
          for (const z of [-1, 0, 1]) {
            const along = scoreBoosting(model, {
              x: range(60).map((at) => (at - 30) / 8),
              z: Array<number>(60).fill(z),
            })
            for (let at = 1; at < 60; at++)
              expect((along[at]! - along[at - 1]!) * (direction === 'increasing' ? 1 : -1)).toBeGreaterThanOrEqual(
                -1e-12,
              )
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('explanations', () => {
  it('sum to the score, and leave out what was not used', () => {
    const table = { ...signs(500), constant: Array<number>(500).fill(3) }
    const model = fitBoosting(table, { target: 'same', ...quick })
    const [output] = explainBoosting(model, table).outputs
    const scores = scoreBoosting(model, table)
    output!.contributions.forEach((each, row) => {
      expect(output!.base + each.reduce((sum, part) => sum + part, 0)).toBeCloseTo(scores[row]!, 8)
      expect(each[3]).toBe(0)
    })
  })

  it('share an additive effect and an interaction as Shapley demands', () => {
    // All four corners equally often: the values are known in closed form.
    const rows = range(400)
    const table = {
      a: rows.map((row) => row & 1),
      b: rows.map((row) => (row >> 1) & 1),
      y: rows.map((row) => 4 * (row & 1) + 2 * (row & (row >> 1) & 1)),
    }
    const settings = { learningRate: 1, l2: 0, minRows: 1, rowShare: 1, columnShare: 1 }
    const model = fitBoosting(table, { target: 'y', rounds: 1, earlyStopping: false, settings })
    const [output] = explainBoosting(model, { a: [1, 0], b: [1, 1] }).outputs
    expect(output!.base).toBeCloseTo(2.5, 9)
    // f(1,1) = 6; E[f|a=1] = 5; E[f|b=1] = 3; E[f] = 2.5.
    expect(output!.contributions[0]![0]).toBeCloseTo((5 - 2.5 + (6 - 3)) / 2, 9)
    expect(output!.contributions[0]![1]).toBeCloseTo((3 - 2.5 + (6 - 5)) / 2, 9)
    // f(0,1) = 0; E[f|a=0] = 0.
    expect(output!.contributions[1]![0]).toBeCloseTo((0 - 2.5 + (0 - 3)) / 2, 9)
    expect(output!.contributions[1]![1]).toBeCloseTo((3 - 2.5 + (0 - 0)) / 2, 9)
  })
})

describe('a model', () => {
  const table = { ...signs(300), kind: range(300).map((row) => (row % 5 === 0 ? null : `k${String(row % 4)}`)) }

  it('is the same bytes for the same seed and input, and another for another seed', () => {
    const [a, b, c] = [3, 3, 4].map((seed) =>
      JSON.stringify(saveBoosting(fitBoosting(table, { target: 'same', ...quick, seed }))),
    )
    expect(a).toBe(b)
    expect(a).not.toBe(c)
  })

  it('is the same bytes however many workers there are, and tells how far it is', async () => {
    const here = JSON.stringify(saveBoosting(fitBoosting(table, { target: 'same', rounds: 15 })))
    const told: number[] = []
    for (const size of [1, 2]) {
      const pool = createPool({ size })
      const onProgress = (share: number) => told.push(share)
      const url = new URL('../index.ts', import.meta.url)
      const models = await Promise.all(
        range(size).map(() =>
          pool.run<typeof fitBoosting>(url, 'fitBoosting', [table], { target: 'same', rounds: 15, onProgress }),
        ),
      )
      for (const model of models) expect(JSON.stringify(saveBoosting(model))).toBe(here)
      await pool.close()
    }
    expect(Math.min(...told)).toBeGreaterThan(0)
    expect(Math.max(...told)).toBe(1)
  })

  it('predicts the same when it is read back from JSON', () => {
    const model = fitBoosting(table, { target: 'same', ...quick })
    const back = loadBoosting(JSON.parse(JSON.stringify(saveBoosting(model))))
    expect(scoreBoosting(back, table)).toEqual(scoreBoosting(model, table))
    expect(applyBoosting(back, table)).toEqual(applyBoosting(model, table))
  })

  it('is refused when it is damaged', () => {
    const saved = JSON.parse(JSON.stringify(saveBoosting(fitBoosting(table, { target: 'same', ...quick }))))
    saved.contents.trees[0].left[0] = 0
    expect(() => loadBoosting(saved)).toThrow('does not hold together')
    saved.contents.trees = 'none'
    expect(() => loadBoosting(saved)).toThrow('damaged at trees')
  })

  it('takes categories it has not seen as missing', () => {
    const model = fitBoosting(table, { target: 'same', ...quick })
    const row = { a: [0.5], b: [0.2], noise: [0] }
    expect(scoreBoosting(model, { ...row, kind: ['new'] })).toEqual(scoreBoosting(model, { ...row, kind: [null] }))
  })

  it('has time for all rows when the limit ends the search', () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1))
    const model = fitBoosting(table, { target: 'same', maxMillis: 100 })
    vi.restoreAllMocks()
    expect(model.provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
    expect(model.validation.rounds).toBeGreaterThan(5)
    expect(model.validation.rounds).toBeLessThan(100)
  })

  it('is returned at the time limit, with a warning', () => {
    const model = fitBoosting(table, { target: 'same', maxMillis: 0 })
    expect(model.provenance.warnings.map(({ code }) => code)).toContain('time-limit')
    expect(() => fitBoosting(table, { target: 'same', signal: AbortSignal.abort(new Error('stopped')) })).toThrow(
      'stopped',
    )
  })
})

it('scores many rows as it scores few', () => {
  const few = { ...signs(300), kind: range(300).map((row) => (row % 5 === 0 ? null : `k${String(row % 4)}`)) }
  const model = fitBoosting(few, { target: 'same', ...quick })
  const many = Object.fromEntries(
    Object.entries(few).map(([name, values]) => [name, Array.from({ length: 20 }, () => values).flat()]),
  )
  expect(scoreBoosting(model, many).slice(0, 300)).toEqual(scoreBoosting(model, few))
})

describe('input that cannot be learnt from is refused, by field and row', () => {
  const x = range(20)
  const y = x.map((each) => each % 5)
  const cases: [string, Table, BoostingOptions, string, number | null][] = [
    ['NaN', { x: x.with(3, Number.NaN), y }, { target: 'y' }, 'x', 3],
    ['infinity', { x, y: y.with(7, Infinity) }, { target: 'y' }, 'y', 7],
    ['infinity in floats', { x: Float64Array.from(x).with(2, -Infinity), y }, { target: 'y' }, 'x', 2],
    ['a number too large', { x: x.with(4, 1e200), y }, { target: 'y' }, 'x', 4],
    ['mixed types', { x: [...x.slice(1), 'nine'], y }, { target: 'y' }, 'x', 19],
    ['no columns', {}, { target: 'y' }, 'table', null],
    ['no rows', { x: [], y: [] }, { target: 'y' }, 'table', null],
    ['one row', { x: [1], y: [2] }, { target: 'y' }, 'table', null],
    ['lengths', { x: [1], y }, { target: 'y' }, 'y', null],
    ['constant target', { x, y: x.map(() => 4) }, { target: 'y' }, 'y', null],
    ['missing target', { x, y: [null, ...y.slice(1)] }, { target: 'y' }, 'y', 0],
    ['negative amounts', { x, y: y.with(5, -1) }, { target: 'y', objective: 'poisson' }, 'y', 5],
    ['zero for gamma', { x, y }, { target: 'y', objective: 'gamma' }, 'y', 0],
    ['unknown target', { x, y }, { target: 'z' }, 'z', null],
    ['prototype name', { x, y }, { target: 'constructor' }, 'constructor', null],
    ['unknown feature', { x, y }, { target: 'y', features: ['q'] }, 'q', null],
    ['feature twice', { x, y }, { target: 'y', features: ['x', 'x'] }, 'features', null],
    ['target as feature', { x, y }, { target: 'y', features: ['y'] }, 'features', null],
    ['negative weight', { x, y, w: x.map((each) => each - 1) }, { target: 'y', weight: 'w' }, 'w', 0],
    ['bad option', { x, y }, { target: 'y', settings: { leaves: 1 } }, 'settings.leaves', null],
    ['monotone category', { x: x.map(String), y }, { target: 'y', monotone: { x: 'increasing' } }, 'x', null],
    ['too many classes', { x, y: y.map(String) }, { target: 'y', objective: 'binary' }, 'y', null],
    ['group missing', { x, y, g: [null, ...x.slice(1)] }, { target: 'y', earlyStopping: { group: 'g' } }, 'g', 0],
  ]
  it.each(cases)('%s', (_name, table, options, field, row) => {
    let thrown: unknown
    try {
      fitBoosting(table, options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(EngineInputError)
    expect(thrown).toHaveProperty('faults.0.field', field)
    expect(thrown).toHaveProperty('faults.0.row', row)
  })

  it('and so is a table of another kind when a model is applied', () => {
    const model = fitBoosting({ x, y }, { target: 'y' })
    expect(() => applyBoosting(model, { x: ['a'] })).toThrow('was numeric in training')
    expect(() => applyBoosting(model, { y })).toThrow('x: is not a column')
  })
})
