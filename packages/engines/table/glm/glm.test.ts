import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, startWork } from '../../contract/index.ts'
import { applyGlm, evaluateGlm, explainGlm, fitGlm, loadGlm, saveGlm } from '../index.ts'
import { familyOf } from './families.ts'
import { fitIrls } from './irls.ts'
import { createPathFit } from './path-fit.ts'
import { penaltyPath } from './penalty-path.ts'
import { standardise } from './standardise.ts'
import { sigmoid } from '../../numerics/index.ts'

const random = createRandom(5)
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row)

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const codes = (options: Parameters<typeof fitGlm>[1], table: Parameters<typeof fitGlm>[0]) =>
  fitGlm(table, options).provenance.warnings.map(({ code }) => code)

describe('a generalised linear model', () => {
  it('a row without weight is not there', () => {
    const x = range(60).map(() => random.normal())
    const y = x.map((each) => 2 * each + random.normal())
    const weight = range(60).map((row) => (row < 40 ? 1 : 0))
    const weighted = fitGlm({ x, y, weight }, { target: 'y', family: 'gaussian', weight: 'weight' })
    const fewer = fitGlm({ x: x.slice(0, 40), y: y.slice(0, 40) }, { target: 'y', family: 'gaussian' })
    expect(weighted.fit.degreesOfFreedom).toBe(38)
    expect(weighted.terms[0]!.standardError).toBeCloseTo(fewer.terms[0]!.standardError!, 12)
    expect(weighted.terms[0]!.pValue! / fewer.terms[0]!.pValue!).toBeCloseTo(1, 9)
  })

  it('refuses a column that is named twice', () => {
    expect(() =>
      fitGlm({ x: [1, 2, 4], y: [1, 3, 2] }, { target: 'y', family: 'gaussian', features: ['x', 'x'] }),
    ).toThrow('features: names a column twice')
  })

  it('a time limit in a later fold keeps what the finished folds said of the penalty', () => {
    const values = Float64Array.from({ length: 10 }, (_, row) => row - 4.5)
    const design = { rows: 10, terms: [{ feature: 'x', level: null, source: 0 }], values }
    const all = Uint32Array.from(values.keys())
    const folds = [0, 1].map(() => ({ train: all, test: all }))
    const chosen = (mostFits: number) => {
      let fits = 0
      const progress = () => void fits++
      const work = { ...startWork(), progress, expired: () => fits >= mostFits }
      return penaltyPath(design, values, null, null, familyOf('gaussian', 0), 1, folds, work)
    }
    expect(chosen(Infinity)).toEqual({ lambda: expect.any(Number), cut: false })
    expect(chosen(Infinity).lambda).toBeLessThan(1)
    expect(chosen(63)).toEqual({ ...chosen(Infinity), cut: true })
    expect(chosen(1).lambda).toBeGreaterThan(1)
  })

  it('along the path is what a fit of all terms at once is, though most terms are left out', () => {
    const random = createRandom(3)
    const [rows, terms] = [120, 40]
    const { design } = standardise(
      {
        rows,
        terms: range(terms).map((source) => ({ feature: String(source), level: null, source })),
        values: Float64Array.from({ length: rows * terms }, () => random.normal()),
      },
      null,
    )
    const eta = (row: number) => design.values[row]! - 0.5 * design.values[3 * rows + row]!
    const target = Float64Array.from({ length: rows }, (_, row) => (random.next() < sigmoid(eta(row)) ? 1 : 0))
    const all = Uint32Array.from({ length: rows }, (_, row) => row)
    const family = familyOf('binomial', 0)
    for (const alpha of [1, 0.5, 0]) {
      const fit = createPathFit(design, target, null, null, all, family, alpha, startWork())
      for (const lambda of [0.2, 0.1, 0.05, 0.01, 0.001]) {
        const { coefficients } = fit(lambda)
        const whole = fitIrls(design, target, null, null, all, family, { lambda, alpha }, null, startWork())
        for (const [k, each] of whole.coefficients.entries()) expect(coefficients[k]).toBeCloseTo(each, 3)
      }
    }
  })

  it('is least squares for a gaussian target (heights and weights of The World Almanac, 1975; R: lm(weight ~ height))', () => {
    const weight = [115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164]
    const table = { height: range(15).map((row) => 58 + row), weight }
    const { intercept, terms, fit } = fitGlm(table, { target: 'weight', family: 'gaussian' })
    expect(intercept.coefficient).toBeCloseTo(-87.51667, 5)
    expect(intercept.standardError).toBeCloseTo(5.93694, 5)
    expect(terms[0]!.coefficient).toBeCloseTo(3.45, 9)
    expect(terms[0]!.standardError).toBeCloseTo(0.09114, 5)
    expect(terms[0]!.pValue! * 1e14).toBeCloseTo(1.09, 2)
    expect(Math.sqrt(fit.dispersion)).toBeCloseTo(1.525, 3)
  })

  it('gives the figures of Dobson (1990) for counts in a randomised trial', () => {
    const table = {
      counts: [18, 17, 15, 20, 10, 20, 25, 13, 12],
      outcome: range(9).map((row) => String((row % 3) + 1)),
      treatment: range(9).map((row) => String(Math.floor(row / 3) + 1)),
    }
    const { intercept, terms, fit } = fitGlm(table, { target: 'counts', family: 'poisson' })
    expect(intercept.coefficient).toBeCloseTo(3.045, 3)
    expect(intercept.standardError).toBeCloseTo(0.1709, 4)
    const [two, three, second] = terms
    expect(two).toMatchObject({ feature: 'outcome', level: '2' })
    expect(two!.coefficient).toBeCloseTo(-0.4543, 4)
    expect(two!.standardError).toBeCloseTo(0.2022, 4)
    expect(two!.pValue).toBeCloseTo(0.0246, 4)
    expect(three!.coefficient).toBeCloseTo(-0.293, 3)
    expect(three!.standardError).toBeCloseTo(0.1927, 4)
    expect(second!.coefficient).toBeCloseTo(0, 9)
    expect(fit.deviance).toBeCloseTo(5.1291, 4)
    expect(fit.nullDeviance).toBeCloseTo(10.5814, 4)
    expect(fit.degreesOfFreedom).toBe(4)
  })

  it('finds the log odds ratio of a two-by-two table, with its standard error', () => {
    const cells = [
      ['treated', 'yes', 30],
      ['treated', 'no', 20],
      ['control', 'yes', 12],
      ['control', 'no', 48],
    ] as const
    const column = (at: 0 | 1) => cells.flatMap((cell) => Array<string>(cell[2]).fill(cell[at]))
    const { terms } = fitGlm({ arm: column(0), answer: column(1) }, { target: 'answer', family: 'binomial' })
    expect(terms[0]!.coefficient).toBeCloseTo(Math.log((30 * 48) / (20 * 12)), 8)
    expect(terms[0]!.relativity).toBeCloseTo(6, 7)
    expect(terms[0]!.standardError).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 20 + 1 / 12 + 1 / 48), 8)
  })

  it.each(['poisson', 'gamma', 'tweedie'] as const)('gives the means of groups (%s)', (family) => {
    const table = { group: range(60).map((row) => (row < 40 ? 'a' : 'b')), y: range(60).map((row) => 1 + (row % 7)) }
    const of = (name: string) => table.y.filter((_, row) => table.group[row] === name)
    const { value } = applyGlm(fitGlm(table, { target: 'y', family }), { group: ['a', 'b'] })
    expect(value[0]).toBeCloseTo(mean(of('a')), 7)
    expect(value[1]).toBeCloseTo(mean(of('b')), 7)
  })

  it('counts a row as often as its weight says', () => {
    const table = { x: [1, 2, 3, 4, 5, 6], y: [2, 3, 5, 4, 7, 6], w: [1, 2, 1, 3, 1, 2] }
    const repeat = (values: number[]) => values.flatMap((value, row) => Array<number>(table.w[row]!).fill(value))
    const weighted = fitGlm(table, { target: 'y', family: 'gamma', weight: 'w' })
    const repeated = fitGlm({ x: repeat(table.x), y: repeat(table.y) }, { target: 'y', family: 'gamma' })
    expect(weighted.terms[0]!.coefficient).toBeCloseTo(repeated.terms[0]!.coefficient, 9)
    expect(weighted.fit.deviance).toBeCloseTo(repeated.fit.deviance, 9)
  })

  it('chooses the penalty by groups that are left out, and by time', () => {
    const x = range(90).map((row) => Math.sin(row))
    const table = { x, y: x.map((each, row) => each + (row % 3)), g: range(90).map((row) => row % 9), t: range(90) }
    const lambda = (folding: { group?: string; time?: string }) =>
      fitGlm(table, {
        target: 'y',
        features: ['x'],
        family: 'gaussian',
        lambda: 'auto',
        folding: { folds: 3, ...folding },
      }).penalty.lambda
    expect(new Set([lambda({}), lambda({ group: 'g' }), lambda({ time: 't' })]).size).toBeGreaterThan(1)
  })

  it('takes exposure into account: claims per year at risk', () => {
    const table = {
      years: [0.5, 1, 2, 0.5, 1, 3],
      zone: ['n', 'n', 'n', 's', 's', 's'],
      claims: [1, 0, 2, 2, 1, 5],
    }
    const model = fitGlm(table, { target: 'claims', family: 'poisson', exposure: 'years' })
    const { value } = applyGlm(model, { years: [1, 2], zone: ['n', 's'] })
    expect(value[0]).toBeCloseTo(3 / 3.5, 8)
    expect(value[1]).toBeCloseTo((2 * 8) / 4.5, 8)
  })

  it('shrinks as the lasso and ridge do in closed form when there is one term', () => {
    const x = [-1, 1, -1, 1]
    const table = { x, y: [-3, 2, -2, 3] }
    const coefficient = (lambda: number, alpha: number) =>
      fitGlm(table, { target: 'y', family: 'gaussian', lambda, alpha }).terms[0]!.coefficient
    expect(coefficient(0.7, 1)).toBeCloseTo(2.5 - 0.7, 9)
    expect(coefficient(0.7, 0)).toBeCloseTo(2.5 / 1.7, 9)
    expect(coefficient(0.7, 0.5)).toBeCloseTo((2.5 - 0.35) / 1.35, 9)
    expect(coefficient(3, 1)).toBe(0)
  })

  it('chooses a penalty that leaves what matters', () => {
    const columns = Object.fromEntries(range(12).map((at) => [`x${String(at)}`, range(200).map(() => random.normal())]))
    const y = range(200).map((row) => 3 * columns['x0']![row]! - 2 * columns['x5']![row]! + random.normal())
    const model = fitGlm({ ...columns, y }, { target: 'y', family: 'gaussian', lambda: 'auto', alpha: 1 })
    const of = (name: string) => model.terms.find(({ feature }) => feature === name)!.coefficient
    expect(of('x0')).toBeGreaterThan(2.7)
    expect(of('x5')).toBeLessThan(-1.7)
    expect(Math.abs(of('x3'))).toBeLessThan(0.2)
    expect(model.penalty.chosen).toBe('cross-validation')
    expect(model.terms[0]!.standardError).toBeNull()
  })

  it('does not change with the unit of a column', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (unit) => {
        const x = range(40).map((row) => Math.sin(row * 3))
        const y = range(40).map((row) => Math.round(5 * Math.exp(x[row]!) + (row % 3)))
        const fit = (factor: number) =>
          fitGlm({ x: x.map((each) => each * factor), y }, { target: 'y', family: 'poisson' })
        expect(fit(unit).terms[0]!.coefficient * unit).toBeCloseTo(fit(1).terms[0]!.coefficient, 6)
        expect(fit(unit).fit.deviance).toBeCloseTo(fit(1).fit.deviance, 8)
      }),
      { numRuns: 20 },
    )
  })

  it('explains each row, keeps its word when it is saved, and is the same bytes each time', () => {
    const table = {
      x: range(30).map((row) => (row % 4 === 0 ? null : row)),
      y: range(30).map((row) => (row * row) % 11),
    }
    const model = fitGlm(table, { target: 'y', family: 'gaussian' })
    const back = loadGlm(JSON.parse(JSON.stringify(saveGlm(model))))
    expect(back).toEqual(model)
    expect(JSON.stringify(fitGlm(table, { target: 'y', family: 'gaussian' }))).toBe(JSON.stringify(model))
    const { base, contributions } = explainGlm(model, table)
    applyGlm(back, table).value.forEach((value, row) => expect(base + contributions[row]![0]!).toBeCloseTo(value, 9))
    expect(evaluateGlm(model, table)).toMatchObject({ kind: 'numbers', rows: 30 })
    expect(() => loadGlm({ ...saveGlm(model), engine: 'table/boosting' })).toThrow('made by table/boosting')
  })

  it('says when terms are combinations of each other, and when classes are separated', () => {
    const x = range(20)
    const y = x.map((each) => Math.sin(each))
    expect(codes({ target: 'y', family: 'gaussian' }, { x, twice: x.map((each) => each * 2 + 1), y })).toContain(
      'collinear',
    )
    expect(codes({ target: 'y', family: 'binomial' }, { x, y: x.map((each) => each > 9) })).toContain('separated')
  })

  it('refuses what it cannot learn from or apply to, by field and row', () => {
    const x = range(20)
    const y = x.map((each) => each % 5)
    expect(() => fitGlm({ x: x.map(() => 1), y }, { target: 'y', family: 'gaussian' })).toThrow('x: has one value')
    expect(() => fitGlm({ x, y }, { target: 'y', family: 'gamma' })).toThrow('y, row 0: is 0')
    expect(() => fitGlm({ x, y, e: x }, { target: 'y', family: 'poisson', exposure: 'e' })).toThrow('e, row 0')
    expect(() => fitGlm({ x, y, e: x }, { target: 'y', family: 'gaussian', exposure: 'e' })).toThrow('log link')
    expect(() => fitGlm({ x: x.map(String), y }, { target: 'y', family: 'gaussian' })).toThrow('20 rows for 20 terms')
    const model = fitGlm({ x: x.map((each) => `k${String(each % 3)}`), y }, { target: 'y', family: 'gaussian' })
    expect(() => applyGlm(model, { x: ['k1', 'k9'] })).toThrow('x, row 1: is "k9", which training rows do not have')
    expect(() => applyGlm(model, { x: [null, 'k1'] })).toThrow('x, row 0: is missing')
  })
})

it('scores of other outcomes come from other inputs', () => {
  const x = range(20).map(() => random.normal())
  const y = x.map((each) => each + random.normal())
  const model = fitGlm({ x, y }, { target: 'y', family: 'gaussian' })
  const [first, second] = [y, y.map((each) => each + 1)].map((each) => evaluateGlm(model, { x, y: each }).provenance)
  expect(first!.engine).toBe('table/glm-evaluate')
  expect(first!.inputsHash).not.toBe(second!.inputsHash)
})
