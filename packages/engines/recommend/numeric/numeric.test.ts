import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { invertSpd } from './invert-spd.ts'
import { factoriseSpd, solveFactorised } from './solve-spd.ts'
import { createTopList } from './top-list.ts'

function definiteMatrix(n: number, seed: number): Float64Array {
  const random = createRandom(seed)
  const x = Float64Array.from({ length: n * n }, () => random.normal())
  const m = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 1 : 0
      for (let k = 0; k < n; k++) sum += (x[i * n + k]! * x[j * n + k]!) / n
      m[i * n + j] = sum
    }
  return m
}

describe('the inverse of a positive definite matrix', () => {
  it.each([1, 2, 5, 47, 48, 49, 97, 150])('times the matrix is the identity, for %i rows', (n) => {
    const m = definiteMatrix(n, n)
    const inverse = m.slice()
    // The upper triangle is not read.
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) inverse[i * n + j] = Number.NaN
    expect(invertSpd(inverse, n, () => true)).toBe(true)
    let worst = 0
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = i === j ? -1 : 0
        for (let k = 0; k < n; k++) sum += m[i * n + k]! * inverse[k * n + j]!
        worst = Math.max(worst, Math.abs(sum))
      }
    expect(worst).toBeLessThan(1e-11)
  })

  it('is refused for a matrix that is not, and ended when asked', () => {
    expect(() => invertSpd(Float64Array.of(1, 2, 2, 1), 2, () => true)).toThrow('not positive definite at row 1')
    expect(invertSpd(definiteMatrix(100, 1), 100, () => false)).toBe(false)
  })
})

it('a system solved with the factor gives back its right side', () => {
  const m = definiteMatrix(20, 4)
  const b = Float64Array.from({ length: 20 }, (_, i) => i - 7)
  const x = b.slice()
  const factor = m.slice()
  factoriseSpd(factor, 20)
  solveFactorised(factor, 20, x)
  for (let i = 0; i < 20; i++) expect(x.reduce((sum, each, k) => sum + m[i * 20 + k]! * each, 0)).toBeCloseTo(b[i]!, 10)
})

it('a list of the best keeps what sorting would, lower numbers first among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 })), fc.integer({ min: 0, max: 12 }), (scores, most) => {
      const top = createTopList(most)
      const order = createRandom(scores.length).shuffle([...scores.keys()])
      for (const item of order) top.offer(item, scores[item]!)
      const expected = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, most)
      expect([...top.take().items]).toEqual(expected)
    }),
  )
})
