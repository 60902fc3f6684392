import { expect, test } from 'vitest'
import { divideRounded, exactNumber, scaledPrice } from './micros.ts'

test('halves are rounded away from zero, on both sides of it', () => {
  const rounded = [5n, 4n, -5n, -4n, 15n, 14n, -15n].map((value) => divideRounded(value, 10n))
  expect(rounded).toEqual([1n, 0n, -1n, 0n, 2n, 1n, -2n])
  expect(() => divideRounded(1n, 0n)).toThrow(RangeError)
})

test('a sum that a number cannot hold exactly is refused instead of rounded', () => {
  expect(exactNumber('9007199254740991')).toBe(9007199254740991)
  expect(() => exactNumber('9007199254740993')).toThrow(RangeError)
})

test('prices are decimal, whatever floating point makes of them', () => {
  expect(scaledPrice(0.1) + scaledPrice(0.2)).toBe(scaledPrice(0.3))
  expect(() => scaledPrice(-1)).toThrow(RangeError)
  expect(() => scaledPrice(Number.NaN)).toThrow(RangeError)
})
