import { endOfTime, type FleetProblem } from './fleet-problem.ts'
import type { SingleDepotProblem } from './single-depot.ts'

/**
 * The problem in the form of the fast search, or null when it has something that this form has no words for. Customer
 * `i` is node `i - 1`. A route without a start or an end is closed by a leg that costs nothing.
 */
export function singleDepotForm(problem: FleetProblem, omission: Float64Array): SingleDepotProblem | null {
  const { nodes, units, vehicles, dimensions } = problem
  const vehicle = vehicles[0]
  if (!vehicle || dimensions > 1 || nodes.length !== units.length) return null
  const { start, end, matrix } = vehicle
  const depot = start >= 0 ? start : end
  const plain =
    depot >= 0 &&
    (end < 0 || start < 0 || start === end) &&
    vehicle.breaks.length === 0 &&
    Math.min(vehicle.maxTasks, vehicle.maxTravel, vehicle.maxDistance) === endOfTime &&
    vehicles.every((each) => each.kind === vehicle.kind && each.planned.length === 0 && each.able.every(Boolean)) &&
    units.every((unit) => unit.home < 0) &&
    nodes.every((node) => node.windows.length === 1 && node.setup === 0)
  if (!plain) return null
  const fetched = nodes.every((node) => node.initial.every((each) => each === 0))
  const brought = nodes.every((node) => node.initial.every((each, k) => each === -(node.change[k] ?? 0)))
  if (!fetched && !brought) return null

  const size = nodes.length + 1
  const placeOf = (i: number) => (i === 0 ? depot : (nodes[i - 1]?.place ?? depot))
  const cost = new Int32Array(size * size)
  const travel = new Int32Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      if (i === j || (i === 0 && start < 0) || (j === 0 && end < 0)) continue
      const leg = placeOf(i) * matrix.places + placeOf(j)
      cost[i * size + j] = vehicle.costs[leg] ?? 0
      travel[i * size + j] = vehicle.durations[leg] ?? 0
    }
  const timed = vehicle.close < endOfTime || nodes.some(({ windows }) => (windows[0]?.[1] ?? 0) < endOfTime)
  const perCustomer = (depotValue: number, of: (node: (typeof nodes)[number]) => number) =>
    Int32Array.from([depotValue, ...nodes.map(of)])
  return {
    customers: nodes.length,
    vehicles: vehicles.length,
    capacity: dimensions === 0 ? endOfTime : (vehicle.capacity[0] ?? endOfTime),
    demand: perCustomer(0, (node) => Math.abs(node.change[0] ?? 0)),
    cost,
    fixedCost: vehicle.fixedCost,
    omission: Float64Array.from([0, ...omission]),
    windows: timed
      ? {
          travel,
          open: perCustomer(vehicle.open, (node) => node.windows[0]?.[0] ?? 0),
          close: perCustomer(vehicle.close, (node) => node.windows[0]?.[1] ?? 0),
          service: perCustomer(0, (node) => node.service),
        }
      : null,
  }
}
