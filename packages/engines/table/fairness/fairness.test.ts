import { describe, expect, it } from 'vitest'
import { evaluateFairness } from '../index.ts'

/** Rows of people: group, decision, truth, how many. */
const people = (cells: [string, boolean, boolean, number][]) => {
  const rows = cells.flatMap(([group, hired, good, count]) =>
    Array.from({ length: count }, () => ({ group, hired, good })),
  )
  return { group: rows.map((row) => row.group), hired: rows.map((row) => row.hired), good: rows.map((row) => row.good) }
}
const applicants = people([
  ['a', true, true, 40],
  ['a', true, false, 8],
  ['a', false, true, 10],
  ['a', false, false, 22],
  ['b', true, true, 8],
  ['b', true, false, 4],
  ['b', false, true, 8],
  ['b', false, false, 20],
])

describe('fairness', () => {
  it('is the example of the four-fifths rule: 48 of 80 against 12 of 40 selected is an impact ratio of a half', () => {
    const report = evaluateFairness(applicants, { group: 'group', decision: 'hired' })
    expect(report.reference).toBe('a')
    expect(report.groups[1]).toMatchObject({ rows: 40, selectionRate: 0.3, truePositiveRate: null })
    expect(report.smallestImpactRatio).toBeCloseTo(0.5, 12)
    expect(report.passesFourFifths).toBe(false)
    expect(report.demographicParityDifference).toBeCloseTo(0.3, 12)
    // z = 0.3 / sqrt(0.5 * 0.5 * (1/80 + 1/40)) = 3.098
    expect(report.groups[1]!.pValue).toBeCloseTo(0.00195, 5)
  })

  it('compares error rates when the truth is known', () => {
    const report = evaluateFairness(applicants, { group: 'group', decision: 'hired', outcome: 'good' })
    expect(report.groups[0]).toMatchObject({ truePositiveRate: 0.8, precision: 40 / 48 })
    expect(report.groups[1]).toMatchObject({ truePositiveRate: 0.5 })
    expect(report.groups[0]!.falsePositiveRate).toBeCloseTo(8 / 30, 12)
    expect(report.equalOpportunityDifference).toBeCloseTo(0.3, 12)
    expect(report.equalisedOddsDifference).toBeCloseTo(0.3, 12)
  })

  it('passes groups that are treated alike, and warns of small ones', () => {
    const alike = people([
      ['a', true, true, 10],
      ['a', false, true, 10],
      ['b', true, true, 20],
      ['b', false, true, 20],
    ])
    const report = evaluateFairness(alike, { group: 'group', decision: 'hired', reference: 'b' })
    expect(report).toMatchObject({ smallestImpactRatio: 1, passesFourFifths: true, demographicParityDifference: 0 })
    expect(report.provenance.warnings).toMatchObject([{ code: 'small-group' }])
  })

  it('refuses a single group and unknown names', () => {
    const { hired } = applicants
    expect(() =>
      evaluateFairness({ group: hired.map(() => 'a'), hired }, { group: 'group', decision: 'hired' }),
    ).toThrow('one group')
    expect(() => evaluateFairness(applicants, { group: 'group', decision: 'hired', reference: 'c' })).toThrow(
      '"c" is not a group',
    )
    expect(() => evaluateFairness(applicants, { group: 'group', decision: 'group', favourable: 'x' })).toThrow(
      '"x" is not a class',
    )
  })
})
