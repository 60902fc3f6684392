import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cholesky, factorise, factoriseDefinite, invertDefinite, solveDefinite, solveFactorised } from './cholesky.ts'
import { multiply } from './matrix.ts'
import { solveRidge } from './ridge.ts'

/** 1 / (i + j + 1): positive definite, with a condition that grows like 33^n (Hilbert 1894). */
const hilbert = (n: number) => Float64Array.from({ length: n * n }, (_, at) => 1 / (Math.floor(at / n) + (at % n) + 1))

describe("Cholesky's factor", () => {
  it('of a matrix by hand', () => {
    expect([...(cholesky(Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98), 3) ?? [])]).toEqual([
      2, 12, -16, 6, 1, -43, -8, 5, 3,
    ])
  })

  it('reads the lower triangle alone', () => {
    const a = Float64Array.of(4, NaN, 2, 5)
    expect(factorise(a, 2)).toBe(true)
    expect([...a]).toEqual([2, NaN, 1, 2])
  })

  it('solves what it was made from, whatever the scale', () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 })
    fc.assert(
      fc.property(numbers, fc.integer({ min: -140, max: 140 }), (drawn, exponent) => {
        const n = 5
        const a = new Float64Array(n * n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let sum = i === j ? 0.5 : 0
            for (let k = 0; k < n; k++) sum += drawn[i * n + k]! * drawn[j * n + k]!
            a[i * n + j] = sum * 10 ** exponent
          }
        const truth = Float64Array.from(drawn.slice(25))
        const x = solveDefinite(a, n, multiply(a, n, truth))!
        for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(truth[i]!, 9)
      }),
    )
  })

  it('of a Hilbert matrix loses digits by its condition, not more', () => {
    for (const [n, error] of [
      [4, 1e-11],
      [8, 1e-5],
    ] as const) {
      const ones = new Float64Array(n).fill(1)
      const x = solveDefinite(hilbert(n), n, multiply(hilbert(n), n, ones))!
      expect(Math.max(...x.map((value) => Math.abs(value - 1)))).toBeLessThan(error)
    }
    // The inverse has whole numbers.
    expect(invertDefinite(hilbert(3), 3)!.map(Math.round)).toEqual(
      Float64Array.of(9, -36, 30, -36, 192, -180, 30, -180, 180),
    )
  })

  it('is refused for what is not positive definite', () => {
    for (const a of [
      [1, 2, 2, 1],
      [0, 0, 0, 0],
      [1, 1, 1, 1],
      [-1, 0, 0, 1],
      [NaN, 0, 0, 1],
      [Infinity, 0, 0, 1],
    ]) {
      expect(factorise(Float64Array.from(a), 2)).toBe(false)
      expect(solveDefinite(Float64Array.from(a), 2, [1, 1])).toBeNull()
      expect(invertDefinite(Float64Array.from(a), 2)).toBeNull()
      expect(() => factoriseDefinite(Float64Array.from(a), 2)).toThrow('not positive definite')
    }
  })

  it('takes a pivot for rounding that is smaller than told', () => {
    const almost = Float64Array.of(1, 1, 1, 1 + 1e-12)
    expect(factorise(Float64Array.from(almost), 2)).toBe(true)
    expect(factorise(Float64Array.from(almost), 2, 1e-11)).toBe(false)
  })

  it('solves in place of the right side', () => {
    const b = Float64Array.of(8, 6)
    expect(solveFactorised(Float64Array.of(2, 0, 1, 2), 2, b)).toBe(b)
    expect([...b]).toEqual([1.75, 0.5])
  })
})

describe('a ridge', () => {
  it('of a share of the mean diagonal is added', () => {
    const x = solveRidge(Float64Array.of(2, 0, 0, 4), 2, Float64Array.of(5, 7), 1)
    for (const value of x) expect(value).toBeCloseTo(1, 14)
  })

  it('makes an answer of a singular system, and of nothing nothing', () => {
    const [a, b] = solveRidge(Float64Array.of(1, 1, 1, 1), 2, Float64Array.of(2, 2), 0)
    expect(a).toBeCloseTo(1, 3)
    expect(b).toBeCloseTo(1, 3)
    expect([...solveRidge(new Float64Array(4), 2, new Float64Array(2), 0)]).toEqual([0, 0])
  })
})
