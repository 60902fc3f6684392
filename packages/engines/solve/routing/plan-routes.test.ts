import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { checkRoutes } from '../check/check-routes.ts'
import { planRoutes } from './plan-routes.ts'
import type { RoutingProblem } from './vroom.ts'

const withId = <T>(list: T[]) => list.map((each, id) => ({ ...each, id }))

/** Points on a grid and the matrix between them. */
function plane(points: readonly (readonly [number, number])[]) {
  const durations = points.map(([x, y]) => points.map(([u, v]) => Math.round(Math.hypot(x - u, y - v))))
  return { car: { durations, distances: durations.map((row) => row.map((each) => each * 10)) } }
}

const scatter = (count: number, seed: number): [number, number][] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => [random.integer(1000), random.integer(1000)])
}

describe('routes', () => {
  it('find the shortest tour of a circle', async () => {
    const points = Array.from({ length: 24 }, (_, i): [number, number] => [
      Math.round(1000 * Math.cos((i * Math.PI) / 12)),
      Math.round(1000 * Math.sin((i * Math.PI) / 12)),
    ])
    const problem: RoutingProblem = {
      jobs: createRandom(4)
        .shuffle(points.map((_, i) => i).slice(1))
        .map((i) => ({ id: i, location_index: i })),
      vehicles: [{ id: 1, start_index: 0, end_index: 0 }],
      matrices: plane(points),
    }
    const planned = await planRoutes(problem)
    const along = plane(points).car.durations
    const circle = points.reduce((sum, _, i) => sum + (along[i]?.[(i + 1) % 24] ?? 0), 0)
    expect(planned.summary.cost).toBe(circle)
    expect(checkRoutes(problem, planned)).toEqual([])
  })

  it('reach the known optimum where capacity decides (exhaustive search over 7 customers)', async () => {
    const points = scatter(8, 11)
    const demand = [0, 3, 4, 2, 5, 3, 4, 2]
    const matrices = plane(points)
    const problem: RoutingProblem = {
      jobs: demand.slice(1).map((amount, i) => ({ id: i + 1, location_index: i + 1, delivery: [amount] })),
      vehicles: [1, 2, 3, 4].map((id) => ({ id, start_index: 0, end_index: 0, capacity: [8] })),
      matrices,
    }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.summary.cost).toBe(exhaustive(matrices.car.durations, demand, 8))
  })

  it('serve by priority when not all can be served, and say why the rest is left', async () => {
    const problem: RoutingProblem = {
      jobs: [
        { id: 1, location_index: 1, delivery: [5] },
        { id: 2, location_index: 2, delivery: [5], priority: 10 },
        { id: 3, location_index: 2, delivery: [50] },
        { id: 4, location_index: 1, skills: [9] },
      ],
      vehicles: [{ id: 1, start_index: 0, end_index: 0, capacity: [5] }],
      matrices: plane([
        [0, 0],
        [1, 0],
        [100, 0],
      ]),
    }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.routes[0]?.steps.filter(({ type }) => type === 'job').map(({ id }) => id)).toEqual([2])
    expect(planned.unassigned.map(({ id, reason }) => [id, reason.slice(0, 20)])).toEqual(
      [
        [1, 'A vehicle could serve'],
        [3, 'No vehicle can serve'],
        [4, 'No vehicle has the s'],
      ].map(([id, reason]) => [id, String(reason).slice(0, 20)]),
    )
  })

  it('take a break on the way within its window', async () => {
    const problem: RoutingProblem = {
      jobs: [{ id: 1, location_index: 1, service: 10, time_windows: [[200, 400]] }],
      vehicles: [
        {
          id: 7,
          start_index: 0,
          end_index: 0,
          time_window: [0, 1000],
          breaks: [{ id: 1, service: 50, time_windows: [[120, 130]] }],
        },
      ],
      matrices: plane([
        [0, 0],
        [150, 0],
      ]),
    }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.routes[0]?.steps.map(({ type }) => type)).toEqual(['start', 'break', 'job', 'end'])
  })

  it('may use Unix times, and leave no earlier than they must', async () => {
    const noon = 1_795_176_000
    const problem: RoutingProblem = {
      jobs: [
        { id: 1, location_index: 1, service: 60 },
        { id: 2, location_index: 2, time_windows: [[noon, noon + 600]] },
      ],
      vehicles: [{ id: 1, start_index: 0, end_index: 0 }],
      matrices: plane([
        [0, 0],
        [100, 0],
        [200, 0],
      ]),
    }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.routes[0]?.waiting_time).toBe(0)
    expect(planned.routes[0]?.steps[0]?.arrival).toBeGreaterThanOrEqual(noon - 260)
  })

  it('keep what is driven, deliver what is aboard, and change vehicles only when it pays', async () => {
    const base: RoutingProblem = {
      jobs: [1, 2, 3, 4].map((id) => ({ id, location_index: id })),
      shipments: [{ pickup: { id: 1, location_index: 5 }, delivery: { id: 1, location_index: 6 }, amount: [1] }],
      vehicles: [
        {
          id: 1,
          start_index: 0,
          end_index: 0,
          capacity: [2],
          steps: [
            { type: 'job', id: 4, done: true },
            { type: 'pickup', id: 1, done: true },
            { type: 'job', id: 1 },
          ],
        },
        {
          id: 2,
          start_index: 0,
          end_index: 0,
          capacity: [2],
          steps: [2, 3].map((id) => ({ type: 'job' as const, id })),
        },
      ],
      matrices: plane(scatter(7, 3)),
    }
    const dear = { ...base, changeCost: 1_000_000 }
    const planned = await planRoutes(dear)
    expect(checkRoutes(dear, planned)).toEqual([])
    expect(planned.unassigned).toEqual([])
    const ids = planned.routes.map((route) => route.steps.filter(({ type }) => type === 'job').map(({ id }) => id))
    expect(ids[0]?.toSorted()).toEqual([1, 4])
    expect(ids[1]?.toSorted()).toEqual([2, 3])
    const free = await planRoutes(base)
    expect(checkRoutes(base, free)).toEqual([])
    expect(free.summary.cost).toBeLessThanOrEqual(planned.summary.cost)
  })

  it('are feasible whatever the fleet is asked for', async () => {
    const window = fc
      .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 1500 }))
      .map(([from, width]): [number, number] => [from, from + width])
    const windows = fc.option(fc.array(window, { minLength: 1, maxLength: 2 }), { nil: undefined })
    const index = fc.integer({ min: 0, max: 9 })
    const amount = fc.tuple(fc.nat(5), fc.nat(5)).map((pair): number[] => pair)
    const skills = fc.option(fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 1 }), { nil: undefined })
    const job = fc.record({
      location_index: index,
      setup: fc.nat(20),
      service: fc.nat(30),
      delivery: amount,
      pickup: amount,
      skills,
      priority: fc.nat(3),
      time_windows: windows,
    })
    const end = fc.record({ location_index: index, service: fc.nat(30), time_windows: windows })
    const shipment = fc.record({ pickup: end, delivery: end, amount, skills })
    const vehicle = fc.record({
      start_index: fc.option(index, { nil: undefined }),
      end_index: fc.option(index, { nil: undefined }),
      capacity: fc
        .tuple(fc.integer({ min: 3, max: 15 }), fc.integer({ min: 3, max: 15 }))
        .map((pair): number[] => pair),
      costs: fc.record({ fixed: fc.nat(500), per_hour: fc.constantFrom(3600, 1800), per_km: fc.constantFrom(0, 7) }),
      skills: fc.constantFrom<number[][]>([], [1], [1, 2]),
      time_window: fc.option(window, { nil: undefined }),
      breaks: fc.option(
        fc.array(
          fc.record({
            service: fc.nat(100),
            time_windows: fc.array(window, { minLength: 1, maxLength: 2 }),
            max_load: fc.option(amount, { nil: undefined }),
          }),
          { maxLength: 2 },
        ),
        { nil: undefined },
      ),
      speed_factor: fc.constantFrom(1, 1.3),
      max_tasks: fc.constantFrom(3, 100),
      max_travel_time: fc.constantFrom(2000, 100_000),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 8 }),
        fc.array(shipment, { maxLength: 4 }),
        fc.array(vehicle, { minLength: 1, maxLength: 3 }),
        fc.nat(100),
        async (jobs, shipments, vehicles, seed) => {
          const problem: RoutingProblem = {
            jobs: withId(jobs),
            shipments: shipments.map((each, id) => ({
              ...each,
              pickup: { ...each.pickup, id },
              delivery: { ...each.delivery, id },
            })),
            vehicles: withId(vehicles).map((each) => ({
              ...each,
              breaks: each.breaks ? withId(each.breaks) : undefined,
            })),
            matrices: plane(scatter(10, seed)),
          }
          expect(checkRoutes(problem, await planRoutes(problem, { iterations: 60, seed }))).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  })

  it('are feasible with windows and capacities in the fast search', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.boolean(), fc.boolean(), async (seed, open, few) => {
        const random = createRandom(seed)
        const problem: RoutingProblem = {
          jobs: Array.from({ length: 25 }, (_, i) => {
            const from = random.integer(3000)
            return {
              id: i,
              location_index: i + 1,
              delivery: [1 + random.integer(9)],
              service: 10,
              time_windows: [[from, from + 300]],
            }
          }),
          vehicles: Array.from({ length: few ? 3 : 20 }, (_, id) => ({
            id,
            start_index: 0,
            ...(open ? {} : { end_index: 0 }),
            capacity: [30],
            time_window: [0, 4000] as [number, number],
          })),
          matrices: plane(scatter(26, seed)),
        }
        expect(checkRoutes(problem, await planRoutes(problem, { iterations: 300, seed }))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('are the same for the same seed, in this thread or in others', async () => {
    const problem: RoutingProblem = {
      jobs: Array.from({ length: 30 }, (_, i) => ({ id: i, location_index: i + 1, delivery: [2] })),
      vehicles: Array.from({ length: 8 }, (_, id) => ({ id, start_index: 0, end_index: 0, capacity: [12] })),
      matrices: plane(scatter(31, 5)),
    }
    const once = await planRoutes(problem, { iterations: 2000, seed: 3, searches: 2 })
    expect(JSON.stringify(await planRoutes(problem, { iterations: 2000, seed: 3, searches: 2 }))).toBe(
      JSON.stringify(once),
    )
    const single = await planRoutes(problem, { iterations: 2000, seed: 3 })
    expect(once.summary.cost).toBeLessThanOrEqual(single.summary.cost)
  })

  it('end at the time limit and say so', async () => {
    const problem: RoutingProblem = {
      jobs: Array.from({ length: 60 }, (_, i) => ({ id: i, location_index: i + 1, delivery: [2] })),
      vehicles: Array.from({ length: 20 }, (_, id) => ({ id, start_index: 0, end_index: 0, capacity: [12] })),
      matrices: plane(scatter(61, 5)),
    }
    const started = performance.now()
    const planned = await planRoutes(problem, { maxMillis: 200, iterations: Infinity })
    expect(performance.now() - started).toBeLessThan(600)
    expect(planned.provenance.warnings.map(({ code }) => code)).toContain('time-limit')
    await expect(planRoutes(problem, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
  })

  it('name what cannot be read', async () => {
    const vehicles = [{ id: 1, start_index: 0 }]
    const matrices = plane(scatter(3, 1))
    await expect(planRoutes({ vehicles, matrices })).rejects.toThrow('nothing to visit')
    await expect(planRoutes({ jobs: [{ id: 1, location_index: 9 }], vehicles, matrices })).rejects.toThrow(
      'jobs.location_index, row 0',
    )
    await expect(
      planRoutes({
        jobs: [
          { id: 1, location_index: 1 },
          { id: 1, location_index: 1 },
        ],
        vehicles,
        matrices,
      }),
    ).rejects.toThrow('jobs.id, row 1')
    await expect(
      planRoutes({ jobs: [{ id: 1, location_index: 1, delivery: [-4] }], vehicles, matrices }),
    ).rejects.toThrow('delivery')
    await expect(
      planRoutes({ jobs: [{ id: 1, location_index: 1, delivery: [Number.NaN] }], vehicles, matrices }),
    ).rejects.toThrow('delivery')
    await expect(
      planRoutes({ jobs: [{ id: 1, location_index: 1, time_windows: [[9, 3]] }], vehicles, matrices }),
    ).rejects.toThrow('before it begins')
    await expect(
      planRoutes({
        jobs: [{ id: 1, location_index: 1, delivery: [1, 2] }],
        vehicles: [{ ...vehicles[0], id: 1, capacity: [3] }],
        matrices,
      }),
    ).rejects.toThrow('delivery, row 0')
    await expect(
      planRoutes({ jobs: [Object.assign({ id: 1, location_index: 1 }, { servce: 5 })], vehicles, matrices }),
    ).rejects.toThrow('servce')
    await expect(planRoutes({ jobs: [{ id: 1 }], vehicles: [{ id: 1, start: [8, 50] }] })).rejects.toThrow(
      'needs a location',
    )
  })

  it('assume great circles without matrices, and say so', async () => {
    const problem: RoutingProblem = {
      jobs: [{ id: 1, location: [8.6, 50.1] }],
      vehicles: [{ id: 1, start: [8.4, 49], end: [8.4, 49] }],
    }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.provenance.warnings.map(({ code }) => code)).toEqual(['travel-assumed'])
    // 123.2 km on the sphere, there and back.
    expect(planned.summary.distance / 2 / 1.3 / 1000).toBeCloseTo(123.2, 0)
  })
})

/** Cost of the best split of all permutations. */
function exhaustive(matrix: number[][], demand: number[], capacity: number): number {
  let best = Infinity
  const step = (from: number, to: number) => matrix[from]?.[to] ?? 0
  const go = (left: number[], at: number, load: number, cost: number) => {
    if (cost >= best) return
    if (left.length === 0) {
      best = Math.min(best, cost + step(at, 0))
      return
    }
    for (const c of left) {
      const rest = left.filter((other) => other !== c)
      const amount = demand[c] ?? 0
      if (load + amount <= capacity) go(rest, c, load + amount, cost + step(at, c))
      if (at !== 0) go(rest, c, amount, cost + step(at, 0) + step(0, c))
    }
  }
  go(demand.map((_, i) => i).slice(1), 0, 0, 0)
  return best
}
