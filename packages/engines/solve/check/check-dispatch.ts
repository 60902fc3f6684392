import type { PowerDispatch } from '../power/dispatch.ts'
import type { PowerNetwork } from '../power/network.ts'

/** Checks a dispatch against the physics of the network. @returns what is broken @param tolerance MW */
export function checkDispatch(network: PowerNetwork, dispatch: PowerDispatch, tolerance = 1e-3): string[] {
  const faults: string[] = []
  const balance = new Map(network.buses.map((bus) => [bus.id, -bus.demand - (bus.shunt ?? 0)]))
  const angle = new Map(network.buses.map((bus, i) => [bus.id, ((dispatch.angles[i] ?? 0) * Math.PI) / 180]))
  const add = (bus: number, megawatts: number) => balance.set(bus, (balance.get(bus) ?? 0) + megawatts)
  let cost = 0
  for (const [i, { bus, min, max, cost: terms }] of network.generators.entries()) {
    const output = dispatch.generation[i] ?? Number.NaN
    if (!(output >= min - tolerance && output <= max + tolerance))
      faults.push(`generator ${String(i)} is outside its limits`)
    cost += terms.reduce((sum, term, power) => sum + term * output ** power, 0)
    add(bus, output)
  }
  for (const [i, branch] of network.branches.entries()) {
    const flow = dispatch.flows[i] ?? Number.NaN
    const across = (angle.get(branch.from) ?? 0) - (angle.get(branch.to) ?? 0)
    const physics = (network.baseMva * branch.reactance * across) / (branch.resistance ** 2 + branch.reactance ** 2)
    if (!(Math.abs(flow - physics) <= tolerance)) faults.push(`branch ${String(i)} carries what its angles do not give`)
    if (Math.abs(flow) > (branch.rating ?? Infinity) + tolerance) faults.push(`branch ${String(i)} is overloaded`)
    const [least, greatest] = branch.angle ?? [-360, 360]
    const difference = (across * 180) / Math.PI
    if (difference < least - tolerance || difference > greatest + tolerance)
      faults.push(`branch ${String(i)} is out of angle`)
    add(branch.from, -flow)
    add(branch.to, flow)
  }
  for (const [bus, rest] of balance)
    if (!(Math.abs(rest) <= tolerance)) faults.push(`bus ${String(bus)} is out of balance by ${String(rest)} MW`)
  if (Math.abs(cost - dispatch.cost) > 1e-6 * Math.max(1, cost))
    faults.push(`the cost is ${String(cost)}, not ${String(dispatch.cost)}`)
  return faults
}
