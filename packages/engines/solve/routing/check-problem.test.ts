import { describe, expect, it } from 'vitest'
import { checkRoutes } from '../check/check-routes.ts'
import { planRoutes } from './plan-routes.ts'
import type { RoutingProblem } from './vroom.ts'

const durations = [0, 1, 2, 3].map((a) => [0, 1, 2, 3].map((b) => 10 * Math.abs(a - b)))
const vehicle = { id: 1, start_index: 0, end_index: 0 }
const job = { id: 1, location_index: 1 }
const base: RoutingProblem = { jobs: [job], vehicles: [vehicle], matrices: { car: { durations } } }

/** What a caller of the API may send, whatever the type says. */
const asGiven = (problem: object) => problem as RoutingProblem

const done = (type: 'pickup' | 'delivery') => ({ type, id: 1, done: true })

describe('a routing problem', () => {
  it('in units that are too small is refused instead of running over', async () => {
    const refused: [Partial<RoutingProblem>, string][] = [
      [{ jobs: [{ ...job, delivery: [2 ** 32 + 5] }] }, 'delivery, row 0'],
      [{ jobs: [1, 2].map((id) => ({ ...job, id, delivery: [600_000_000] })) }, 'jobs.delivery, row 1'],
      [
        {
          jobs: [
            { ...job, time_windows: [[0, 10]] },
            { ...job, id: 2, time_windows: [[5e9, 6e9]] },
          ],
        },
        'jobs.time_windows, row 1',
      ],
      [{ vehicles: [{ ...vehicle, costs: { per_hour: 3.6e13 } }] }, 'vehicles.costs, row 0'],
      [{ vehicles: [{ ...vehicle, speed_factor: 1e-9 }] }, 'vehicles.speed_factor, row 0'],
    ]
    for (const [change, message] of refused) await expect(planRoutes({ ...base, ...change })).rejects.toThrow(message)
  })

  it('may have its times in milliseconds since 1970', async () => {
    const noon = 1_795_176_000_000
    const problem: RoutingProblem = { ...base, jobs: [{ ...job, time_windows: [[noon, noon + 5_000]] }] }
    const planned = await planRoutes(problem)
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.routes[0]?.steps.map(({ arrival }) => arrival - noon)).toEqual([-10, 0, 10])
  })

  it('must give what its costs and limits are computed from', async () => {
    const refused: [RoutingProblem, string][] = [
      [{ ...base, vehicles: [{ ...vehicle, costs: { per_km: 3 } }] }, 'vehicles.costs.per_km, row 0'],
      [{ ...base, vehicles: [{ ...vehicle, max_distance: 3 }] }, 'vehicles.max_distance, row 0'],
      [
        {
          ...base,
          vehicles: [{ ...vehicle, costs: { per_hour: 7200 } }],
          matrices: { car: { durations, costs: durations } },
        },
        'vehicles.costs, row 0',
      ],
    ]
    for (const [problem, message] of refused) await expect(planRoutes(problem)).rejects.toThrow(message)
  })

  it('names the fields of VROOM that are not read', async () => {
    const refused: [object, string][] = [
      [{ ...base, matrix: durations }, 'matrix'],
      [{ ...base, jobs: [{ ...job, amount: [1] }] }, 'amount'],
      [{ ...base, jobs: [{ ...job, setup_per_type: { van: 1 } }] }, 'setup_per_type'],
      [{ ...base, jobs: [{ ...job, service_per_type: { van: 1 } }] }, 'service_per_type'],
      [{ ...base, vehicles: [{ ...vehicle, type: 'van' }] }, 'type'],
      [{ ...base, vehicles: [{ ...vehicle, costs: { per_task_hour: 1 } }] }, 'per_task_hour'],
      ...['service_at', 'service_after', 'service_before'].map((key): [object, string] => [
        { ...base, vehicles: [{ ...vehicle, steps: [{ type: 'job', id: 1, [key]: 5 }] }] },
        key,
      ]),
    ]
    for (const [problem, message] of refused) await expect(planRoutes(asGiven(problem))).rejects.toThrow(message)
  })

  it('takes breaks in the order of their windows, at any time without windows, and each id once', async () => {
    const breaks = [
      { id: 1, service: 5, time_windows: [[50, 60]] as [number, number][], description: 'coffee' },
      { id: 2, service: 5, time_windows: [[5, 6]] as [number, number][] },
      { id: 3, service: 5 },
    ]
    const problem: RoutingProblem = {
      ...base,
      jobs: [{ ...job, service: 30 }],
      vehicles: [{ ...vehicle, time_window: [0, 500], breaks }],
    }
    const planned = await planRoutes(problem)
    expect(planned.unassigned).toEqual([])
    expect(checkRoutes(problem, planned)).toEqual([])
    expect(planned.routes[0]?.steps.find(({ id, type }) => type === 'break' && id === 1)?.description).toBe('coffee')
    await expect(
      planRoutes({ ...base, vehicles: [{ ...vehicle, breaks: [...breaks, ...breaks.slice(0, 1)] }] }),
    ).rejects.toThrow('vehicles.breaks.id, row 0')
  })

  it('may have windows that overlap', async () => {
    const windows: [number, number][] = [
      [0, 100],
      [5, 8],
    ]
    const problem: RoutingProblem = {
      ...base,
      shipments: [
        {
          pickup: { id: 1, location_index: 3 },
          delivery: { id: 1, location_index: 1, time_windows: windows },
        },
      ],
    }
    const planned = await planRoutes(problem)
    expect(planned.unassigned).toEqual([])
    expect(checkRoutes(problem, planned)).toEqual([])
  })

  it('cannot have been driven in a way that tears a shipment apart', async () => {
    const shipments = [{ pickup: { id: 1, location_index: 1 }, delivery: { id: 1, location_index: 2 } }]
    const given = (...steps: ReturnType<typeof done>[][]): RoutingProblem => ({
      shipments,
      vehicles: steps.map((list, id) => ({ ...vehicle, id, steps: list })),
      matrices: { car: { durations } },
    })
    await expect(planRoutes(given([done('delivery')]))).rejects.toThrow('not its pickup')
    await expect(planRoutes(given([done('pickup')], [done('delivery')]))).rejects.toThrow('vehicles.steps, row 1')
    expect((await planRoutes(given([done('pickup')], []))).unassigned).toEqual([])
  })

  it('that cannot be searched as asked is refused', async () => {
    for (const [options, field] of [
      [{ searches: 0 }, 'searches'],
      [{ searches: 1000 }, 'searches'],
      [{ iterations: Number.NaN }, 'iterations'],
      [{ iterations: -1 }, 'iterations'],
      [{ iterations: Infinity }, 'iterations'],
      [{ maxMillis: Number.NaN }, 'maxMillis'],
    ] as const)
      await expect(planRoutes(base, options)).rejects.toThrow(field)
  })

  it('is answered with what VROOM tells of routes and of what is left', async () => {
    const problem: RoutingProblem = {
      jobs: [
        { ...job, delivery: [2, 0], pickup: [1, 1] },
        { id: 2, location_index: 2, location: [8, 50], description: 'far', skills: [4] },
      ],
      shipments: [
        { pickup: { id: 1, location_index: 1 }, delivery: { id: 1, location_index: 2 }, amount: [1, 0], priority: 5 },
      ],
      vehicles: [{ ...vehicle, capacity: [4, 4] }],
      matrices: { car: { durations } },
    }
    const { summary, routes, unassigned } = await planRoutes(problem)
    for (const totals of [summary, routes[0]])
      expect(totals).toMatchObject({ delivery: [3, 0], pickup: [2, 1], priority: 10, violations: [] })
    expect(unassigned).toMatchObject([{ type: 'job', id: 2, description: 'far', location: [8, 50], location_index: 2 }])
  })
})
