import { describe, expect, it } from 'vitest'
import {
  betaBelow,
  betaQuantile,
  chiSquareAbove,
  logGamma,
  normalAbove,
  normalBelow,
  normalLoss,
  normalQuantile,
  normalTwoSided,
  studentAbove,
  studentQuantile,
  studentTwoSided,
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

  it('both sides', () => {
    expect(normalTwoSided(-1.959963984540054)).toBeCloseTo(0.05, 14)
    expect(studentTwoSided(0.5, 4)).toBeCloseTo(0.6433, 4)
    // One degree of freedom is the Cauchy distribution.
    for (const t of [-3, 0.2, 1e6])
      expect(studentTwoSided(t, 1) / (1 - (2 / Math.PI) * Math.atan(Math.abs(t)))).toBeCloseTo(1, 9)
  })

  it('what a normal variable exceeds a limit by', () => {
    expect(normalLoss(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 14)
    expect(normalLoss(-3)).toBeCloseTo(3 + normalLoss(3), 14)
    // Far out it is density / z^2 (1 - 3 / z^2 + ...).
    expect((normalLoss(20) * 400 * Math.sqrt(2 * Math.PI)) / Math.exp(-200)).toBeCloseTo(1 - 3 / 400, 3)
  })

  it('small tails keep their digits', () => {
    // With two degrees t = (2p - 1) / sqrt(2p (1 - p)); a Beta(a, 1) quantile is p^(1/a).
    for (const p of [1e-3, 1e-9, 1e-40]) {
      expect(studentQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeCloseTo(1, 9)
      expect(betaQuantile(p, 0.5, 1) / p ** 2).toBeCloseTo(1, 9)
    }
    expect(betaQuantile(0.025, 0.1, 1) / 0.025 ** 10).toBeCloseTo(1, 9)
    expect(normalQuantile(1e-300)).toBeCloseTo(-37.0471, 4)
    expect(chiSquareAbove(1400, 2) / Math.exp(-700)).toBeCloseTo(1, 9)
  })

  it('with parameters of millions agree with the normal distribution', () => {
    expect(betaBelow(0.5, 5e6, 5e6)).toBeCloseTo(0.5, 9)
    expect(chiSquareAbove(1e6 + 1.6448536 * Math.sqrt(2e6), 1e6)).toBeCloseTo(0.05, 3)
    expect(studentAbove(1.959963984540054, 1e8)).toBeCloseTo(0.025, 7)
  })

  it('are what they must be at the ends', () => {
    expect([normalQuantile(0), normalQuantile(1), studentQuantile(0, 3), studentQuantile(1, 3)]).toEqual([
      -Infinity,
      Infinity,
      -Infinity,
      Infinity,
    ])
    expect([normalQuantile(-0.1), normalQuantile(NaN), studentQuantile(2, 3)]).toEqual([NaN, NaN, NaN])
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3), chiSquareAbove(0, 4)]).toEqual([0, 1, 1])
  })

  it('quantiles undo probabilities', () => {
    for (let p = 0.001; p < 1; p += 0.037) {
      expect(normalBelow(normalQuantile(p))).toBeCloseTo(p, 13)
      expect(1 - studentAbove(studentQuantile(p, 4.5), 4.5)).toBeCloseTo(p, 11)
      expect(betaBelow(betaQuantile(p, 0.7, 20), 0.7, 20)).toBeCloseTo(p, 11)
    }
  })
})
