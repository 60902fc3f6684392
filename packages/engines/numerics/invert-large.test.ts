import { describe, expect, it } from 'vitest'
import { createRandom } from '../contract/index.ts'
import { invertLarge } from './invert-large.ts'

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
    expect(invertLarge(inverse, n, () => true)).toBe(true)
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
    expect(() => invertLarge(Float64Array.of(1, 2, 2, 1), 2, () => true)).toThrow('not positive definite at row 1')
    expect(invertLarge(definiteMatrix(100, 1), 100, () => false)).toBe(false)
  })
})
