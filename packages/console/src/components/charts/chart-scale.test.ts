import { describe, expect, test } from 'vitest'
import { labelledOf, linePath, scaleOf, spansOf, unbroken, type Point } from './chart-scale'

describe('the axis', () => {
  test('begins at zero and ends at or above the largest value', () => {
    for (const most of [0.0031, 0.7, 1, 9, 42, 99, 100, 101, 1234, 5_000_000]) {
      const { low, high, ticks } = scaleOf([most * 0.4, most])
      expect(low).toBe(0)
      expect(high).toBeGreaterThanOrEqual(most)
      expect(high).toBeLessThan(most * 2.1)
      expect(ticks.length).toBeGreaterThanOrEqual(3)
      expect(ticks.length).toBeLessThanOrEqual(7)
    }
  })
  test('goes below zero where values do', () => {
    expect(scaleOf([-30, 50])).toMatchObject({ low: -40, high: 60 })
  })
  test('has round marks', () => {
    expect(scaleOf([0.35]).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4])
    expect(scaleOf([87]).ticks).toEqual([0, 20, 40, 60, 80, 100])
  })
  test('has a length with nothing to show', () => {
    expect(scaleOf([])).toMatchObject({ low: 0, high: 1 })
    expect(scaleOf([0, 0]).high).toBeGreaterThan(0)
  })
})

describe('a stack', () => {
  const data = {
    categoryLabel: 'Day',
    categories: ['Mon', 'Tue'],
    series: [
      { name: 'a', values: [1, null] },
      { name: 'b', values: [2, 3] },
      { name: 'c', values: [-4, 5] },
    ],
  }
  test('puts each series on those before it, and what is below zero under the axis', () => {
    expect(spansOf(data, true)).toEqual([
      [{ from: 0, to: 1 }, null],
      [
        { from: 1, to: 3 },
        { from: 0, to: 3 },
      ],
      [
        { from: 0, to: -4 },
        { from: 3, to: 8 },
      ],
    ])
  })
  test('is not made when series stand beside each other', () => {
    expect(spansOf(data, false)[2]).toEqual([
      { from: 0, to: -4 },
      { from: 0, to: 5 },
    ])
  })
})

/** End and control points of each curve, as written. */
const curves = (path: string) => [...path.matchAll(/C([^C]+)/g)].map(([, part = '']) => part.split(' ').map(Number))

describe('a line', () => {
  test('goes through each of its points', () => {
    const points: Point[] = [
      [0, 10],
      [50, 40],
      [100, 20],
    ]
    const path = linePath(points)
    expect(path).toMatch(/^M0 10C/)
    expect(curves(path).map((curve) => curve.slice(4))).toEqual([
      [50, 40],
      [100, 20],
    ])
  })
  test('never leaves the range between two neighbours', () => {
    const points: Point[] = [0, 0, 0, 90, 90, 3, 4].map((y, index) => [index * 10, y])
    let before = 0
    for (const [, y1 = 0, , y2 = 0, , y = 0] of curves(linePath(points))) {
      for (const control of [y1, y2]) {
        expect(control).toBeGreaterThanOrEqual(Math.min(before, y) - 0.01)
        expect(control).toBeLessThanOrEqual(Math.max(before, y) + 0.01)
      }
      before = y
    }
  })
  test('is a dot for a single point, and nothing for none', () => {
    expect(linePath([[5, 6]])).toBe('M5 6h0')
    expect(linePath([])).toBe('')
  })
  test('is broken where a value is missing', () => {
    expect(unbroken([1, 2, null, null, 3])).toEqual([[1, 2], [3]])
  })
})

test('names under the axis are as many as have room', () => {
  const days = Array.from({ length: 30 }, (_, index) => `Nov ${index + 1}`)
  expect(labelledOf(days)).toEqual([0, 4, 8, 12, 16, 20, 24, 28])
  expect(labelledOf(['Won', 'Lost'])).toEqual([0, 1])
  expect(labelledOf([])).toEqual([])
})
