import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { bootstrapReserve, bornhuetterFerguson, capeCod, chainLadder, mackChainLadder, triangleOf } from './index.ts'

/** Factors 2 and 1.5 in every row. */
const exact = { origins: ['2023', '2024', '2025'], cumulative: [[100, 200, 300], [200, 400], [300]] }
const small = { origins: ['a', 'b', 'c', 'd'], cumulative: [[100, 150, 180, 190], [110, 170, 200], [120, 168], [130]] }

const growing = fc
  .array(fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 6, maxLength: 6 }), {
    minLength: 6,
    maxLength: 6,
  })
  .map((grid) => ({
    origins: grid.map((_, i) => String(2020 + i)),
    cumulative: grid.map((row, i) => {
      let sum = 0
      return row.slice(0, 6 - i).map((each) => (sum += each))
    }),
  }))

describe('chain ladder', () => {
  it('continues each row by the factors of the rows before', () => {
    const { factors, origins, total, developed } = chainLadder(exact)
    expect(factors).toEqual([2, 1.5])
    expect(developed[0]).toBeCloseTo(1 / 3, 12)
    expect(origins.map(({ ultimate }) => ultimate)).toEqual([300, 600, 900].map((each) => expect.closeTo(each, 9)))
    expect(total.reserve).toBeCloseTo(200 + 600, 9)
    expect(chainLadder(small).factors[0]).toBeCloseTo((150 + 170 + 168) / 330, 12)
  })

  it('scales with its currency', () => {
    fc.assert(
      fc.property(growing, fc.double({ min: 0.01, max: 1000, noNaN: true }), (triangle, rate) => {
        const other = { ...triangle, cumulative: triangle.cumulative.map((row) => row.map((each) => each * rate)) }
        const [here, there] = [mackChainLadder(triangle).total, mackChainLadder(other).total]
        expect(there.reserve / rate).toBeCloseTo(here.reserve, 6)
        expect(there.standardError / rate).toBeCloseTo(here.standardError, 6)
      }),
    )
  })
})

describe('the standard error of Mack', () => {
  it('is zero where the factors never vary', () => {
    expect(mackChainLadder(exact).total.standardError).toBe(0)
  })

  it('has the closed form of the youngest but one origin', () => {
    const { origins, sigmaSquared, factors } = mackChainLadder(small)
    const [s0 = 0, s1 = 0] = sigmaSquared
    const f0 = (150 + 170 + 168) / 330
    const direct = 100 * (150 / 100 - f0) ** 2 + 110 * (170 / 110 - f0) ** 2 + 120 * (168 / 120 - f0) ** 2
    expect(s0).toBeCloseTo(direct / 2, 10)
    const f1 = 380 / 320
    expect(s1).toBeCloseTo(150 * (180 / 150 - f1) ** 2 + 170 * (200 / 170 - f1) ** 2, 10)
    const last = Math.min(s1 ** 2 / s0, s0, s1)
    expect(sigmaSquared[2]).toBeCloseTo(last, 12)
    const second = origins[1]
    const variance = (200 * (factors[2] ?? 0)) ** 2 * (last / (factors[2] ?? 1) ** 2) * (1 / 200 + 1 / 180)
    expect(second?.standardError).toBeCloseTo(Math.sqrt(variance), 9)
  })

  it('extends variances along a line when told so', () => {
    const { sigmaSquared } = mackChainLadder(small, { lastVariance: 'log-linear' })
    const [first = 0, second = 0] = sigmaSquared
    expect(sigmaSquared[2]).toBeCloseTo(second ** 2 / first, 12)
  })

  it('of the total is more than that of independent origins', () => {
    const { origins, total } = mackChainLadder(small)
    expect(total.standardError).toBeGreaterThan(Math.hypot(...origins.map((each) => each.standardError)))
    expect(total.standardError).toBeCloseTo(Math.hypot(total.processError, total.parameterError), 9)
  })
})

