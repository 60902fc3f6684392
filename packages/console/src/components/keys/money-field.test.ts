import { expect, test } from 'vitest'
import { microsOf, usdOf } from './money-field.ts'

test('money is entered in dollars and kept in whole micro-units; an empty field is no budget', () => {
  expect([microsOf('2.50'), microsOf('0'), microsOf(''), microsOf(' ')]).toEqual([2_500_000, 0, null, null])
  expect([usdOf(2_500_000), usdOf(0), usdOf(null)]).toEqual(['2.5', '0', ''])
})
