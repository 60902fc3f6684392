import { describe, expect, it } from 'vitest'
import { startWork } from '../contract/index.ts'
import { minimiseSmooth } from './lbfgs.ts'
import { minimiseSimplex } from './nelder-mead.ts'
import { findRoot } from './root.ts'

/** Rosenbrock's valley (1960): its least value is 0 at (1, 1). */
const valley = (x: Float64Array) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2

describe('the least value of a smooth function', () => {
  it('is found at the end of a bent valley', () => {
    const found = minimiseSmooth(
      (x, gradient) => {
        const bend = x[1]! - x[0]! ** 2
        gradient[0] = -2 * (1 - x[0]!) - 400 * x[0]! * bend
        gradient[1] = 200 * bend
        return valley(x)
      },
      Float64Array.of(-1.2, 1),
      { tolerance: 1e-14, maxIterations: 500, work: startWork() },
    )
    expect(found.converged).toBe(true)
    for (const value of found.x) expect(value).toBeCloseTo(1, 6)
  })

  it('is found where one direction is a million times steeper than the other', () => {
    const found = minimiseSmooth(
      (x, gradient) => {
        gradient[0] = 2e6 * (x[0]! - 3)
        gradient[1] = 2 * (x[1]! + 5)
        return 1e6 * (x[0]! - 3) ** 2 + (x[1]! + 5) ** 2
      },
      Float64Array.of(0, 0),
      { tolerance: 1e-15, maxIterations: 500, work: startWork() },
    )
    expect(found.x[0]).toBeCloseTo(3, 6)
    expect(found.x[1]).toBeCloseTo(-5, 4)
  })

  it('is found where single steps are short', () => {
    // A chain of valleys: a quasi-Newton method makes several short steps on the way.
    const n = 50
    const found = minimiseSmooth(
      (x, gradient) => {
        let value = 0
        gradient.fill(0)
        for (let j = 0; j + 1 < n; j++) {
          const [bend, rest] = [x[j + 1]! - x[j]! ** 2, 1 - x[j]!]
          value += 100 * bend ** 2 + rest ** 2
          gradient[j] = gradient[j]! - 400 * x[j]! * bend - 2 * rest
          gradient[j + 1] = gradient[j + 1]! + 200 * bend
        }
        return value + 1
      },
      Float64Array.from({ length: n }, (_, j) => (j % 2 === 0 ? -1.2 : 1)),
      { tolerance: 1e-4, maxIterations: 2000, work: startWork() },
    )
    expect(found.value - 1).toBeLessThan(0.02)
  })

  it('is the best so far at the time limit, and says so', () => {
    const found = minimiseSmooth(
      (x, gradient) => {
        gradient[0] = 4 * x[0]! ** 3
        return x[0]! ** 4
      },
      Float64Array.of(10),
      { tolerance: 0, maxIterations: 1e9, work: startWork({ maxMillis: 0 }) },
    )
    expect(found.converged).toBe(false)
    expect(found.value).toBeLessThan(1e4)
  })
})

describe('the least value without derivatives', () => {
  it('is found at the end of a bent valley', () => {
    const found = minimiseSimplex(valley, [-1.2, 1], { steps: [0.5, 0.5], work: startWork() })
    expect(found.converged).toBe(true)
    for (const value of found.x) expect(value).toBeCloseTo(1, 4)
  })

  it('is found for one variable, and where the function is not defined everywhere', () => {
    const one = minimiseSimplex((x) => Math.cosh(x[0]! - 2), [0], { steps: [1], work: startWork() })
    expect(one.x[0]).toBeCloseTo(2, 4)
    // x - ln x is least at 1.
    const half = minimiseSimplex((x) => (x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Infinity), [0.1], {
      steps: [-1],
      work: startWork(),
    })
    expect(half.x[0]).toBeCloseTo(1, 4)
  })
})

describe('a root', () => {
  it.each([
    ['x^2 - 2', (x: number) => x * x - 2, 0, 2, Math.SQRT2],
    ['x = cos x', (x: number) => x - Math.cos(x), 0, 1, 0.7390851332151607],
    ['a root of ninth order', (x: number) => (x - 1) ** 9, 0, 3, 1],
    ['a steep step', (x: number) => Math.atan(1e6 * (x - 0.3)), -10, 7, 0.3],
  ])('of %s', (_, f, from, to, root) => {
    expect(findRoot(f, from, to)).toBeCloseTo(root, _ === 'a root of ninth order' ? 1 : 10)
  })

  it('is not there where both ends have one sign', () => {
    expect(findRoot((x) => x * x + 1, -1, 1)).toBeNull()
    expect(findRoot(() => NaN, -1, 1)).toBeNull()
  })
})
