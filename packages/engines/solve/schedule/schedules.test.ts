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
