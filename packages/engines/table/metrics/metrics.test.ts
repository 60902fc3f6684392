import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestF1Threshold, confusion, prAuc, rocAuc } from './classification.ts'
import { gini, meanDeviance, pinballLoss, rSquared } from './regression.ts'

const floats = (...values: number[]) => Float64Array.from(values)

describe('scores that cannot be told are null', () => {
  it('of a constant truth, though rounding gives it a spread', () => {
    expect(rSquared(floats(1, 2, 3), floats(0.1, 0.1, 0.1))).toBeNull()
  })

  it('of amounts below zero, whose shares of a sum mean nothing', () => {
    expect(gini(floats(1, 2, 3, 4), floats(1, -1, 2, -2))).toBeNull()
    expect(gini(floats(1, 2, 3), floats(0, 0, 0))).toBeNull()
  })

  it('and rows without weight do not make a number of nothing', () => {
    expect(prAuc(floats(0.9, 0.8, 0.1), floats(1, 1, 0), floats(0, 1, 1))).toBe(1)
  })
})

describe('scores of classes', () => {
  it('area under the ROC curve is the share of pairs in order', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(pairs, (rows) => {
        const [up, down] = [true, false].map((wanted) => rows.filter(([, y]) => y === wanted).map(([p]) => p / 6))
        fc.pre(up!.length > 0 && down!.length > 0)
        const wins = up!.flatMap((p) => down!.map((q) => (p > q ? 1 : p === q ? 0.5 : 0)))
        const area = rocAuc(floats(...rows.map(([p]) => p / 6)), floats(...rows.map(([, y]) => Number(y))))
        expect(area).toBeCloseTo(wins.reduce<number>((sum, win) => sum + win, 0) / wins.length, 12)
      }),
    )
  })

  it('average precision, by hand', () => {
    expect(prAuc(floats(0.9, 0.8, 0.7, 0.6), floats(1, 0, 1, 0))).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12)
  })

  it('the threshold with the best F1 has the best F1', () => {
    const p = floats(0.1, 0.4, 0.35, 0.8, 0.65, 0.2)
    const y = floats(0, 0, 1, 1, 1, 0)
    const best = confusion(p, y, bestF1Threshold(p, y)).f1!
    for (const at of [0.05, 0.15, 0.3, 0.38, 0.5, 0.7, 0.9]) expect(confusion(p, y, at).f1!).toBeLessThanOrEqual(best)
    expect(best).toBeCloseTo(6 / 7, 12)
  })
})

describe('scores of numbers', () => {
  it('are zero, or one, for a perfect prediction', () => {
    const y = floats(1, 5, 2, 9)
    expect(rSquared(y, y)).toBe(1)
    expect(gini(y, y)).toBe(1)
    for (const power of [0, 1, 1.5, 2]) expect(meanDeviance(y, y, power)).toBeCloseTo(0, 12)
  })

  it('deviances of the Tweedie family meet at their borders', () => {
    const [mean, y] = [floats(2, 3), floats(1, 4)]
    expect(meanDeviance(mean, y, 1.0001)).toBeCloseTo(meanDeviance(mean, y, 1), 3)
    expect(meanDeviance(mean, y, 1.9999)).toBeCloseTo(meanDeviance(mean, y, 2), 3)
  })

  it('pinball loss weighs sides by the level, and a random order has no Gini', () => {
    expect(pinballLoss(floats(1, 1), floats(3, 0), 0.9)).toBeCloseTo((0.9 * 2 + 0.1) / 2, 12)
    expect(gini(floats(1, 1, 1), floats(3, 2, 8))).toBeCloseTo(0, 12)
  })
})
