import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineInputError, InfeasibleError } from '../../contract/index.ts'
import { erlangB, erlangC, staffFor } from './index.ts'

describe('Erlang', () => {
  it('has the closed forms of one and two servers', () => {
    expect(erlangB(2, 1)).toBeCloseTo(2 / 3, 12)
    expect(erlangB(2, 2)).toBeCloseTo(2 / 5, 12)
    // One server: waits with the chance that it is busy, load / (1 - load) service times on average.
    const single = erlangC({ arrivalsPerHour: 30, serviceSeconds: 60 }, 1)
    expect(single.waitProbability).toBeCloseTo(0.5, 12)
    expect(single.meanWaitSeconds).toBeCloseTo(60, 9)
  })

  it('answers the usual example: 200 calls of 3 minutes an hour, 80 % within 20 seconds', () => {
    const { figures, scheduled } = staffFor({ arrivalsPerHour: 200, serviceSeconds: 180 }, { shrinkage: 0.3 })
    expect(figures.load).toBeCloseTo(10, 12)
    expect(figures.servers).toBe(14)
    expect(figures.waitProbability).toBeCloseTo(0.1741, 4)
    expect(figures.serviceLevel).toBeCloseTo(0.888, 3)
    expect(figures.meanWaitSeconds).toBeCloseTo(7.8, 1)
    expect(scheduled).toBe(20)
  })

  it('staffs no one more than needed', () => {
    const traffic = fc.record({
      arrivalsPerHour: fc.double({ min: 1, max: 5000, noNaN: true }),
      serviceSeconds: fc.double({ min: 5, max: 900, noNaN: true }),
    })
    fc.assert(
      fc.property(traffic, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (traffic, serviceLevel) => {
        const { figures } = staffFor(traffic, { serviceLevel })
        expect(figures.serviceLevel ?? 0).toBeGreaterThanOrEqual(serviceLevel)
        if (figures.servers - 1 > figures.load)
          expect(erlangC(traffic, figures.servers - 1, 20).serviceLevel ?? 1).toBeLessThan(serviceLevel)
      }),
    )
    expect(staffFor({ arrivalsPerHour: 200, serviceSeconds: 180 }, { maxOccupancy: 0.6 }).figures.servers).toBe(17)
  })

  it('says when a queue would grow for ever, and refuses what is no traffic', () => {
    expect(() => erlangC({ arrivalsPerHour: 200, serviceSeconds: 180 }, 10)).toThrow(InfeasibleError)
    expect(() => erlangC({ arrivalsPerHour: -1, serviceSeconds: 180 }, 10)).toThrow(EngineInputError)
    expect(() => staffFor({ arrivalsPerHour: 1e9, serviceSeconds: 180 })).toThrow('check the units')
  })
})
