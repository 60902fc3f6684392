import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { integerRows } from './index.ts'

const numbers = fc.integer({ min: -5000, max: 5000 })

it('products of integers are exact, with vector instructions and without', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }).chain((width) =>
        fc.record({
          vector: fc.array(numbers, { minLength: width, maxLength: width }),
          rows: fc.array(fc.array(numbers, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 9 }),
        }),
      ),
      fc.nat(9),
      ({ vector, rows }, skip) => {
        const from = Math.min(skip, rows.length)
        const expected = rows.slice(from).map((row) => row.reduce((sum, value, a) => sum + value * (vector[a] ?? 0), 0))
        for (const simd of [true, false]) {
          const held = integerRows(rows.length, vector.length, 9, simd)
          for (const [r, row] of rows.entries()) held.values.set(row, r * held.stride)
          // What was there before must not matter.
          held.products(
            Int16Array.from({ length: held.stride }, () => 77),
            0,
            rows.length,
          )
          expect([...held.products(Int16Array.from(vector), from, rows.length)]).toEqual(expected)
        }
      },
    ),
  )
})

it('products reach 2^31 without overflow', () => {
  for (const simd of [true, false]) {
    const held = integerRows(1, 2, 1, simd)
    held.values.set([-32_767, 0])
    expect([...held.products(Int16Array.of(32_767, 32_767), 0, 1)]).toEqual([-(32_767 ** 2)])
  }
})
