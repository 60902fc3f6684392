import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, type SavedModel } from '../../contract/index.ts'
import { applyCox, estimateSurvival, evaluateCox, fitCox, loadCox, saveCox } from '../index.ts'

/** Weeks in remission of 42 children with leukaemia (Freireich et al. 1963), as in Gehan (1965). */
const remission = {
  weeks: [
    6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35, 1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8,
    11, 11, 12, 12, 15, 17, 22, 23,
  ],
  relapse: [
    1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1,
  ],
  arm: Array.from({ length: 42 }, (_, row) => (row < 21 ? '6-MP' : 'placebo')),
}
const options = { time: 'weeks', event: 'relapse' }

describe('the Kaplan-Meier curve', () => {
  it('has its median where half of the rows have had the event, however the shares are rounded', () => {
    for (let rows = 2; rows <= 300; rows += 2) {
      const table = { weeks: Array.from({ length: rows }, (_, row) => row + 1), relapse: Array<number>(rows).fill(1) }
      expect(estimateSurvival(table, options).curves[0]!.median).toBe(rows / 2)
    }
  })

  it('a group that left before the first event does not hide how the others differ', () => {
    const two = estimateSurvival(remission, { ...options, group: 'arm' }).difference!
    const early = {
      weeks: [...remission.weeks, 0.5, 0.5],
      relapse: [...remission.relapse, 0, 0],
      arm: [...remission.arm, 'left', 'left'],
    }
    const three = estimateSurvival(early, { ...options, group: 'arm' }).difference!
    expect(three.groups).toHaveLength(3)
    expect([three.chiSquared, three.degreesOfFreedom, three.pValue]).toEqual([two.chiSquared, 1, two.pValue])
  })

  it('gives the published survival and standard errors of 6-MP', () => {
    const { curves } = estimateSurvival(remission, { ...options, group: 'arm' })
    const published = [
      [6, 21, 0.857, 0.0764],
      [7, 17, 0.807, 0.0869],
      [10, 15, 0.753, 0.0963],
      [13, 12, 0.69, 0.1068],
      [16, 11, 0.627, 0.1141],
      [22, 7, 0.538, 0.1282],
      [23, 6, 0.448, 0.1346],
    ]
    published.forEach(([time, atRisk, survival, error], at) => {
      const step = curves[0]!.steps[at]!
      expect(step).toMatchObject({ time, atRisk })
      expect(step.survival).toBeCloseTo(survival!, 3)
      expect(step.standardError).toBeCloseTo(error!, 4)
    })
    expect(curves.map(({ group, median }) => [group, median])).toEqual([
      ['6-MP', 23],
      ['placebo', 8],
    ])
  })

  it('differs between the arms by the published log-rank test', () => {
    const { difference } = estimateSurvival(remission, { ...options, group: 'arm' })
    expect(difference!.chiSquared).toBeCloseTo(16.79, 2)
    expect(difference!.groups[0]!.expected).toBeCloseTo(19.25, 2)
    expect(difference!.pValue * 1e5).toBeCloseTo(4.17, 1)
  })

  it('falls, stays within its interval, and is the share of survivors when nobody is censored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
        (rows) => {
          const weeks = rows.map(([time]) => time)
          const [all] = estimateSurvival({ weeks, relapse: rows.map(() => 1) }, options).curves
          for (const step of all!.steps)
            expect(step.survival).toBeCloseTo(weeks.filter((time) => time > step.time).length / weeks.length, 9)
          if (!rows.some(([, event]) => event)) return
          const [curve] = estimateSurvival({ weeks, relapse: rows.map(([, event]) => event) }, options).curves
          let before = 1
          for (const step of curve!.steps) {
            expect(step.survival).toBeLessThan(before)
            expect(step.low).toBeLessThanOrEqual(step.survival + 1e-12)
            expect(step.high).toBeGreaterThanOrEqual(step.survival - 1e-12)
            before = step.survival
          }
        },
      ),
    )
  })
})

