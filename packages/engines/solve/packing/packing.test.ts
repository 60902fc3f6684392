import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binsNeeded } from './bins-needed.ts'
import { packKnapsack } from './knapsack.ts'
import { packBins } from './pack-bins.ts'
import { planShelves } from './plan-shelves.ts'

describe('a knapsack', () => {
  it('is worth as much as the best of all subsets, whole-numbered or not', async () => {
    const item = fc.record({ value: fc.integer({ min: -2, max: 20 }), size: fc.integer({ min: 0, max: 10 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 8 }),
        fc.nat(25),
        fc.constantFrom(1, 0.5),
        async (list, capacity, unit) => {
          const items = list.map(({ value, size }, i) => ({ name: String(i), value, sizes: [size * unit] }))
          let best = 0
          for (let set = 0; set < 1 << list.length; set++) {
            const chosen = list.filter((_, i) => (set >> i) & 1)
            if (chosen.reduce((sum, { size }) => sum + size, 0) <= capacity)
              best = Math.max(
                best,
                chosen.reduce((sum, { value }) => sum + value, 0),
              )
          }
          const packing = await packKnapsack({ capacities: [capacity * unit], items })
          expect(packing.value).toBeCloseTo(best, 6)
          const size = packing.taken.reduce(
            (sum, { name, count }) => sum + count * (items[Number(name)]?.sizes[0] ?? 0),
            0,
          )
          expect(size).toBeLessThanOrEqual(capacity * unit + 1e-9)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has dimensions and pieces', async () => {
    const items = [
      { name: 'a', value: 10, sizes: [5, 1], count: 3 },
      { name: 'b', value: 6, sizes: [2, 3], count: 2 },
    ]
    expect(await packKnapsack({ capacities: [14, 5], items })).toMatchObject({ value: 26, bound: 26 })
    await expect(packKnapsack({ capacities: [1], items })).rejects.toThrow('items.sizes, row 0')
  })
})

describe('bins', () => {
  it('hold everything once, none too much, and no fewer would do where the bound says so', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const items = sizes.map((size, i) => ({ name: String(i), size }))
        const { bins, bound } = packBins({ capacity: 100, items }, { iterations: 300 })
        expect(bins.flat().toSorted()).toEqual(items.map(({ name }) => name).toSorted())
        for (const bin of bins)
          expect(bin.reduce((sum, name) => sum + (sizes[Number(name)] ?? 0), 0)).toBeLessThanOrEqual(100)
        expect(bins.length).toBeGreaterThanOrEqual(bound)
        expect(bins.length).toBeLessThanOrEqual(bound + 1)
      }),
      { numRuns: 60 },
    )
  })

  it('of triplets that fill each bin exactly are found, where best fit needs more', () => {
    const triplets = [
      [40, 35, 25],
      [45, 29, 26],
      [38, 33, 29],
      [47, 27, 26],
      [36, 34, 30],
      [41, 32, 27],
    ]
    const items = triplets.flat().map((size, i) => ({ name: String(i), size }))
    expect(packBins({ capacity: 100, items }).bins).toHaveLength(6)
  })

  it('are never fewer than the bound, which does not depend on the unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(20, 23, 30),
        fc.constantFrom(1, 0.1, 1 / 3, 1e-12, 1e12),
        (sizes, capacity, unit) => {
          const bound = binsNeeded(
            sizes.map((size) => size * unit),
            capacity * unit,
          )
          expect(bound).toBeLessThanOrEqual(fewestBins(sizes, capacity))
          expect(bound).toBeGreaterThanOrEqual(Math.ceil(sizes.reduce((a, b) => a + b, 0) / capacity))
          expect(bound).toBe(binsNeeded(sizes, capacity))
        },
      ),
      { numRuns: 150 },
    )
    // Three of 0.3 leave no room for a fourth: rounding by u(3) sees it, the sum and L2 do not.
    expect(
      binsNeeded(
        Array.from({ length: 10 }, () => 30),
        100,
      ),
    ).toBe(4)
    expect(
      binsNeeded(
        Array.from({ length: 9 }, () => 26),
        100,
      ),
    ).toBe(3)
  })

  it('tell their gap', () => {
    const items = [0.55, 0.45, 0.55, 0.45, 0.8, 0.2].map((size, i) => ({ name: String(i), size }))
    expect(packBins({ capacity: 1, items })).toMatchObject({ bound: 3, gap: 0 })
  })

  it('refuse what is larger than a bin by name', () => {
    expect(() => packBins({ capacity: 5, items: [{ name: 'sofa', size: 6 }] })).toThrow('sofa')
    expect(() => packBins({ capacity: 5, items: [{ name: 'a', size: 0 }] })).toThrow('size, row 0')
  })
})

describe('shelves', () => {
  it('hold the facings that pay most', async () => {
    const problem = {
      shelves: [
        { name: 'eye', width: 30, height: 20, appeal: 1.5 },
        { name: 'floor', width: 40, height: 40 },
      ],
      products: [
        { name: 'tea', width: 10, height: 15, profit: 9, maxFacings: 3, elasticity: 0.5 },
        { name: 'rice', width: 20, height: 35, profit: 5, maxFacings: 2 },
        { name: 'salt', width: 10, height: 10, profit: 2, minFacings: 1 },
      ],
    }
    const plan = await planShelves(problem)
    expect(plan.facings.find(({ product }) => product === 'tea')).toEqual({ shelf: 'eye', product: 'tea', count: 3 })
    expect(plan.facings.map(({ product }) => product)).toContain('salt')
    for (const shelf of problem.shelves)
      expect(
        plan.facings
          .filter((each) => each.shelf === shelf.name)
          .reduce(
            (sum, { product, count }) =>
              sum + count * (problem.products.find(({ name }) => name === product)?.width ?? 0),
            0,
          ),
      ).toBeLessThanOrEqual(shelf.width)
    await expect(planShelves({ ...problem, shelves: [...problem.shelves, ...problem.shelves] })).rejects.toThrow(
      'shelves.name, row 2',
    )
    await expect(
      planShelves({
        ...problem,
        products: problem.products.map((each) => ({ ...each, minFacings: 2, maxFacings: 3 })),
        shelves: problem.shelves.slice(0, 1),
      }),
    ).rejects.toThrow('place of rice')
  })
})

/** Fewest bins by trying all ways to put each item. */
function fewestBins(sizes: readonly number[], capacity: number): number {
  let best = sizes.length
  const rooms: number[] = []
  const go = (at: number) => {
    const size = sizes[at]
    if (rooms.length >= best) return
    if (size === undefined) {
      best = rooms.length
      return
    }
    for (const [b, room] of rooms.entries())
      if (room >= size) {
        rooms[b] = room - size
        go(at + 1)
        rooms[b] = room
      }
    rooms.push(capacity - size)
    go(at + 1)
    rooms.pop()
  }
  go(0)
  return best
}
