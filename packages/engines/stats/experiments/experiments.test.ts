import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import {
  bayesianProportionTest,
  cupedTest,
  proportionTest,
  ratioTest,
  sampleRatioMismatch,
  sampleSizeForMeans,
  sampleSizeForProportions,
  sequentialTest,
  welchTest,
} from './index.ts'

/** Hours of sleep gained under two drugs (Student 1908). */
const sleep = [
  [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
  [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
] as const

const units = (values: readonly number[]) => values.map((numerator) => ({ numerator, denominator: 1 }))

describe('tests of a difference', () => {
  it('of means: the sleep data of Student (1908)', () => {
    const { statistic, degreesOfFreedom, pValue, interval, difference } = welchTest([...sleep[0]], [...sleep[1]])
    expect(difference).toBeCloseTo(1.58, 12)
    expect(statistic).toBeCloseTo(1.8608, 4)
    expect(degreesOfFreedom).toBeCloseTo(17.776, 3)
    expect(pValue).toBeCloseTo(0.07939, 5)
    expect(interval[0]).toBeCloseTo(-0.2054832, 6)
    expect(interval[1]).toBeCloseTo(3.3654832, 6)
  })

  it('of shares: the interval of Newcombe (1998, example a)', () => {
    const { difference, interval, pValue } = proportionTest(
      { successes: 48, trials: 80 },
      { successes: 56, trials: 70 },
    )
    expect(difference).toBeCloseTo(0.2, 12)
    expect(interval[0]).toBeCloseTo(0.0524, 4)
    expect(interval[1]).toBeCloseTo(0.3339, 4)
    expect(pValue).toBeLessThan(0.01)
    expect(proportionTest({ successes: 0, trials: 10 }, { successes: 0, trials: 10 }).pValue).toBe(1)
  })

  it('of ratios: means when every denominator is one, and wider when units weigh differently', () => {
    const ratio = ratioTest(units(sleep[0]), units(sleep[1]))
    expect(ratio.statistic).toBeCloseTo(welchTest([...sleep[0]], [...sleep[1]]).statistic, 12)
  })

  it('holds its level on experiments without effect', () => {
    const random = createRandom(12)
    const draw = () =>
      Array.from({ length: 40 }, () => ({ numerator: 2 + random.normal(), denominator: 1 + random.next() }))
    const values = () => Array.from({ length: 30 }, () => Math.exp(random.normal()))
    let [ratios, means] = [0, 0]
    for (let run = 0; run < 1000; run++) {
      if (ratioTest(draw(), draw()).pValue < 0.05) ratios++
      if (welchTest(values(), values()).pValue < 0.05) means++
    }
    expect(Math.abs(ratios - 50)).toBeLessThan(28)
    expect(means).toBeLessThan(78)
  })

  it('names the value that is none', () => {
    expect(() => welchTest([1, Number.NaN, 2], [1, 2])).toThrow('control, row 1')
    expect(() => welchTest([1, 1], [1, 1])).toThrow('does not vary')
    expect(() => welchTest([1], [1, 2])).toThrow(EngineInputError)
    expect(() => proportionTest({ successes: 3, trials: 2 }, { successes: 1, trials: 2 })).toThrow('more successes')
    expect(() =>
      ratioTest(
        [
          { numerator: 1, denominator: 0 },
          { numerator: 1, denominator: 0 },
        ],
        [],
      ),
    ).toThrow('denominators')
  })
})

const values = (units: { value: number }[]) => units.map((unit) => unit.value)

describe('what was known before', () => {
  it('takes noise away and leaves the effect', () => {
    const random = createRandom(5)
    const group = (effect: number) =>
      Array.from({ length: 400 }, () => {
        const before = 10 + 3 * random.normal()
        return { before, value: before + effect + random.normal() }
      })
    const [control, treatment] = [group(0), group(0.5)]
    const [plain, adjusted] = [welchTest(values(control), values(treatment)), cupedTest(control, treatment)]
    expect(adjusted.varianceReduction).toBeGreaterThan(0.85)
    expect(adjusted.interval[1] - adjusted.interval[0]).toBeLessThan((plain.interval[1] - plain.interval[0]) / 2)
    expect(adjusted.interval[0]).toBeLessThan(0.5)
    expect(adjusted.interval[1]).toBeGreaterThan(0.5)
  })
})

describe('Bayesian comparison', () => {
  it('has the closed form for whole numbers (Miller 2015)', () => {
    // P(Beta(2,1) > Beta(1,1)) = 2/3, and E[max] by hand.
    const { probabilityBetter, expectedLoss } = bayesianProportionTest(
      { successes: 0, trials: 1 },
      { successes: 1, trials: 1 },
    )
    // Control Beta(1,2), treatment Beta(2,1): P = 5/6; E[max(control - treatment, 0)] = 1/30.
    expect(probabilityBetter).toBeCloseTo(5 / 6, 8)
    expect(expectedLoss.treatment).toBeCloseTo(1 / 30, 8)
    expect(expectedLoss.control - expectedLoss.treatment).toBeCloseTo(1 / 3, 8)
  })

  it('is even between equals, also of many trials', () => {
    const group = { successes: 120_000, trials: 1_000_000 }
    expect(bayesianProportionTest(group, group).probabilityBetter).toBeCloseTo(0.5, 6)
    const better = bayesianProportionTest(group, { successes: 121_500, trials: 1_000_000 })
    expect(better.probabilityBetter).toBeGreaterThan(0.999)
    expect(better.treatment.interval[0]).toBeGreaterThan(0.12)
  })
})

describe('the sequential test', () => {
  it('is wrong in few experiments although it looks again and again', () => {
    const random = createRandom(21)
    let wrong = 0
    for (let run = 0; run < 200; run++) {
      let pValue = 1
      const sums = [0, 0, 0, 0]
      for (let n = 1; n <= 300 && pValue > 0.05; n++) {
        const [a, b] = [random.normal(), random.normal()]
        for (const [k, value] of [a, a * a, b, b * b].entries()) sums[k] = (sums[k] ?? 0) + value
        if (n < 20 || n % 10 > 0) continue
        const [sa = 0, qa = 0, sb = 0, qb = 0] = sums
        const group = (s: number, q: number) => ({ count: n, mean: s / n, variance: (q - (s * s) / n) / (n - 1) })
        pValue = sequentialTest(group(sa, qa), group(sb, qb), 0.3, { smallestSoFar: pValue }).pValue
      }
      if (pValue <= 0.05) wrong++
    }
    expect(wrong).toBeLessThan(18)
  })

  it('finds a true effect, and its interval agrees with its p-value', () => {
    const control = { count: 2000, mean: 0, variance: 1 }
    const found = sequentialTest(control, { count: 2000, mean: 0.2, variance: 1 }, 0.1)
    expect(found.pValue).toBeLessThan(0.001)
    expect(found.interval[0]).toBeGreaterThan(0)
    // At the edge of the interval the p-value is 1 - confidence.
    const edge = found.difference - found.interval[0]
    expect(sequentialTest(control, { count: 2000, mean: edge, variance: 1 }, 0.1).pValue).toBeCloseTo(0.05, 10)
  })
})

const groups = (a: number, b: number) => [
  { group: 'a', count: a, share: 0.5 },
  { group: 'b', count: b, share: 0.5 },
]

describe('before and around an experiment', () => {
  it('groups that are not as planned are told', () => {
    expect(sampleRatioMismatch(groups(821_588, 815_482)).mismatch).toBe(true)
    expect(sampleRatioMismatch(groups(5020, 4980)).mismatch).toBe(false)
    expect(sampleRatioMismatch(groups(30, 10)).statistic).toBeCloseTo(10, 12)
    expect(() => sampleRatioMismatch(groups(0, 0))).toThrow('nobody was assigned')
  })

  it('the number of units is that of the textbooks', () => {
    expect(sampleSizeForProportions(0.1, 0.12).perGroup).toBe(3841)
    expect(sampleSizeForMeans(0.5, 1).perGroup).toBe(63)
    expect(() => sampleSizeForMeans(0, 1)).toThrow('differs too little')
  })
})

describe('tests do not depend on the unit of what is measured', () => {
  it.each([1e-150, 1e-9, 1e9, 1e150])('times %d', (unit) => {
    const groups = (scale: number) =>
      [sleep[0].map((each) => each * scale), sleep[1].map((each) => each * scale)] as const
    const [plain, scaled] = [welchTest(...groups(1)), welchTest(...groups(unit))]
    expect(scaled.statistic).toBeCloseTo(plain.statistic, 9)
    expect(scaled.pValue).toBeCloseTo(plain.pValue, 9)
    expect(scaled.degreesOfFreedom).toBeCloseTo(plain.degreesOfFreedom, 9)
    const sequential = sequentialTest(...groups(unit), unit)
    expect(sequential.pValue).toBeCloseTo(sequentialTest(...groups(1), 1).pValue, 9)
    expect(sequential.interval[1] / unit).toBeCloseTo(sequentialTest(...groups(1), 1).interval[1], 9)
  })

  it('a difference too small for any number of units is refused', () => {
    expect(() => sampleSizeForMeans(1e-200, 1)).toThrow('differs too little')
    expect(() => sampleSizeForProportions(0.5, 0.5 + 1e-12)).toThrow('differs too little')
  })
})
