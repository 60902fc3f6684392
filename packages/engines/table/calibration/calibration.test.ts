import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { applyCalibration, evaluateCalibration, fitCalibration, loadCalibration, saveCalibration } from '../index.ts'

const columns = { probability: 'p', outcome: 'y' }

/** Probabilities that are too sure of themselves. */
function overconfident(rows: number, seed: number) {
  const random = createRandom(seed)
  const truth = Array.from({ length: rows }, () => random.next())
  const p = truth.map((each) => each ** 3 / (each ** 3 + (1 - each) ** 3))
  return { p, y: truth.map((each) => random.next() < each), truth }
}

describe('calibration', () => {
  it.each(['isotonic', 'platt'] as const)('brings probabilities back to frequencies (%s)', (method) => {
    const model = fitCalibration(overconfident(5000, 1), { ...columns, method })
    const fresh = overconfident(5000, 2)
    const before = evaluateCalibration(fresh, columns)
    const after = evaluateCalibration({ ...fresh, p: applyCalibration(model, fresh.p) }, columns)
    expect(before.expectedCalibrationError).toBeGreaterThan(0.09)
    expect(after.expectedCalibrationError).toBeLessThan(0.03)
    expect(after.logLoss).toBeLessThan(before.logLoss)
  })

  it('finds the curve of Platt when it is one: the log-odds were three times too large', () => {
    const { curve } = fitCalibration(overconfident(20_000, 3), { ...columns, method: 'platt' })
    expect(curve.method === 'platt' && curve.slope).toBeCloseTo(1 / 3, 1)
  })

  it('pools what falls, by hand', () => {
    const table = { p: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], y: [0, 1, 0, 0, 0, 1, 1, 0, 1, 1] }
    const { curve } = fitCalibration(table, { ...columns, method: 'isotonic' })
    expect(curve).toEqual({
      method: 'isotonic',
      given: [0.1, 0.2, 0.5, 0.6, 0.8, 0.9, 1],
      true: [0, 0.25, 0.25, 2 / 3, 2 / 3, 1, 1],
    })
  })

  it('never turns the order round, and stays a probability', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { minLength: 10, maxLength: 80 }),
        fc.constantFrom('isotonic' as const, 'platt' as const),
        (rows, method) => {
          fc.pre(new Set(rows.map(([, y]) => y)).size === 2)
          const model = fitCalibration({ p: rows.map(([p]) => p), y: rows.map(([, y]) => y) }, { ...columns, method })
          const worth = applyCalibration(
            model,
            Array.from({ length: 51 }, (_, at) => at / 50),
          )
          worth.forEach((each, at) => {
            expect(each).toBeGreaterThanOrEqual(worth[at - 1] ?? 0)
            expect(each).toBeLessThanOrEqual(1)
          })
        },
      ),
    )
  })

  it('counts a row as often as its weight says, for either class', () => {
    const { p, y } = overconfident(60, 8)
    const weight = p.map((_, row) => 1 + (row % 3))
    const repeat = <T>(values: T[]) => values.flatMap((value, row) => Array<T>(weight[row]!).fill(value))
    for (const method of ['isotonic', 'platt'] as const) {
      const options = { ...columns, method, positive: '1' }
      const weighted = fitCalibration({ p, y, weight }, { ...options, weight: 'weight' })
      const repeated = fitCalibration({ p: repeat(p), y: repeat(y) }, options)
      const probe = [0.05, 0.3, 0.5, 0.9]
      applyCalibration(weighted, probe).forEach((each, at) =>
        expect(each).toBeCloseTo(applyCalibration(repeated, probe)[at]!, 6),
      )
    }
  })

  it('keeps its word when it is saved', () => {
    const model = fitCalibration(overconfident(1200, 4), columns)
    const back = loadCalibration(JSON.parse(JSON.stringify(saveCalibration(model))))
    expect(applyCalibration(back, [0, 0.3, 1])).toEqual(applyCalibration(model, [0, 0.3, 1]))
  })

  it('refuses per cent, and outcomes that are all alike', () => {
    const { p, y } = overconfident(20, 5)
    expect(() => fitCalibration({ p: p.with(2, 45), y }, columns)).toThrow(
      'p, row 2: is 45; a probability lies between 0 and 1',
    )
    expect(() => fitCalibration({ p, y: y.map(() => true) }, columns)).toThrow('y: is always 1')
    const model = fitCalibration(overconfident(50, 6), columns)
    expect(() => applyCalibration(model, [0.5, Number.NaN])).toThrow('row 1')
  })
})