describe("Cox's model", () => {
  it('gives the published hazard ratio of the trial, ties after Efron (R: coxph(Surv(time, cens) ~ treat, gehan))', () => {
    const model = fitCox(remission, options)
    expect(model.terms[0]).toMatchObject({ feature: 'arm', level: 'placebo' })
    expect(model.terms[0]!.coefficient).toBeCloseTo(1.5721, 4)
    expect(model.terms[0]!.standardError).toBeCloseTo(0.4124, 4)
    expect(model.terms[0]!.hazardRatio).toBeCloseTo(4.817, 3)
    expect(model.fit).toMatchObject({ rows: 42, events: 30, converged: true })
    expect(model.fit.concordance).toBeCloseTo(0.69, 2)
  })

  it('finds the hazards that made the data, and the survival', () => {
    const random = createRandom(2)
    const dose = Array.from({ length: 3000 }, () => random.normal())
    const lives = dose.map((each) => -Math.log(1 - random.next()) / (0.1 * Math.exp(0.8 * each)))
    const table = { dose, t: lives.map((life) => Math.min(life, 20)), died: lives.map((life) => life < 20) }
    const model = fitCox(table, { time: 't', event: 'died' })
    expect(model.terms[0]!.coefficient).toBeCloseTo(0.8, 1)
    const { survival, relativeHazard, contributions } = applyCox(model, { dose: [1] }, [5, 10])
    expect(survival[0]![0]).toBeCloseTo(Math.exp(-0.5 * Math.exp(0.8)), 1)
    expect(survival[0]![1]).toBeLessThan(survival[0]![0]!)
    expect(Math.log(relativeHazard[0]!)).toBeCloseTo(contributions[0]![0]!, 12)
    expect(evaluateCox(model, table).concordance).toBeCloseTo(model.fit.concordance!, 9)
  })

  it('has the concordance of all pairs counted one by one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.boolean(), fc.integer({ min: 0, max: 4 })), {
          minLength: 12,
          maxLength: 40,
        }),
        (rows) => {
          const table = {
            t: rows.map(([time]) => time),
            e: rows.map(([, event]) => event),
            x: rows.map(([, , x]) => x),
          }
          fc.pre(table.e.includes(true) && new Set(table.x).size > 1)
          let model
          try {
            model = fitCox(table, { time: 't', event: 'e' })
          } catch {
            // Too little to tell a hazard from.
            return
          }
          const risk = applyCox(model, table).relativeHazard
          let [good, pairs] = [0, 0]
          rows.forEach(([time, event], i) => {
            rows.forEach(([other, happened], j) => {
              if (i === j || !event || !(other > time || (other === time && !happened))) return
              pairs++
              good += risk[i]! > risk[j]! ? 1 : risk[i] === risk[j] ? 0.5 : 0
            })
          })
          const found = evaluateCox(model, table).concordance
          if (pairs === 0) expect(found).toBeNull()
          else expect(found).toBeCloseTo(good / pairs, 9)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('says that the time limit ended the fit, and a ratio beyond the range of numbers is none', () => {
    expect(fitCox(remission, { ...options, maxMillis: 0 }).provenance.warnings.map(({ code }) => code)).toEqual([
      'time-limit',
    ])
    const dose = remission.arm.map((arm) => (arm === '6-MP' ? 1e-60 : 2e-60))
    const model = fitCox({ ...remission, arm: dose }, options)
    expect(model.terms[0]!.hazardRatio).toBeNull()
    expect(loadCox(JSON.parse(JSON.stringify(saveCox(model))))).toEqual(model)
  })

  it('keeps its word when it is saved', () => {
    const model = fitCox(remission, options)
    expect(loadCox(JSON.parse(JSON.stringify(saveCox(model))))).toEqual(model)
    const saved: SavedModel = saveCox(model)
    expect(() => loadCox({ ...saved, contents: {} })).toThrow('damaged')
  })

  it('refuses times and events that cannot be', () => {
    const { weeks, relapse, arm } = remission
    expect(() => fitCox({ weeks: weeks.with(4, 0), relapse, arm }, options)).toThrow('weeks, row 4: is 0')
    expect(() => fitCox({ weeks, relapse: relapse.with(9, 2), arm }, options)).toThrow('relapse, row 9: is 2')
    expect(() => fitCox({ weeks, relapse: relapse.map(() => 0), arm }, options)).toThrow('has no event')
    expect(() => fitCox({ weeks, relapse }, options)).toThrow('no column besides')
    expect(() => fitCox({ weeks, relapse, a: weeks, b: weeks }, options)).toThrow('combinations of each other')
  })
})
