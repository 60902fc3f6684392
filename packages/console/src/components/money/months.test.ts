import { expect, test } from 'vitest'
import { formatMonth, monthAway } from './months.ts'

test('months are counted over the end of a year, both ways', () => {
  expect([monthAway('2026-01', -1), monthAway('2026-12', 1), monthAway('2026-06', 0)]).toEqual([
    '2025-12',
    '2027-01',
    '2026-06',
  ])
})

test('a month is written out whatever the time zone', () => {
  expect(formatMonth('2026-01')).toBe('January 2026')
})
