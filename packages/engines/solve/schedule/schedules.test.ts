import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { checkJobShop, checkProject } from '../check/check-schedules.ts'
import { scheduleJobShop, type JobShop } from './schedule-job-shop.ts'
import { scheduleProject, type Project } from './schedule-project.ts'

/** Fisher & Thompson 1963, 6 jobs on 6 machines, optimum 55: pairs of machine and duration. */
const fisherThompson6 = [
  [2, 1, 0, 3, 1, 6, 3, 7, 5, 3, 4, 6],
  [1, 8, 2, 5, 4, 10, 5, 10, 0, 10, 3, 4],
  [2, 5, 3, 4, 5, 8, 0, 9, 1, 1, 4, 7],
  [1, 5, 0, 5, 2, 5, 3, 3, 4, 8, 5, 9],
  [2, 9, 1, 3, 4, 5, 5, 4, 0, 3, 3, 1],
  [1, 3, 3, 3, 5, 9, 0, 10, 4, 4, 2, 1],
]

const shopOf = (rows: readonly number[][]): JobShop => ({
  jobs: rows.map((row, j) => ({
    name: `job ${String(j)}`,
    operations: Array.from({ length: row.length / 2 }, (_, k) => ({
      machine: `machine ${String(row[2 * k])}`,
      duration: row[2 * k + 1] ?? 0,
    })),
  })),
})

describe('a job shop', () => {
  it('of Fisher & Thompson reaches its optimum', async () => {
    const shop = shopOf(fisherThompson6)
    const schedule = await scheduleJobShop(shop, { iterations: 30_000 })
    expect(schedule.makespan).toBe(55)
    expect(checkJobShop(shop, schedule)).toEqual([])
  })

  it('with two machines is as short as Johnson (1954) proves', async () => {
    const times = [
      [3, 6],
      [5, 2],
      [1, 2],
      [6, 6],
      [7, 5],
    ]
    const shop: JobShop = {
      jobs: times.map(([a = 0, b = 0], j) => ({
        name: String(j),
        operations: [
          { machine: 'a', duration: a },
          { machine: 'b', duration: b },
        ],
      })),
    }
    const schedule = await scheduleJobShop(shop, { iterations: 5_000 })
    expect(schedule).toMatchObject({ makespan: 24, bound: 24, gap: 0 })
  })

  it('is feasible, also with machines visited twice, releases and operations without length', async () => {
    const job = fc.record({
      release: fc.nat(10),
      operations: fc.array(fc.record({ machine: fc.constantFrom('a', 'b', 'c'), duration: fc.nat(9) }), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 6 }), fc.nat(), async (jobs, seed) => {
        const shop = { jobs: jobs.map((each, j) => ({ ...each, name: String(j) })) }
        expect(checkJobShop(shop, await scheduleJobShop(shop, { iterations: 500, seed }))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('is the same for the same seed, and names what cannot be read', async () => {
    const shop = shopOf(fisherThompson6)
    const once = await scheduleJobShop(shop, { iterations: 3_000, seed: 4, searches: 2 })
    expect(JSON.stringify(await scheduleJobShop(shop, { iterations: 3_000, seed: 4, searches: 2 }))).toBe(
      JSON.stringify(once),
    )
    await expect(scheduleJobShop({ jobs: [] })).rejects.toThrow('jobs')
    await expect(
      scheduleJobShop({ jobs: [{ name: 'a', operations: [{ machine: 'm', duration: -1 }] }] }),
    ).rejects.toThrow('duration')
    const twice = { name: 'a', operations: [{ machine: 'm', duration: 1 }] }
    await expect(scheduleJobShop({ jobs: [twice, twice] })).rejects.toThrow('jobs.name, row 1')
  })

  it('checked apart is refused when it is tampered with', async () => {
    const shop = shopOf(fisherThompson6)
    const schedule = await scheduleJobShop(shop, { iterations: 500 })
    const moved = structuredClone(schedule)
    for (const each of moved.operations) {
      each.end -= each.start
      each.start = 0
    }
    expect(checkJobShop(shop, moved).join()).toMatch(/begins too early.*two things at once/)
  })
})

describe('a project', () => {
  const project: Project = {
    resources: { crew: 4 },
    activities: [
      { name: 'a', duration: 3, needs: { crew: 2 } },
      { name: 'b', duration: 4, needs: { crew: 3 } },
      { name: 'c', duration: 2, needs: { crew: 4 }, after: ['a'] },
      { name: 'd', duration: 2, needs: { crew: 4 }, after: ['b'] },
      { name: 'e', duration: 1, needs: { crew: 3 }, after: ['c'] },
      { name: 'f', duration: 4, needs: { crew: 2 }, after: ['d'] },
    ],
  }

  it('is as short as can be: only a and f can run at the same time', () => {
    const schedule = scheduleProject(project)
    expect(checkProject(project, schedule)).toEqual([])
    expect(schedule.makespan).toBe(13)
  })

  it('without shared resources is its critical path', () => {
    const schedule = scheduleProject({ ...project, resources: { crew: 100 } })
    expect(schedule).toMatchObject({ makespan: 10, bound: 10, gap: 0 })
  })

  it('is proven shortest where activities exclude each other by what they need', () => {
    // Three at a time would be within the work of the crew, but no two fit: 3 + 3 > 5.
    const schedule = scheduleProject({
      resources: { crew: 5 },
      activities: [4, 5, 6].map((duration, a) => ({ name: String(a), duration, needs: { crew: 3 } })),
    })
    expect(schedule).toMatchObject({ makespan: 15, bound: 15, gap: 0 })
  })

  it('has a bound that no schedule is below, by trying all orders', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const random = createRandom(seed)
        const made: Project = {
          resources: { r: 4, s: 3 },
          activities: Array.from({ length: 6 }, (_, a) => ({
            name: String(a),
            duration: 60 * random.integer(5),
            needs: { r: random.integer(5), s: random.integer(4) },
            after: Array.from({ length: a }, (_unused, b) => String(b)).filter(() => random.next() < 0.2),
          })),
        }
        const { makespan, bound } = scheduleProject(made, { iterations: 400, seed })
        const shortest = shortestProject(made)
        expect(bound).toBeLessThanOrEqual(shortest)
        expect(makespan).toBe(shortest)
      }),
      { numRuns: 25 },
    )
  })

  it('ends at the time limit, and reads no need from what all objects have', () => {
    const made: Project = {
      resources: { r: 3 },
      activities: Array.from({ length: 300 }, (_, a) => ({
        name: String(a),
        duration: 997 + a,
        needs: { r: 1 + (a % 3) },
      })),
    }
    const started = performance.now()
    const { provenance } = scheduleProject(made, { maxMillis: 50 })
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
    expect(() =>
      scheduleProject({ resources: {}, activities: [{ name: 'a', duration: 1, needs: { toString: 1 } }] }),
    ).toThrow('there is no resource toString')
  })

  it('is feasible and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const random = createRandom(seed)
        const made: Project = {
          resources: { r: 5, s: 4 },
          activities: Array.from({ length: 12 }, (_, a) => ({
            name: String(a),
            duration: random.integer(6),
            needs: { r: random.integer(6), s: random.integer(5) },
            after: Array.from({ length: a }, (_, b) => String(b)).filter(() => random.next() < 0.2),
          })),
        }
        const schedule = scheduleProject(made, { iterations: 100, seed })
        expect(checkProject(made, schedule)).toEqual([])
        expect(scheduleProject(made, { iterations: 100, seed })).toEqual(schedule)
      }),
      { numRuns: 25 },
    )
  })

  it('that cannot be done says why', () => {
    expect(() =>
      scheduleProject({ resources: { r: 1 }, activities: [{ name: 'a', duration: 1, needs: { r: 2 } }] }),
    ).toThrow('a needs 2 of r')
    expect(() =>
      scheduleProject({
        resources: {},
        activities: [
          { name: 'a', duration: 1, after: ['b'] },
          { name: 'b', duration: 1, after: ['a'] },
        ],
      }),
    ).toThrow('circle')
    expect(() => scheduleProject({ resources: {}, activities: [{ name: 'a', duration: 1, after: ['x'] }] })).toThrow(
      'there is no activity x',
    )
  })
})

