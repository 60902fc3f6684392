import type { FleetProblem } from './fleet-problem.ts'

/** Units by the least cost between any of their visits, the nearest first; at most 100 each. */
export function nearUnits(problem: FleetProblem): number[][] {
  const { nodes, units, vehicles } = problem
  const vehicle = vehicles[0]!
  const places = vehicle.matrix.places
  const key = new Float64Array(units.length)
  return units.map((unit, u) => {
    for (const [o, other] of units.entries()) {
      let least = Infinity
      for (const a of unit.nodes)
        for (const b of other.nodes) {
          const from = nodes[a]!.place
          const to = nodes[b]!.place
          least = Math.min(least, vehicle.costs[from * places + to]! + vehicle.costs[to * places + from]!)
        }
      key[o] = least
    }
    const others: number[] = []
    for (let o = 0; o < units.length; o++) if (o !== u && key[o]! < Infinity) others.push(o)
    return others.sort((x, y) => key[x]! - key[y]! || x - y).slice(0, 100)
  })
}
