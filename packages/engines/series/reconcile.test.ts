import { describe, expect, it } from 'vitest'
import { reconcile, type Reconciliation } from './index.ts'

describe('reconciliation', () => {
  const nodes = [
    { id: 'total', parent: null, forecast: [110] },
    { id: 'north', parent: 'total', forecast: [40] },
    { id: 'south', parent: 'total', forecast: [60] },
    { id: 'a', parent: 'north', forecast: [15] },
    { id: 'b', parent: 'north', forecast: [20] },
  ]
  const at = ({ forecasts }: Reconciliation, id: string) => forecasts.find((each) => each.id === id)?.forecast[0] ?? NaN

  it.each(['bottom-up', 'least squares', 'weighted'] as const)(
    'by %s makes each node the sum of its parts',
    (method) => {
      const result = reconcile(nodes, method)
      expect(at(result, 'total')).toBeCloseTo(at(result, 'north') + at(result, 'south'), 9)
      expect(at(result, 'north')).toBeCloseTo(at(result, 'a') + at(result, 'b'), 9)
    },
  )

  it('bottom-up believes the leaves, least squares spreads the difference', () => {
    expect(at(reconcile(nodes, 'bottom-up'), 'total')).toBe(95)
    const total = at(reconcile(nodes, 'least squares'), 'total')
    expect(total).toBeGreaterThan(95)
    expect(total).toBeLessThan(110)
  })

  it('least squares of two leaves is the closed form', () => {
    // total 10, leaves 3 and 4: the gap of 3 is shared equally by three nodes.
    const result = reconcile(
      [
        { id: 't', parent: null, forecast: [10] },
        { id: 'x', parent: 't', forecast: [3] },
        { id: 'y', parent: 't', forecast: [4] },
      ],
      'least squares',
    )
    expect(at(result, 't')).toBeCloseTo(9, 9)
    expect(at(result, 'x')).toBeCloseTo(4, 9)
    expect(at(result, 'y')).toBeCloseTo(5, 9)
  })

  it('moves what is uncertain', () => {
    const sure = nodes.map((node) => ({ ...node, variance: node.id === 'total' ? 1e-6 : 1 }))
    expect(at(reconcile(sure), 'total')).toBeCloseTo(110, 3)
  })

  it.each([
    ['an unknown parent', [{ id: 'a', parent: 'x', forecast: [1] }], 'parent, row 0: there is no node x'],
    [
      'a circle',
      [
        { id: 'a', parent: 'b', forecast: [1] },
        { id: 'b', parent: 'a', forecast: [1] },
      ],
      'is a part of itself',
    ],
    [
      'a doubled name',
      [
        { id: 'a', parent: null, forecast: [1] },
        { id: 'a', parent: null, forecast: [1] },
      ],
      'id, row 1',
    ],
    [
      'other horizons',
      [
        { id: 'a', parent: null, forecast: [1] },
        { id: 'b', parent: 'a', forecast: [1, 2] },
      ],
      'forecast, row 1: has 2 steps',
    ],
  ])('refuses %s', (_, hostile, message) => {
    expect(() => reconcile(hostile)).toThrow(message)
  })
})

it('a reconciliation says where it comes from', () => {
  const { provenance } = reconcile([{ id: 'a', parent: null, forecast: [1] }])
  expect(provenance).toMatchObject({ engine: 'series/reconcile', warnings: [] })
})
