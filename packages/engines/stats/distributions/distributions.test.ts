import { describe, expect, it } from 'vitest'
import {
  betaBelow,
  betaQuantile,
  chiSquareAbove,
  logGamma,
  normalAbove,
  normalBelow,
  normalQuantile,
  studentAbove,
  studentQuantile,
} from './index.ts'

describe('distributions have the values of the tables', () => {
  it('normal', () => {
    expect(normalBelow(1.96)).toBeCloseTo(0.9750021048517795, 14)
    expect(normalAbove(10) / 7.619853024160527e-24).toBeCloseTo(1, 10)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13)
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 11)
  })

  it('gamma function and the distributions built on it', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13)
    expect(logGamma(171)).toBeCloseTo(706.573062245787, 9)
    expect(chiSquareAbove(3.841458820694124, 1)).toBeCloseTo(0.05, 12)
    expect(chiSquareAbove(23.209251158954356, 10)).toBeCloseTo(0.01, 12)
  })

  it('beta and Student', () => {
    expect(betaBelow(0.3, 2, 3)).toBeCloseTo(0.3483, 12)
    expect(betaQuantile(0.3483, 2, 3)).toBeCloseTo(0.3, 10)
    expect(studentAbove(2.228138851986274, 10)).toBeCloseTo(0.025, 12)
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736432095, 8)
    expect(studentQuantile(0.025, 10)).toBeCloseTo(-2.228138851986274, 9)
  })

  it('quantiles undo probabilities', () => {
    for (let p = 0.001; p < 1; p += 0.037) {
      expect(normalBelow(normalQuantile(p))).toBeCloseTo(p, 13)
      expect(1 - studentAbove(studentQuantile(p, 4.5), 4.5)).toBeCloseTo(p, 11)
      expect(betaBelow(betaQuantile(p, 0.7, 20), 0.7, 20)).toBeCloseTo(p, 11)
    }
  })
})
