import { createRandom } from '../../../packages/engines/contract/index.ts'
import {
  checkJobShop,
  checkRoutes,
  planRoutes,
  scheduleJobShop,
  type JobShop,
  type RoutingProblem,
} from '../../../packages/engines/solve/index.ts'
import type { Case } from './case.ts'

/** Customers on a square of 1000, in clusters or not, after Uchoa et al. (2017). */
function places(seed: number, count: number, clusters: number): [number, number][] {
  const random = createRandom(seed)
  const centres = Array.from({ length: clusters }, () => [random.integer(1000), random.integer(1000)] as const)
  return Array.from({ length: count }, (_, k) => {
    const centre = clusters > 0 ? centres[k % clusters] : undefined
    if (k === 0 || !centre) return [random.integer(1000), random.integer(1000)]
    const within = (middle: number) => Math.min(999, Math.max(0, Math.round(middle + 40 * random.normal())))
    return [within(centre[0]), within(centre[1])]
  })
}

const distances = (points: [number, number][]) =>
  points.map(([x, y]) => points.map(([u, v]) => Math.round(Math.hypot(x - u, y - v))))

function capacitated(
  seed: number,
  customers: number,
  clusters: number,
  most: number,
  perRoute: number,
): RoutingProblem {
  const random = createRandom(seed)
  const demands = Array.from({ length: customers }, (_, k) =>
    // A few heavy ones among many light ones.
    k % 20 === 0 ? most : 1 + random.integer(Math.max(1, Math.floor(most / 5))),
  )
  const total = demands.reduce((sum, demand) => sum + demand, 0)
  const capacity = Math.max(most, Math.ceil((total / customers) * perRoute))
  return {
    jobs: demands.map((demand, k) => ({ id: k + 1, location_index: k + 1, delivery: [demand] })),
    vehicles: demands.map((_, id) => ({ id, start_index: 0, end_index: 0, capacity: [capacity] })),
    matrices: { car: { durations: distances(places(seed, customers + 1, clusters)) } },
  }
}

/** Windows of some width around a time that one route could be there; sure to be possible with a vehicle each. */
function withWindows(seed: number, customers: number, width: number, clusters: number): RoutingProblem {
  const random = createRandom(seed)
  const durations = distances(places(seed, customers + 1, clusters))
  const day = 6000
  return {
    jobs: Array.from({ length: customers }, (_, k) => {
      const there = durations[0]?.[k + 1] ?? 0
      const from = there + random.integer(Math.max(1, day - 2 * there - width - 100))
      return {
        id: k + 1,
        location_index: k + 1,
        delivery: [1 + random.integer(40)],
        service: 10,
        time_windows: [[from, from + width]],
      }
    }),
    vehicles: Array.from({ length: customers }, (_, id) => ({
      id,
      start_index: 0,
      end_index: 0,
      capacity: [200],
      time_window: [0, day + 1000] as [number, number],
    })),
    matrices: { car: { durations } },
  }
}

/** What only the general kernel can do: a mixed fleet with skills, breaks, pickups and two depots. */
function mixedFleet(seed: number, customers: number): RoutingProblem {
  const random = createRandom(seed)
  return {
    jobs: Array.from({ length: customers }, (_, k) => ({
      id: k + 1,
      location_index: k + 2,
      ...(k % 3 === 0 ? { pickup: [1 + random.integer(5)] } : { delivery: [1 + random.integer(5)] }),
      service: 60,
      ...(k % 7 === 0 ? { skills: [1] } : {}),
    })),
    shipments: Array.from({ length: Math.floor(customers / 10) }, (_, k) => ({
      pickup: { id: 10_000 + k, location_index: 2 + random.integer(customers), service: 30 },
      delivery: { id: 20_000 + k, location_index: 2 + random.integer(customers), service: 30 },
      amount: [2],
    })),
    vehicles: Array.from({ length: Math.ceil(customers / 12) }, (_, id) => ({
      id,
      start_index: id % 2,
      end_index: id % 2,
      capacity: [60 + 20 * (id % 3)],
      time_window: [0, 40_000] as [number, number],
      ...(id % 2 === 0 ? { skills: [1] } : {}),
      breaks: [{ id, service: 1800, time_windows: [[10_000, 20_000]] as [number, number][] }],
    })),
    matrices: { car: { durations: distances(places(seed, customers + 2, 5)) } },
  }
}

