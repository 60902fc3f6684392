import { describe, expect, it } from 'vitest'
import { changeOf, formatBytes, formatClock, formatDuration, formatMoney } from './number'
import { initials, sentence } from './text'
import { formatDay, formatRelative } from './time'

describe('numbers as people read them', () => {
  it('never shows a small cost as none', () => {
    expect(formatMoney(0)).toBe('$0.00')
    expect(formatMoney(12)).toBe('$0.000012')
    expect(formatMoney(4_210)).toBe('$0.00421')
    expect(formatMoney(1_248_900_000)).toBe('$1,248.90')
  })

  it('gives durations the unit of their size', () => {
    expect([420, 2310, 42_000, 185_000, 3_840_000].map(formatDuration)).toEqual([
      '420 ms',
      '2.31 s',
      '42.0 s',
      '3 min 05 s',
      '1 h 04 min',
    ])
  })

  it('reads seconds as a position in a recording', () => {
    expect([5, 65, 3727].map(formatClock)).toEqual(['0:05', '1:05', '1:02:07'])
  })

  it('reads bytes', () => {
    expect([0, 900, 12_300, 3_400_000].map(formatBytes)).toEqual(['0 B', '900 B', '12.3 kB', '3.4 MB'])
  })

  it('has no change against nothing', () => {
    expect(changeOf(5, 0)).toBeNull()
    expect(changeOf(5, 4)).toBe(0.25)
  })
})

describe('times as people read them', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')

  it('are relative to now', () => {
    expect(formatRelative('2026-11-20T11:57:00Z', now)).toBe('3 minutes ago')
    expect(formatRelative('2026-11-20T11:59:40Z', now)).toBe('just now')
    expect(formatRelative('2026-11-22T12:00:00Z', now)).toBe('in 2 days')
  })

  it('keep the day of a series whatever the time zone', () => {
    expect(formatDay('2026-11-03')).toBe('Nov 3')
  })
})

describe('words', () => {
  it('have initials', () => {
    expect(['Ada Lovelace', 'Northwind', 'Fern & Fig'].map(initials)).toEqual(['AL', 'N', 'FF'])
  })

  it('become sentences', () => {
    expect(sentence('rate_limited')).toBe('Rate limited')
  })
})
