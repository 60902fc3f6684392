import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { locateFacilities } from './locate-facilities.ts'
import { locateMedians } from './p-median.ts'

const random = createRandom(9)
const points = Array.from({ length: 16 }, () => [random.integer(100), random.integer(100)] as const)
const costs = points.map(([x, y]) => points.map(([u, v]) => Math.round(Math.hypot(x - u, y - v))))

describe('p-median', () => {
  it('finds the best of all choices, and a bound below it', () => {
    for (const medians of [1, 2, 3, 4]) {
      const found = locateMedians({ costs, medians })
      expect(found.cost).toBe(exhaustive(medians))
      expect(found.bound).toBeLessThanOrEqual(found.cost)
      expect(found.gap).toBeLessThan(0.05)
      expect(found.servedBy.reduce((sum, i, j) => sum + (costs[i]?.[j] ?? Infinity), 0)).toBe(found.cost)
      expect(found.open).toHaveLength(medians)
    }
  })

  it('does not depend on the unit of the costs', () => {
    const base = locateMedians({ costs, medians: 3 })
    for (const unit of [1e-12, 1e-6, 1e9]) {
      const { open, cost, bound } = locateMedians({
        costs: costs.map((row) => row.map((each) => each * unit)),
        medians: 3,
      })
      expect(open).toEqual(base.open)
      expect(cost / unit).toBeCloseTo(base.cost, 6)
      expect(bound).toBeLessThanOrEqual(cost)
      expect(bound / unit).toBeGreaterThan(0.9 * base.cost)
    }
  })

  it('ends at the time limit with the best so far, and says so', () => {
    const draw = createRandom(2)
    const many = Array.from({ length: 400 }, () => Array.from({ length: 400 }, () => draw.integer(1000)))
    const started = performance.now()
    const { provenance, gap } = locateMedians({ costs: many, medians: 40 }, { maxMillis: 60, iterations: Infinity })
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
    expect(gap).toBeGreaterThan(0)
    expect(() =>
      locateMedians({ costs: many, medians: 40 }, { signal: AbortSignal.abort(new Error('stopped')) }),
    ).toThrow('stopped')
  })

  it('is the same for the same seed, and names what cannot be', () => {
    expect(locateMedians({ costs, medians: 5 }, { seed: 3 })).toEqual(locateMedians({ costs, medians: 5 }, { seed: 3 }))
    expect(() => locateMedians({ costs, medians: 17 })).toThrow('only 16 places')
    expect(() => locateMedians({ costs: [[1], [1, 2]], medians: 1 })).toThrow('costs, row 1')
  })
})

describe('facility location', () => {
  const facilities = points.slice(0, 5).map((_, i) => ({ name: `f${String(i)}`, fixedCost: 60 }))
  const customers = points.map((_, j) => ({ name: `c${String(j)}`, demand: 2 }))

  it('opens what is worth its cost', async () => {
    const plan = await locateFacilities({ facilities, customers, costs: costs.slice(0, 5) })
    let best = Infinity
    for (let set = 1; set < 32; set++) {
      const open = [0, 1, 2, 3, 4].filter((i) => (set >> i) & 1)
      best = Math.min(
        best,
        60 * open.length + points.reduce((sum, _, j) => sum + Math.min(...open.map((i) => costs[i]?.[j] ?? 0)), 0),
      )
    }
    expect(plan.cost).toBeCloseTo(best, 6)
    expect(plan.gap).toBeLessThan(1e-6)
  })

  it('names what is there twice', async () => {
    await expect(
      locateFacilities({ facilities: [...facilities, ...facilities], customers, costs: [] }),
    ).rejects.toThrow('facilities.name, row 5')
    await expect(locateFacilities({ facilities, customers: [...customers, ...customers], costs: [] })).rejects.toThrow(
      'customers.name, row 16',
    )
  })

  it('keeps to capacities, or says which customers cannot be served', async () => {
    const limited = facilities.map((each) => ({ ...each, capacity: 8 }))
    const plan = await locateFacilities({
      facilities: limited,
      customers,
      costs: costs.slice(0, 5),
      singleSource: true,
    })
    for (const { name } of limited)
      expect(
        plan.shares.filter(({ facility }) => facility === name).reduce((sum, { share }) => sum + 2 * share, 0),
      ).toBeLessThanOrEqual(8 + 1e-6)
    const tight = facilities.map((each) => ({ ...each, capacity: 1 }))
    await expect(
      locateFacilities({
        facilities: tight,
        customers: customers.slice(0, 3),
        costs: costs.slice(0, 5).map((row) => row.slice(0, 3)),
      }),
    ).rejects.toThrow(/capacity of f/)
  })
})

function exhaustive(medians: number): number {
  let best = Infinity
  const go = (from: number, open: number[]) => {
    if (open.length === medians)
      best = Math.min(
        best,
        costs.reduce((sum, _, j) => sum + Math.min(...open.map((i) => costs[i]?.[j] ?? 0)), 0),
      )
    else for (let i = from; i < costs.length; i++) go(i + 1, [...open, i])
  }
  go(0, [])
  return best
}
