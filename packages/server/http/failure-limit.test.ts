import { describe, expect, it } from 'vitest'
import { createFailureLimit } from './failure-limit.ts'

describe('failed sign-ins from one address', () => {
  it('are stopped after the limit, only for that address, and only for the window', () => {
    let time = 0
    const limit = createFailureLimit({ failures: 3, windowMs: 60_000, now: () => time })
    for (let n = 0; n < 3; n++) {
      expect(limit.blockedFor('1.1.1.1')).toBe(0)
      limit.failed('1.1.1.1')
    }
    expect(limit.blockedFor('1.1.1.1')).toBe(60)
    expect(limit.blockedFor('2.2.2.2')).toBe(0)
    time = 60_000
    expect(limit.blockedFor('1.1.1.1')).toBe(0)
  })
  it('do not fill the memory, however many addresses there are', () => {
    const limit = createFailureLimit({ failures: 1, windowMs: 60_000 })
    for (let n = 0; n < 50_000; n++) limit.failed(`address-${String(n)}`)
    expect(limit.blockedFor('address-49999')).toBeGreaterThan(0)
  })
})
