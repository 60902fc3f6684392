import type { FleetProblem } from './fleet-problem.ts'

/**
 * What it costs to leave a unit out: as in VROOM the sum of the priorities of served tasks counts before their number, and
 * their number before all travel. What is aboard must be delivered before anything else.
 */
export function omissionCosts(problem: FleetProblem): Float64Array {
  let leg = 0
  let table: Int32Array | null = null
  let fixed = 0
  for (const vehicle of problem.vehicles) {
    if (vehicle.costs !== table) {
      table = vehicle.costs
      for (const cost of table) if (cost > leg) leg = cost
    }
    fixed += vehicle.fixedCost
  }
  const tasks = problem.nodes.length
  // No plan costs more in all.
  const dearest = 1 + leg * (tasks + problem.vehicles.length) + fixed + problem.changeCost * problem.units.length
  return Float64Array.from(problem.units, ({ nodes, aboard, priority }) =>
    aboard ? dearest * (tasks + 1) * 200 : dearest * nodes.length * (1 + priority * (tasks + 1)),
  )
}
