import { describe, expect, it } from 'vitest'
import { planRota, type Rota, type RotaProblem } from './plan-rota.ts'

const week: RotaProblem = {
  shifts: [0, 1, 2, 3, 4].flatMap((d) => [
    { name: `early ${String(d)}`, start: d * 24 + 6, end: d * 24 + 14, staff: 1 },
    { name: `late ${String(d)}`, start: d * 24 + 14, end: d * 24 + 22, staff: 1, skills: { key: 1 } },
  ]),
  people: [
    { name: 'Ada', skills: ['key'], maxHours: 24 },
    { name: 'Bo', maxHours: 40, unavailable: ['early 0'], preferences: { 'early 1': -5 } },
    { name: 'Cy', skills: ['key'], maxHours: 24, maxShiftsInARow: 2 },
  ],
}

/** Rest, hours, absences and staffing, counted anew. */
function check(problem: RotaProblem, rota: Rota): string[] {
  const faults: string[] = []
  for (const person of problem.people) {
    const own = rota.assignments
      .filter((each) => each.person === person.name)
      .flatMap(({ shift }) => problem.shifts.filter(({ name }) => name === shift))
      .toSorted((a, b) => a.start - b.start)
    own.forEach((shift, i) => {
      const next = own[i + 1]
      if (next && next.start - shift.end < (problem.restHours ?? 11)) faults.push(`${person.name} rests too little`)
      if (person.unavailable?.includes(shift.name)) faults.push(`${person.name} is away`)
    })
    if (own.reduce((sum, { start, end }) => sum + end - start, 0) > (person.maxHours ?? Infinity))
      faults.push(`${person.name} works too long`)
  }
  for (const shift of problem.shifts) {
    const there = rota.assignments.filter((each) => each.shift === shift.name)
    const short = rota.shortages.find((each) => each.shift === shift.name && each.skill === null)?.missing ?? 0
    if (there.length + short < shift.staff) faults.push(`${shift.name} is short without a word`)
  }
  return faults
}

describe('a rota', () => {
  it('staffs all shifts with rest, skills and wishes', async () => {
    const rota = await planRota(week)
    expect(check(week, rota)).toEqual([])
    expect(rota.shortages).toEqual([])
    expect(rota.assignments).toContainEqual({ shift: 'early 1', person: 'Bo' })
    const days = rota.assignments
      .filter(({ person }) => person === 'Cy')
      .map(({ shift }) => Number(shift.split(' ')[1]))
    for (const d of days) expect([d, d + 1, d + 2].every((each) => days.includes(each))).toBe(false)
  })

  it('shows a shortage instead of breaking a rule', async () => {
    const thin = { ...week, people: week.people.slice(0, 1) }
    const rota = await planRota(thin)
    expect(check(thin, rota)).toEqual([])
    expect(rota.hours).toEqual({ Ada: 24 })
    expect(rota.shortages.length).toBeGreaterThan(0)
  })

  it('shares the hours when fairness counts', async () => {
    const pair: RotaProblem = {
      shifts: week.shifts.map((shift) => ({ ...shift, skills: undefined })),
      people: [
        { name: 'A', hourlyCost: 10 },
        { name: 'B', hourlyCost: 11 },
      ],
      fairness: 100,
    }
    expect((await planRota(pair)).hours).toEqual({ A: 40, B: 40 })
  })

  it('names what contradicts itself', async () => {
    const [ada] = week.people
    await expect(planRota({ ...week, people: [{ name: 'Ada', ...ada, minHours: 60 }] })).rejects.toThrow()
    await expect(planRota({ ...week, people: [{ name: 'A', fixed: ['early 0', 'late 0'] }] })).rejects.toThrow(
      'rest of A between early 0 and late 0',
    )
    await expect(planRota({ ...week, people: [{ name: 'A', unavailable: ['never'] }] })).rejects.toThrow(
      'there is no shift never',
    )
  })
})
