import { EngineInputError, type InputFault } from '../../contract/index.ts'
import type { RoutingProblem } from './vroom.ts'

/** Larger than any clock or load in use; sums of two still fit into 32 bits. */
export const unlimited = 1_000_000_000

/**
 * What the schema cannot say: that there is something to visit, that ids are unique, that amounts agree on their
 * dimensions, and that each cost has what it is computed from.
 * @returns dimensions of capacity, and the first time that any window names: times inside are counted from it
 * @throws EngineInputError naming the job, shipment or vehicle (by its row)
 */
export function checkProblem(problem: RoutingProblem): { dimensions: number; clock: number } {
  const jobs = problem.jobs ?? []
  const shipments = problem.shipments ?? []
  if (jobs.length + shipments.length === 0)
    throw new EngineInputError('empty', [{ field: 'jobs', row: null, message: 'there is nothing to visit' }])
  refuseDuplicates('jobs.id', idsOf(jobs))
  refuseDuplicates('shipments.pickup.id', idsOf(shipments.map(({ pickup }) => pickup)))
  refuseDuplicates('shipments.delivery.id', idsOf(shipments.map(({ delivery }) => delivery)))
  refuseDuplicates('vehicles.id', idsOf(problem.vehicles))
  for (const [row, { breaks }] of problem.vehicles.entries())
    refuseDuplicates('vehicles.breaks.id', idsOf(breaks ?? []), row)
  refuseCostsWithoutBasis(problem)
  const clock = firstTime(problem)
  refuseFarTimes(problem, clock)
  return { dimensions: dimensionsOf(problem), clock }
}

const idsOf = (list: readonly { id: number }[]) => list.map(({ id }) => id)

function refuseDuplicates(field: string, ids: readonly number[], vehicle?: number): void {
  const seen = new Set<number>()
  const faults = ids.flatMap((id, row) => {
    if (seen.has(id))
      return [{ field, row: vehicle ?? row, message: `${String(id)} is there twice; give each its own` }]
    seen.add(id)
    return []
  })
  if (faults.length > 0) throw new EngineInputError('duplicate-key', faults)
}

/** Costs by time or distance beside a matrix of costs contradict it; distances that nobody gave would count as nothing. */
function refuseCostsWithoutBasis({ vehicles, matrices }: RoutingProblem): void {
  if (!matrices) return
  const faults: InputFault[] = []
  for (const [row, { profile = 'car', costs, max_distance: most }] of vehicles.entries()) {
    const matrix = Object.hasOwn(matrices, profile) ? matrices[profile] : undefined
    if (!matrix) continue
    const perKm = (costs?.per_km ?? 0) > 0
    if (matrix.costs && ((costs?.per_hour ?? 3600) !== 3600 || perKm))
      faults.push({
        field: 'vehicles.costs',
        row,
        message: `per_hour and per_km have no meaning beside matrices.${profile}.costs; leave out the one or the other`,
      })
    else if (!matrix.distances && (perKm || most !== undefined))
      faults.push({
        field: perKm ? 'vehicles.costs.per_km' : 'vehicles.max_distance',
        row,
        message: `needs matrices.${profile}.distances`,
      })
  }
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
}

type Window = readonly [number, number]

const listed = (field: string, row: number, windows: readonly Window[] | undefined) =>
  (windows ?? []).map((window) => ({ field, row, window }))

function windowsOf(problem: RoutingProblem): ReturnType<typeof listed> {
  return [
    ...(problem.jobs ?? []).flatMap((job, row) => listed('jobs.time_windows', row, job.time_windows)),
    ...(problem.shipments ?? []).flatMap(({ pickup, delivery }, row) => [
      ...listed('shipments.pickup.time_windows', row, pickup.time_windows),
      ...listed('shipments.delivery.time_windows', row, delivery.time_windows),
    ]),
    ...problem.vehicles.flatMap((vehicle, row) =>
      listed('vehicles.time_window', row, vehicle.time_window && [vehicle.time_window]),
    ),
  ]
}

/** The first time that any window of a task or shift names. */
function firstTime(problem: RoutingProblem): number {
  const windows = windowsOf(problem)
  return windows.reduce((least, { window }) => Math.min(least, window[0]), windows[0]?.window[0] ?? 0)
}

function refuseFarTimes(problem: RoutingProblem, clock: number): void {
  const faults = windowsOf(problem).flatMap(({ field, row, window: [open] }) =>
    open - clock > unlimited
      ? [
          {
            field,
            row,
            message: `opens more than ${String(unlimited)} s after the first window of all; are these seconds?`,
          },
        ]
      : [],
  )
  if (faults.length > 0) throw new EngineInputError('wrong-unit', faults)
}

/** Dimensions of capacity; amounts and capacities must agree on them. */
function dimensionsOf(problem: RoutingProblem): number {
  const amounts = [
    ...(problem.jobs ?? []).flatMap((job, row) => [
      { field: 'jobs.delivery', row, list: job.delivery },
      { field: 'jobs.pickup', row, list: job.pickup },
    ]),
    ...(problem.shipments ?? []).map((each, row) => ({ field: 'shipments.amount', row, list: each.amount })),
  ]
  const lists = [
    ...problem.vehicles.map((vehicle, row) => ({ field: 'vehicles.capacity', row, list: vehicle.capacity })),
    ...problem.vehicles.flatMap(({ breaks }, row) =>
      (breaks ?? []).map((pause) => ({ field: 'vehicles.breaks.max_load', row, list: pause.max_load })),
    ),
    ...amounts,
  ]
  const dimensions = lists.find(({ list }) => list)?.list?.length ?? 0
  const faults = lists.flatMap(({ field, row, list }) =>
    list && list.length !== dimensions
      ? [{ field, row, message: `has ${String(list.length)} numbers where others have ${String(dimensions)}` }]
      : [],
  )
  if (faults.length > 0) throw new EngineInputError('wrong-length', faults)
  for (let k = 0; k < dimensions; k++) {
    let total = 0
    for (const { field, row, list } of amounts) {
      total += list?.[k] ?? 0
      if (total > unlimited)
        throw new EngineInputError('wrong-unit', [
          { field, row, message: `brings the sum of all amounts above ${String(unlimited)}; use a larger unit` },
        ])
    }
  }
  return dimensions
}
