import { expect, test } from 'vitest'
import { figureOf, microsOf, usdOf } from './money-field.ts'

test('money is entered in dollars and kept in whole micro-units; an empty field is no budget', () => {
  expect([microsOf('2.50'), microsOf(0.0004), microsOf('0'), microsOf(''), microsOf(' ')]).toEqual([
    2_500_000,
    400,
    0,
    null,
    null,
  ])
  expect([usdOf(2_500_000), usdOf(0), usdOf(null)]).toEqual(['2.5', '0', ''])
})

test('a field may hold text or a number', () => {
  expect([figureOf('60'), figureOf(60), figureOf('')]).toEqual([60, 60, null])
})