describe('expected claims', () => {
  it('count for what is not yet known', () => {
    const { origins } = bornhuetterFerguson(exact, [300, 900, 900])
    expect(origins[1]?.reserve).toBeCloseTo(900 * (1 - 2 / 3), 9)
    expect(origins[2]?.reserve).toBeCloseTo(900 * (1 - 1 / 3), 9)
  })

  it('at the loss ratio of the triangle give back the chain ladder when all origins are alike', () => {
    const { lossRatio, total } = capeCod(exact, [500, 1000, 1500])
    expect(lossRatio).toBeCloseTo(0.6, 12)
    expect(total.ultimate).toBeCloseTo(1800, 9)
  })
})

describe('bootstrap', () => {
  it('is centred at the chain ladder, with more spread than nothing, the same for the same seed', () => {
    const { reserve, mean, standardDeviation, quantiles } = bootstrapReserve(small, { draws: 4000, seed: 3 })
    expect(reserve).toBeCloseTo(chainLadder(small).total.reserve, 9)
    expect(Math.abs(mean / reserve - 1)).toBeLessThan(0.02)
    expect(standardDeviation).toBeGreaterThan(0)
    expect(quantiles.map((each) => each.reserve)).toEqual(
      quantiles.map((each) => each.reserve).toSorted((a, b) => a - b),
    )
    const run = (seed: number) => JSON.stringify(bootstrapReserve(small, { draws: 200, seed }))
    expect(run(5)).toBe(run(5))
    expect(run(5)).not.toBe(run(6))
  })

  it('ends at its time limit and says so', () => {
    const { draws, provenance } = bootstrapReserve(small, { draws: 1_000_000, maxMillis: 5 })
    expect(draws).toBeLessThan(1_000_000)
    expect(provenance.warnings[0]?.code).toBe('time-limit')
  })

  it('refuses claims that shrink', () => {
    const shrinking = { origins: ['a', 'b', 'c'], cumulative: [[100, 50, 40], [120, 70], [130]] }
    expect(() => bootstrapReserve(shrinking)).toThrow('growing ones')
  })
})

const ladderOf = (cumulative: number[][]) => () => chainLadder({ origins: ['a', 'b'], cumulative })

describe('a triangle', () => {
  it('that is none is refused by row', () => {
    expect(
      ladderOf([
        [1, 2],
        [1, 2, 3],
      ]),
    ).toThrow('cumulative, row 1: is known for longer')
    expect(ladderOf([[1, 2], [Number.NaN]])).toThrow(EngineInputError)
    expect(ladderOf([[0, 2], [0]])).toThrow('zero for all origins')
    expect(ladderOf([[1], [1]])).toThrow('two development periods')
    expect(() => chainLadder({ origins: ['a', 'a'], cumulative: [[1, 2], [1]] })).toThrow('named twice')
  })

  it('comes from single figures', () => {
    const cells = [
      { origin: '10', development: 0, cumulative: 3 },
      { origin: '9', development: 1, cumulative: 2 },
      { origin: '9', development: 0, cumulative: 1 },
    ]
    expect(triangleOf(cells)).toEqual({ origins: ['9', '10'], cumulative: [[1, 2], [3]] })
    expect(() => triangleOf(cells.slice(0, 2))).toThrow('9 has no figure for development 0')
  })
})

describe('any currency', () => {
  it('gives the same shares, also where residuals are small numbers', () => {
    const scaled = (unit: number) => ({
      ...small,
      cumulative: small.cumulative.map((row) => row.map((each) => each * unit)),
    })
    const spread = (unit: number) => {
      const { reserve, standardDeviation } = bootstrapReserve(scaled(unit), { draws: 400 })
      return standardDeviation / reserve
    }
    expect(spread(1e-20)).toBeCloseTo(spread(1), 6)
    expect(mackChainLadder(scaled(1e-20)).total.standardError / 1e-20).toBeCloseTo(
      mackChainLadder(small).total.standardError,
      6,
    )
  })

  it('is refused when claims fall to nothing, from which no share follows', () => {
    const gone = { origins: ['a', 'b'], cumulative: [[10, 0], [5]] }
    for (const method of [chainLadder, mackChainLadder, bootstrapReserve])
      expect(() => method(gone)).toThrow('falls to zero')
    expect(() => bornhuetterFerguson(gone, [1, 1])).toThrow('falls to zero')
  })
})
