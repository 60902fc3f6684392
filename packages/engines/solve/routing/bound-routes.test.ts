import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../contract/index.ts'
import { boundRoutes } from './bound-routes.ts'
import { readProblem } from './fleet-problem.ts'
import { costOfRoute } from './fleet-schedule.ts'
import { planRoutes } from './plan-routes.ts'
import { searchRoutes } from './search-routes.ts'
import type { RoutingProblem } from './vroom.ts'

const planeOf = (places: number, random: Random) => {
  const points = Array.from({ length: places }, () => [random.integer(1000), random.integer(1000)] as const)
  return { car: { durations: points.map(([x, y]) => points.map(([u, v]) => Math.round(Math.hypot(x - u, y - v)))) } }
}

/** Vehicles of several kinds, depots and skills, with windows, shipments and breaks. */
function mixedFleet(seed: number): RoutingProblem {
  const random = createRandom(seed)
  const window = (): [number, number] => {
    const from = random.integer(2500)
    return [from, from + 300 + random.integer(1500)]
  }
  const maybe = <T>(make: () => T): T | undefined => (random.next() < 0.5 ? make() : undefined)
  return {
    jobs: Array.from({ length: 1 + random.integer(7) }, (_, id) => ({
      id,
      location_index: random.integer(10),
      service: random.integer(30),
      delivery: [random.integer(5)],
      pickup: [random.integer(3)],
      time_windows: maybe(() => [window()]),
      skills: maybe(() => [1]),
    })),
    shipments: Array.from({ length: random.integer(4) }, (_, id) => ({
      pickup: { id, location_index: random.integer(10), time_windows: maybe(() => [window(), window()]) },
      delivery: { id, location_index: random.integer(10), service: random.integer(30) },
      amount: [random.integer(4)],
    })),
    vehicles: Array.from({ length: 1 + random.integer(3) }, (_, id) => ({
      id,
      start_index: maybe(() => random.integer(10)),
      end_index: maybe(() => random.integer(10)),
      capacity: [6 + random.integer(6)],
      skills: id === 0 ? [1] : [],
      costs: { fixed: random.integer(300), per_hour: random.next() < 0.5 ? 3600 : 1800 },
      time_window: maybe(() => [0, 3000 + random.integer(2000)] as [number, number]),
      breaks: maybe(() => [{ id: 1, service: 50, time_windows: [window()] }]),
    })),
    matrices: planeOf(10, random),
  }
}

/** One depot and equal vehicles, enough of them. */
function plainFleet(seed: number, customers: number): RoutingProblem {
  const random = createRandom(seed)
  return {
    jobs: Array.from({ length: customers }, (_, id) => ({
      id,
      location_index: id + 1,
      delivery: [1 + random.integer(9)],
    })),
    vehicles: Array.from({ length: customers }, (_, id) => ({ id, start_index: 0, end_index: 0, capacity: [30] })),
    matrices: planeOf(customers + 1, random),
  }
}

const there = (index: number) => ({ id: index, location_index: index })

const served = (routes: readonly number[][]) =>
  routes
    .flat()
    .toSorted((a, b) => a - b)
    .join()

describe('the bound on the cost of routes', () => {
  it('computed beside any plan is not above the cost of a better plan for the same tasks', () => {
    let compared = 0
    let positive = 0
    for (let seed = 1; seed <= 90; seed++) {
      const problem = readProblem(seed % 3 === 0 ? plainFleet(seed, 9) : mixedFleet(seed))
      const costOf = (routes: readonly number[][]) =>
        routes.reduce((sum, list, v) => sum + costOfRoute(problem, problem.vehicles[v]!, list), 0)
      const best = searchRoutes(problem, { iterations: 400 })
      const hasty = searchRoutes(problem, { iterations: 0, seed: seed + 1 })
      if (served(best.routes) !== served(hasty.routes) || served(best.routes) === '') continue
      compared++
      const { bound } = boundRoutes(problem, hasty.routes)
      expect(bound).toBeLessThanOrEqual(costOf(best.routes))
      if (bound > 0.5 * costOf(best.routes)) positive++
    }
    expect(compared).toBeGreaterThan(40)
    expect(positive).toBeGreaterThan(0.6 * compared)
  })

  it('is close to the cost where capacity decides', async () => {
    for (const seed of [1, 2, 3]) {
      const { summary } = await planRoutes(plainFleet(seed, 40), { iterations: 30_000 })
      expect(summary.bound).toBeLessThanOrEqual(summary.cost)
      expect(summary.gap).toBeCloseTo((summary.cost - summary.bound) / summary.cost, 12)
      expect(summary.gap).toBeLessThan(0.08)
    }
  })

  it('proves routes that cannot be shorter, and is nothing where nothing is driven', async () => {
    const matrices = { car: { durations: [0, 1, 2].map((a) => [0, 1, 2].map((b) => 100 * Math.abs(a - b))) } }
    const vehicles = [{ id: 1, start_index: 0, end_index: 0, costs: { fixed: 50 } }]
    const { summary } = await planRoutes({ jobs: [there(1), there(2)], vehicles, matrices })
    expect(summary).toMatchObject({ cost: 450, bound: 450, gap: 0 })
    const idle = await planRoutes({ jobs: [{ ...there(1), skills: [7] }], vehicles, matrices })
    expect(idle.summary).toMatchObject({ cost: 0, bound: 0, gap: 0, unassigned: 1 })
  })

  it('is told within the time limit', async () => {
    const started = performance.now()
    const { summary, provenance } = await planRoutes(plainFleet(1, 300), { maxMillis: 400, iterations: Infinity })
    expect(performance.now() - started).toBeLessThan(4_000)
    expect(summary.bound).toBeGreaterThan(0)
    expect(provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
  })
})
