import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InfeasibleError } from '../../contract/index.ts'
import { createCatalogue, fitRecommender, recommendItems, type ShelfRules } from '../index.ts'
import { groupOf, madeShop } from '../testing/made-shop.ts'
import type { z } from 'zod'

const rows = madeShop(3)
const items = [...new Set(rows.map((each) => each.item))]
const brandOf = (item: string) => `brand ${String(Number(item.split('-')[1]) % 3)}`
const catalogue = createCatalogue(
  items.map((item) => ({
    item,
    available: item !== 'g1-0',
    attributes: { group: groupOf(item)!, brand: brandOf(item), own: brandOf(item) === 'brand 2' },
  })),
)
const models = (['ease', 'item-knn', 'als', 'bpr'] as const).map((method) =>
  fitRecommender(rows, { method, choose: false, als: { factors: 8 }, bpr: { factors: 8, epochs: 15 } }),
)
const model = models[0]!
const shelf = (rules: z.input<typeof ShelfRules>, count = 10, user = 'u1') =>
  recommendItems(model, { user, count, rules }, catalogue).items.map((each) => each.item)

const groupsShown = (diversity: number) => new Set(shelf({ diversity }, 8).map(groupOf)).size
const impossible = () =>
  shelf({ atLeast: [{ attribute: 'own', value: true, least: 4 }], atMost: [{ attribute: 'brand', most: 2 }] })

describe('a shelf', () => {
  it('shows nothing that is sold out or excluded, and only what is asked for', () => {
    const plain = shelf({}, 60)
    expect(plain).not.toContain('g1-0')
    expect(shelf({ exclude: [plain[0]!] }, 60)).not.toContain(plain[0])
    expect(shelf({ only: [{ attribute: 'group', values: ['g0', 'g3'] }] }, 8).map(groupOf)).not.toContain('g1')
    expect(shelf({ never: [{ attribute: 'brand', values: ['brand 1'] }] }, 20).map(brandOf)).not.toContain('brand 1')
  })

  it('keeps places for pinned items, and gives the place of one that is sold out to the next', () => {
    expect(shelf({ pin: [{ item: 'g3-4', place: 3 }] })[2]).toBe('g3-4')
    expect(shelf({ pin: [{ item: 'g1-0', place: 1 }] })).toEqual(shelf({}))
  })

  it('multiplies scores', () => {
    const boosted = shelf({ boost: [{ attribute: 'group', value: 'g3', factor: 500 }] }, 3)
    expect(boosted.map(groupOf)).toEqual(['g3', 'g3', 'g3'])
  })

  it('mixes when it is asked to', () => {
    expect(groupsShown(0.7)).toBeGreaterThan(groupsShown(0))
  })

  it('says which demands cannot be met together', () => {
    expect(impossible).toThrow(InfeasibleError)
    expect(impossible).toThrow('at least 4 with own = true')
  })

  it('that cannot be filled is shorter, with a warning', () => {
    const { items: shown, provenance } = recommendItems(
      model,
      { user: 'u1', count: 10, rules: { atMost: [{ attribute: 'brand', most: 1 }] } },
      catalogue,
    )
    expect(shown).toHaveLength(3)
    expect(provenance.warnings.map((each) => each.code)).toContain('shelf-short')
  })

  it.each([
    ['an attribute that no item has', { only: [{ attribute: 'colour', values: ['red'] }] }, 'only, row 0'],
    ['a value that no item has', { boost: [{ attribute: 'brand', value: 'brnd', factor: 2 }] }, 'boost, row 0'],
    ['a place beyond the shelf', { pin: [{ item: 'g0-1', place: 11 }] }, 'place 11 of 10'],
    [
      'two items in one place',
      {
        pin: [
          { item: 'g0-1', place: 1 },
          { item: 'g0-2', place: 1 },
        ],
      },
      'another item',
    ],
    [
      'an item in two places',
      {
        pin: [
          { item: 'g0-1', place: 1 },
          { item: 'g0-1', place: 2 },
        ],
      },
      'already',
    ],
    ['an item that is not known', { pin: [{ item: 'gold', place: 1 }] }, 'not an item'],
    ['an item pinned and excluded', { pin: [{ item: 'g0-1', place: 1 }], exclude: ['g0-1'] }, 'pinned and excluded'],
  ])('refuses %s', (_name, rules, message) => {
    expect(() => shelf(rules)).toThrow(message)
  })

  it('refuses a catalogue with an item twice', () => {
    expect(() => createCatalogue([{ item: 'a' }, { item: 'a' }])).toThrow('item, row 1')
  })
})

it('any shelf keeps its rules, for any method', () => {
  fc.assert(
    fc.property(
      fc.record({
        which: fc.integer({ min: 0, max: 3 }),
        user: fc.integer({ min: 0, max: 130 }),
        count: fc.integer({ min: 1, max: 20 }),
        most: fc.integer({ min: 1, max: 6 }),
        least: fc.integer({ min: 1, max: 4 }),
        diversity: fc.constantFrom(0, 0.3, 1),
        place: fc.integer({ min: 1, max: 20 }),
        factor: fc.constantFrom(0.2, 1, 9),
      }),
      ({ which, user, count, most, least, diversity, place, factor }) => {
        const pinned = items[user % items.length]!
        const rules = {
          diversity,
          exclude: ['g2-1', 'g0-1'].filter((item) => item !== pinned),
          atMost: [{ attribute: 'brand', most }],
          atLeast: [{ attribute: 'group', value: 'g2', least: Math.min(least, count, most) }],
          boost: [{ attribute: 'brand', value: 'brand 0', factor }],
          pin: place <= count - least ? [{ item: pinned, place }] : [],
        }
        let shown: string[]
        try {
          const request = { user: `u${String(user)}`, count, rules }
          shown = recommendItems(models[which]!, request, catalogue).items.map((each) => each.item)
        } catch (error) {
          // A pinned item can use up what a brand may have.
          expect(error).toBeInstanceOf(InfeasibleError)
          return
        }
        expect(new Set(shown).size).toBe(shown.length)
        expect(shown.filter((item) => rules.exclude.includes(item) || item === 'g1-0')).toEqual([])
        for (const brand of ['brand 0', 'brand 1', 'brand 2'])
          expect(shown.filter((item) => brandOf(item) === brand).length).toBeLessThanOrEqual(most)
        expect(shown.filter((item) => groupOf(item) === 'g2').length).toBeGreaterThanOrEqual(
          Math.min(least, count, most),
        )
        expect(shown.length === count && rules.pin.length > 0 && pinned !== 'g1-0' ? shown[place - 1] : pinned).toBe(
          pinned,
        )
      },
    ),
    { numRuns: 150 },
  )
})
