import { describe, expect, it } from 'vitest'
import { boundsOf, forecast, monthOf } from './month.ts'

describe('a month', () => {
  it('begins and ends in UTC', () => {
    expect(monthOf(new Date('2026-01-31T23:30:00-02:00'))).toBe('2026-02')
    expect(boundsOf('2026-12')).toEqual({
      from: new Date('2026-12-01T00:00:00Z'),
      to: new Date('2027-01-01T00:00:00Z'),
    })
  })

  it('is forecast from how it went so far, and not on its first day', () => {
    expect(forecast(1_000, '2026-06', new Date('2026-06-01T12:00:00Z'))).toBeNull()
    expect(forecast(1_000, '2026-06', new Date('2026-06-11T00:00:00Z'))).toBe(3_000)
    expect(forecast(1_000, '2026-06', new Date('2026-08-01T00:00:00Z'))).toBe(1_000)
  })
})
