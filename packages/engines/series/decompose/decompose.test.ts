import { describe, expect, it } from 'vitest'
import { mstl, stl } from '../index.ts'
import { seasonal } from '../series-for-tests.ts'

describe('a decomposition', () => {
  it('adds up, and finds the season and the trend it was made of', () => {
    const values = seasonal(140, { noise: 0 })
    const {
      trend,
      seasonal: [cycle],
      remainder,
    } = stl(values, 7)
    for (let t = 0; t < 140; t++)
      expect((trend[t] ?? 0) + (cycle?.[t] ?? 0) + (remainder[t] ?? 0)).toBeCloseTo(values[t] ?? NaN, 8)
    for (let t = 20; t < 120; t++) {
      expect(Math.abs((cycle?.[t] ?? 0) - 10 * Math.sin((2 * Math.PI * t) / 7))).toBeLessThan(0.3)
      expect(Math.abs((trend[t] ?? 0) - (100 + 0.1 * t))).toBeLessThan(0.3)
    }
  })

  it('tells two seasons apart', () => {
    const short = (t: number) => 5 * Math.sin((2 * Math.PI * t) / 6)
    const long = (t: number) => 20 * Math.sin((2 * Math.PI * t) / 30)
    const values = Array.from({ length: 240 }, (_, t) => 50 + short(t) + long(t))
    const {
      seasonal: [a, b],
    } = mstl(values, [6, 30])
    let worst = 0
    for (let t = 40; t < 200; t++)
      worst = Math.max(worst, Math.abs((a?.[t] ?? 0) - short(t)), Math.abs((b?.[t] ?? 0) - long(t)))
    expect(worst).toBeLessThan(2.5)
  })
})
