import type { InputFault } from '../../contract/index.ts'
import type { FleetUnit } from './fleet-problem.ts'
import type { RoutingVehicle } from './vroom.ts'

/**
 * The plan that a vehicle begins with. What is driven already leaves its unit; a shipment that is aboard stays with its
 * vehicle.
 * @param row of the vehicle
 * @param nodeOf node by `type id`; a node is taken out when it is planned
 * @param units given their `home` and `aboard`
 * @param faults steps that cannot be read are added
 * @returns nodes in order, the first `done` of them driven
 */
export function readPlan(
  given: NonNullable<RoutingVehicle['steps']>,
  row: number,
  nodeOf: Map<string, { index: number; unit: number }>,
  units: readonly FleetUnit[],
  faults: InputFault[],
): { planned: number[]; done: number } {
  const refuse = (message: string) => faults.push({ field: 'vehicles.steps', row, message })
  const steps = given.filter(({ type }) => type === 'job' || type === 'pickup' || type === 'delivery')
  const done = steps.filter((step) => step.done).length
  if (steps.slice(0, done).some((step) => !step.done)) refuse('steps that are done must come first')
  const planned: number[] = []
  for (const [place, { type, id }] of steps.entries()) {
    const name = `${type} ${String(id)}`
    const node = nodeOf.get(name)
    const unit = node && units[node.unit]
    if (!node || !unit) {
      refuse(`${name} is unknown or planned twice`)
      continue
    }
    nodeOf.delete(name)
    if (unit.home >= 0 && unit.home !== row) refuse(`${name} is planned on another vehicle than its pickup or delivery`)
    unit.home = row
    planned.push(node.index)
    if (place >= done) continue
    if (type === 'delivery' && unit.nodes.length > 1) refuse(`${name} is done, but not its pickup before it`)
    unit.nodes = unit.nodes.filter((other) => other !== node.index)
    unit.aboard = unit.nodes.length > 0
  }
  return { planned, done }
}
