import { describe, expect, it } from 'vitest'
import {
  changeOf,
  formatBytes,
  formatClock,
  formatCompact,
  formatDecimal,
  formatDuration,
  formatMoney,
  formatPercent,
} from './number'
import { initials, sentence } from './text'
import { formatDate, formatDay, formatExact, formatRelative } from './time'

describe('numbers as people read them', () => {
  it('never shows a small cost as none', () => {
    expect(formatMoney(0)).toBe('$0.00')
    expect(formatMoney(12)).toBe('$0.000012')
    expect(formatMoney(4_210)).toBe('$0.00421')
    expect(formatMoney(1_248_900_000)).toBe('$1,248.90')
  })

  it('are written as Intl writes them, without its weight', () => {
    const values = [
      0, 7, -7, 999, 1000, 9999, 10_000, 12_345, 99_949, 999_949, 999_950, 1_234_567, -45_600_000, 2.5e9, 0.1, 0.076,
      12.34,
    ]
    const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
    const share = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })
    const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
    const large = values.filter((value) => Math.abs(value) >= 10_000)
    expect(values.map((value) => formatDecimal(value, 2))).toEqual(values.map((value) => decimal.format(value)))
    expect(values.map(formatPercent)).toEqual(values.map((value) => share.format(value)))
    expect(large.map(formatCompact)).toEqual(large.map((value) => compact.format(value)))
    expect([-0.001, -1_500_000].map(formatMoney)).toEqual(['$0.00', '-$1.50'])
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

  it('are relative as Intl says it', () => {
    const intl = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' })
    const hour = 3_600_000
    const at = (hours: number) => formatRelative(new Date(now + hours * hour).toISOString(), now)
    expect([-1, 1, -5].map(at)).toEqual([intl.format(-1, 'hour'), intl.format(1, 'hour'), intl.format(-5, 'hour')])
    expect([-24, 24, -72].map(at)).toEqual([intl.format(-1, 'day'), intl.format(1, 'day'), intl.format(-3, 'day')])
    expect([-168, -24 * 31, 24 * 400].map(at)).toEqual([
      intl.format(-1, 'week'),
      intl.format(-1, 'month'),
      intl.format(1, 'year'),
    ])
  })

  it('name the moment as Intl does', () => {
    const exact = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium' })
    const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' })
    for (const moment of ['2026-11-03T00:05:09Z', '2026-07-31T12:00:00Z', '2025-01-01T23:59:59.999Z']) {
      expect(formatExact(moment)).toBe(exact.format(new Date(moment)))
      expect(formatDate(moment)).toBe(date.format(new Date(moment)))
    }
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
