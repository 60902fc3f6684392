import { describe, expect, it } from 'vitest'
import { followQuadratic, type LinearRow, minimise, solveQuadratic } from './index.ts'

const row = (name: string, coefficients: number[], bound: number, equality = false): LinearRow => ({
  name,
  coefficients: Float64Array.from(coefficients),
  bound,
  equality,
})
const identity = Float64Array.of(1, 0, 0, 1)

describe('a quadratic program', () => {
  it('has the answer of Goldfarb & Idnani (1983), section 5', () => {
    // min 6 x1 + 1/2 (4 x1^2 - 4 x1 x2 + 4 x2^2) with x1, x2 >= 0 and x1 + x2 >= 2
    const answer = solveQuadratic({
      hessian: Float64Array.of(4, -2, -2, 4),
      linear: Float64Array.of(6, 0),
      rows: [row('a', [1, 0], 0), row('b', [0, 1], 0), row('c', [1, 1], 2)],
    })
    expect(answer.feasible && answer.x[0]).toBeCloseTo(0.5, 12)
    expect(answer.feasible && answer.x[1]).toBeCloseTo(1.5, 12)
  })

  it('keeps equalities from both sides', () => {
    for (const bound of [-3, 4]) {
      const answer = solveQuadratic({
        hessian: identity,
        linear: new Float64Array(2),
        rows: [row('sum', [1, 1], bound, true)],
      })
      expect(answer.feasible && [...answer.x]).toEqual([bound / 2, bound / 2])
    }
  })

  it('names rows that contradict each other, and no others', () => {
    const answer = solveQuadratic({
      hessian: identity,
      linear: new Float64Array(2),
      rows: [row('at least 1', [1, 0], 1), row('at most 0', [-1, 0], 0), row('free', [0, 1], 3)],
    })
    expect(!answer.feasible && answer.conflict.toSorted()).toEqual(['at least 1', 'at most 0'])
  })

  it('takes rows from a source that makes them when they are needed', () => {
    // The disc of radius 1 by its tangents; the nearest point to (3, 4) is (0.6, 0.8).
    const answer = solveQuadratic({
      hessian: identity,
      linear: Float64Array.of(-3, -4),
      rows: [],
      more: (x) => row('disc', [-x[0]! / Math.hypot(x[0]!, x[1]!), -x[1]! / Math.hypot(x[0]!, x[1]!)], -1),
    })
    expect(answer.feasible && answer.x[0]).toBeCloseTo(0.6, 6)
    expect(answer.feasible && answer.x[1]).toBeCloseTo(0.8, 6)
  })

  it('without a curved valley is refused', () => {
    expect(() => solveQuadratic({ hessian: new Float64Array(4), linear: new Float64Array(2), rows: [] })).toThrow(
      'not positive definite',
    )
  })
})

it('the answer is followed along its bends', () => {
  // min 1/2 |x|^2 - t (2 x1 + x2) in the box [0, 1]^2: x = (min(1, 2t), min(1, t)).
  const box = [row('a', [1, 0], 0), row('b', [0, 1], 0), row('c', [-1, 0], -1), row('d', [0, -1], -1)]
  const solved = minimise({ hessian: identity, linear: new Float64Array(2), rows: box })
  if ('conflict' in solved) throw new Error('feasible')
  const bends: [number, number, number][] = []
  const end = followQuadratic(solved, Float64Array.of(2, 1), ({ at, x }) => {
    bends.push([at, x[0]! + 0, x[1]! + 0])
    return null
  })
  expect(bends.filter(([at], k) => at > (bends[k - 1]?.[0] ?? -1))).toEqual([
    [0, 0, 0],
    [0.5, 1, 0.5],
    [1, 1, 1],
  ])
  expect([...end]).toEqual([1, 1])
})
