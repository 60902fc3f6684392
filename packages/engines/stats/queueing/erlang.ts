import { z } from 'zod'
import { checkInput, EngineInputError, InfeasibleError, provenanceOf, type Provenance } from '../../contract/index.ts'

export const Traffic = z.object({
  arrivalsPerHour: z.number().positive().describe('Calls, visitors or jobs per hour'),
  serviceSeconds: z.number().positive().describe('Mean time that one takes, in seconds'),
})
export type Traffic = z.infer<typeof Traffic>

export interface QueueFigures {
  /** Arrivals times service time, in erlangs: servers busy on average. */
  load: number
  servers: number
  /** Share of time a server is busy. */
  occupancy: number
  /** Chance to wait at all. */
  waitProbability: number
  /** Mean seconds waited, by all. */
  meanWaitSeconds: number
  /** Share served within the target; null without a target. */
  serviceLevel: number | null
  provenance: Provenance
}

/** Chance that all servers are busy when those who find them so leave (Erlang 1917), by the stable recursion. */
export function erlangB(load: number, servers: number): number {
  const offered = checkInput(z.number().positive(), load, 'load')
  const count = checkInput(z.int().min(0).max(1_000_000), servers, 'servers')
  let blocked = 1
  for (let n = 1; n <= count; n++) blocked = (offered * blocked) / (n + offered * blocked)
  return blocked
}

/**
 * A queue with Poisson arrivals, exponential service and patient customers (Erlang 1917; M/M/c).
 * @param targetSeconds waiting time of the service level
 * @throws InfeasibleError when the servers cannot keep up: the queue would grow for ever
 */
export function erlangC(traffic: Traffic, servers: number, targetSeconds?: number): QueueFigures {
  const { arrivalsPerHour, serviceSeconds } = checkInput(Traffic, traffic, 'traffic')
  const count = checkInput(z.int().min(1).max(1_000_000), servers, 'servers')
  const target = checkInput(z.number().min(0).optional(), targetSeconds, 'targetSeconds')
  const load = (arrivalsPerHour * serviceSeconds) / 3600
  if (load >= count)
    throw new InfeasibleError(
      `${String(count)} servers cannot keep up with ${load.toFixed(2)} erlangs; at least ${String(Math.floor(load) + 1)} are needed.`,
      ['servers', 'arrivalsPerHour', 'serviceSeconds'],
    )
  const blocked = erlangB(load, count)
  const waitProbability = blocked / (1 - (load / count) * (1 - blocked))
  const spare = count - load
  return {
    load,
    servers: count,
    occupancy: load / count,
    waitProbability,
    meanWaitSeconds: (waitProbability * serviceSeconds) / spare,
    serviceLevel: target === undefined ? null : 1 - waitProbability * Math.exp((-spare * target) / serviceSeconds),
    provenance: provenanceOf('stats/erlang-c', '1', 1, [traffic, servers, targetSeconds]),
  }
}

export const StaffingTarget = z.object({
  serviceLevel: z.number().gt(0).lt(1).default(0.8).describe('Share to be served within targetSeconds'),
  targetSeconds: z.number().min(0).default(20),
  maxOccupancy: z.number().gt(0).max(1).default(1).describe('Largest share of time that people may be busy'),
  shrinkage: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Share of paid time away from work: breaks, training, illness'),
})

/** The fewest servers that reach the service level, and how many have to be on the rota for it. */
export function staffFor(
  traffic: Traffic,
  target: z.input<typeof StaffingTarget> = {},
): { figures: QueueFigures; scheduled: number; provenance: Provenance } {
  const { arrivalsPerHour, serviceSeconds } = checkInput(Traffic, traffic, 'traffic')
  const { serviceLevel, targetSeconds, maxOccupancy, shrinkage } = checkInput(StaffingTarget, target, 'target')
  const load = (arrivalsPerHour * serviceSeconds) / 3600
  if (load > 500_000)
    throw new EngineInputError('out-of-range', [
      { field: 'arrivalsPerHour', row: null, message: `is a load of ${load.toFixed(0)} erlangs; check the units` },
    ])
  let low = Math.max(Math.floor(load) + 1, Math.ceil(load / maxOccupancy - 1e-9))
  const reached = (servers: number) => (erlangC(traffic, servers, targetSeconds).serviceLevel ?? 0) >= serviceLevel
  let step = 1
  while (!reached(low + step - 1)) step *= 2
  // The service level grows with the servers: bisect below the first power that reached it.
  let high = low + step - 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (reached(middle)) high = middle
    else low = middle + 1
  }
  return {
    figures: erlangC(traffic, low, targetSeconds),
    scheduled: Math.ceil(low / (1 - shrinkage) - 1e-9),
    provenance: provenanceOf('stats/staffing', '1', 1, [traffic, target]),
  }
}