const routes = (name: string, problem: RoutingProblem, maxMillis: number, mayLeave = false): Case => ({
  name: `routes: ${name}`,
  maxMillis,
  async run() {
    const planned = await planRoutes(problem, { iterations: Infinity, maxMillis, searches: 2 })
    const [fault] = checkRoutes(problem, planned)
    if (fault) throw new Error(`Not feasible: ${fault}`)
    if (!mayLeave && planned.unassigned.length > 0)
      throw new Error(`${String(planned.unassigned.length)} tasks are left, of ${String(problem.jobs?.length)}`)
    return planned
  },
})

function shop(seed: number, jobs: number, machines: number, longest: number): JobShop {
  const random = createRandom(seed)
  return {
    jobs: Array.from({ length: jobs }, (_, j) => {
      const order = Array.from({ length: machines }, (_each, m) => m)
      for (let m = machines - 1; m > 0; m--) {
        const other = random.integer(m + 1)
        ;[order[m], order[other]] = [order[other] ?? 0, order[m] ?? 0]
      }
      return {
        name: `job ${String(j)}`,
        operations: order.map((m) => ({ machine: `machine ${String(m)}`, duration: 1 + random.integer(longest) })),
      }
    }),
  }
}

const jobShop = (name: string, given: JobShop, maxMillis: number): Case => ({
  name: `job shop: ${name}`,
  maxMillis,
  async run() {
    const schedule = await scheduleJobShop(given, { iterations: Infinity, maxMillis, searches: 2 })
    const [fault] = checkJobShop(given, schedule)
    if (fault) throw new Error(`Not feasible: ${fault}`)
    return schedule
  },
})

const seconds = 1000
export const cases: Case[] = [
  routes('1 customer', capacitated(1, 1, 0, 10, 5), 2 * seconds),
  routes(
    '2 customers at one place',
    {
      ...capacitated(2, 2, 0, 10, 5),
      matrices: {
        car: {
          durations: [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
      },
    },
    2 * seconds,
  ),
  routes('120 in 3 clusters, heavy and light, 4 a route', capacitated(3, 120, 3, 100, 4), 5 * seconds),
  routes('300 at random, 25 a route', capacitated(4, 300, 0, 50, 25), 8 * seconds),
  routes('600 in 8 clusters, 10 a route', capacitated(5, 600, 8, 100, 10), 10 * seconds),
  routes('1000 at random, 100 a route', capacitated(6, 1000, 0, 10, 100), 10 * seconds),
  routes('100, windows of 60', withWindows(7, 100, 60, 0), 5 * seconds),
  routes('200, windows of 10, clusters', withWindows(8, 200, 10, 5), 8 * seconds),
  routes('400, windows of 2000', withWindows(9, 400, 2000, 4), 8 * seconds),
  routes('mixed fleet, 150', mixedFleet(10, 150), 8 * seconds, true),
  routes('mixed fleet, 400', mixedFleet(11, 400), 10 * seconds, true),
  routes('mixed fleet, 60 in 2 s', mixedFleet(12, 60), 2 * seconds, true),
  jobShop('1 x 1', shop(1, 1, 1, 10), 2 * seconds),
  jobShop('2 x 50', shop(2, 2, 50, 100), 3 * seconds),
  jobShop('50 x 10', shop(3, 50, 10, 99), 8 * seconds),
  jobShop('20 x 20', shop(4, 20, 20, 99), 8 * seconds),
  jobShop('100 x 5', shop(5, 100, 5, 1000), 8 * seconds),
  jobShop('100 x 20', shop(6, 100, 20, 99), 10 * seconds),
  jobShop('50 x 1', shop(7, 50, 1, 99), 3 * seconds),
]