/** The shortest schedule: some order of the activities, each as early as it can be, is among the shortest (Kolisch 1996). */
function shortestProject({ activities, resources }: Project): number {
  let best = Infinity
  const ends = new Map<string, number>()
  const placed: { start: number; end: number; needs: Record<string, number> }[] = []
  const fits = (start: number, end: number, needs: Record<string, number>) =>
    Object.entries(resources).every(([name, units]) =>
      [start, ...placed.map((each) => each.start)]
        .filter((time) => time >= start && time < end)
        .every(
          (time) =>
            placed.reduce(
              (sum, each) => (each.start <= time && time < each.end ? sum + (each.needs[name] ?? 0) : sum),
              0,
            ) +
              (needs[name] ?? 0) <=
            units,
        ),
    )
  const go = () => {
    const span = Math.max(0, ...ends.values())
    if (span >= best) return
    if (ends.size === activities.length) {
      best = span
      return
    }
    for (const { name, duration, after = [], needs = {} } of activities) {
      if (ends.has(name) || after.some((other) => !ends.has(other))) continue
      const ready = Math.max(0, ...after.map((other) => ends.get(other) ?? 0))
      const start = [ready, ...placed.map(({ end }) => end).filter((end) => end > ready)]
        .toSorted((a, b) => a - b)
        .find((time) => duration === 0 || fits(time, time + duration, needs))
      if (start === undefined) continue
      ends.set(name, start + duration)
      placed.push({ start, end: start + duration, needs })
      go()
      placed.pop()
      ends.delete(name)
    }
  }
  go()
  return best
}
