import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  Provenance,
  provenanceOf,
  startWork,
  type InputFault,
  type WorkOptions,
} from '../../contract/index.ts'
import { normalQuantile } from '../../numerics/index.ts'

const version = '1.0.0'
/** Along the longest chain of stages. */
const mostPeriods = 10_000

export const SupplyNetwork = z
  .strictObject({
    stages: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          time: z.int().nonnegative().max(1_000).describe('Periods from having all inputs to having the output'),
          holdingCost: z.number().nonnegative().describe('Of a unit for a period'),
          suppliers: z
            .array(z.string())
            .optional()
            .describe('Names of the stages it takes from; outside supply comes at once unless `inboundTime` is told'),
          inboundTime: z
            .int()
            .nonnegative()
            .max(1_000)
            .optional()
            .describe('Service time of outside suppliers, periods'),
          demand: z
            .strictObject({ mean: z.number().nonnegative(), deviation: z.number().nonnegative() })
            .optional()
            .describe('Outside demand per period'),
          maxServiceTime: z
            .int()
            .nonnegative()
            .optional()
            .describe('Promised to customers at most, periods; 0 unless told, where there is outside demand'),
        }),
      )
      .min(1),
    serviceLevel: z
      .number()
      .gt(0.5)
      .lt(1)
      .optional()
      .describe('Probability with which the stock covers the demand; 0.95 unless told'),
  })
  .describe('Supply network of stages that promise each other service times; links must form a tree')
export type SupplyNetwork = z.infer<typeof SupplyNetwork>

export const SafetyStocks = z.strictObject({
  stages: z.array(
    z.strictObject({
      name: z.string(),
      serviceTime: z.int().describe('Promised to those it supplies, periods'),
      netReplenishmentTime: z.int().describe('Periods that its stock must bridge'),
      safetyStock: z.number(),
      cost: z.number().describe('Of the safety stock per period'),
    }),
  ),
  cost: z.number().describe('Per period'),
  provenance: Provenance,
})
export type SafetyStocks = z.infer<typeof SafetyStocks>

/**
 * Where to hold safety stock in a network, exactly: the guaranteed-service model on a tree by dynamic programming.
 *
 * Source: Graves & Willems, Manufacturing & Service Operations Management 2(1), 2000 (with the correction of 2003).
 * @throws EngineInputError for unknown suppliers and links that do not form a tree
 */
export function placeSafetyStock(input: SupplyNetwork, options: WorkOptions = {}): SafetyStocks {
  const work = startWork(options)
  const network = checkInput(SupplyNetwork, input)
  const { stages, serviceLevel = 0.95 } = network
  const { suppliers, customers } = linksOf(network)
  const order = upstreamFirst(suppliers, customers)
  const factor = normalQuantile(serviceLevel)

  // Demand and the longest time that a stage can have to bridge.
  const variance = new Float64Array(stages.length)
  const longest = new Int32Array(stages.length)
  for (const i of order) {
    const inbound = Math.max(stages[i]!.inboundTime ?? 0, ...suppliers[i]!.map((j) => longest[j]!))
    longest[i] = inbound + stages[i]!.time
  }
  for (const i of order.toReversed())
    variance[i] = (stages[i]!.demand?.deviation ?? 0) ** 2 + customers[i]!.reduce((sum, j) => sum + variance[j]!, 0)
  const horizon = Math.max(...longest) + 1
  if (horizon > mostPeriods)
    throw new EngineInputError('wrong-unit', [
      {
        field: 'stages.time',
        row: null,
        message: `add up to more than ${String(mostPeriods)} periods along a chain; use longer periods`,
      },
    ])
  const promise = stages.map(({ demand, maxServiceTime }, i) =>
    demand || customers[i]!.length === 0 ? Math.min(maxServiceTime ?? 0, longest[i]!) : longest[i]!,
  )
  const stockCost = (i: number, inbound: number, outbound: number) => {
    const bridge = inbound + stages[i]!.time - outbound
    return bridge < 0 ? Infinity : stages[i]!.holdingCost * factor * Math.sqrt(variance[i]! * bridge)
  }

  // The tree from stage 0: each part answers, for each time on its link to the rest, its least cost. On a link to a
  // customer that is the service time given, on a link to a supplier the inbound time taken.
  const chosen = stages.map((): { inbound: number; outbound: number }[] => [])
  const seen = new Set<number>()
  const roots: number[] = []
  const parts = stages.map(() => ({ parent: -1, children: [] as number[] }))
  const visit: number[] = []
  for (const root of stages.keys()) {
    if (seen.has(root)) continue
    roots.push(root)
    const stack = [root]
    seen.add(root)
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      visit.push(i)
      for (const j of [...suppliers[i]!, ...customers[i]!]) {
        if (j === parts[i]!.parent) continue
        if (seen.has(j))
          throw new EngineInputError('out-of-range', [
            { field: 'stages.suppliers', row: j, message: 'the links go round in a circle; they must form a tree' },
          ])
        seen.add(j)
        parts[j]!.parent = i
        parts[i]!.children.push(j)
        stack.push(j)
      }
    }
  }
  const value = stages.map(() => new Float64Array(horizon))
  const own = (i: number, inbound: number, outbound: number) => {
    let cost = stockCost(i, inbound, outbound)
    // Suppliers must serve within the inbound time; customers take the outbound time or more.
    for (const j of parts[i]!.children) cost += value[j]![suppliers[i]!.includes(j) ? inbound : outbound]!
    return cost
  }
  for (const i of visit.toReversed()) {
    work.expired()
    const least = stages[i]!.inboundTime ?? 0
    const latest = longest[i]! - stages[i]!.time
    const { parent } = parts[i]!
    // A part that gives to the rest may promise less than the link needs, one that takes may wait for longer: the best of
    // all times up to, or from, the time of the link.
    const gives = parent >= 0 && customers[i]!.includes(parent)
    let best = Infinity
    let kept = { inbound: least, outbound: 0 }
    const compare = (inbound: number, outbound: number) => {
      const cost = own(i, inbound, outbound)
      if (cost < best) {
        best = cost
        kept = { inbound, outbound }
      }
    }
    for (let step = 0; step < horizon; step++) {
      const time = gives ? step : horizon - 1 - step
      if (gives) {
        if (time <= promise[i]!) for (let inbound = least; inbound <= latest; inbound++) compare(inbound, time)
      } else if (time >= least && time <= latest)
        for (let outbound = 0; outbound <= promise[i]!; outbound++) compare(time, outbound)
      value[i]![time] = best
      chosen[i]![time] = kept
    }
  }
  const result = stages.map(() => ({ inbound: 0, outbound: 0 }))
  for (const i of visit) {
    const { parent } = parts[i]!
    const time = parent < 0 ? 0 : customers[i]!.includes(parent) ? result[parent]!.inbound : result[parent]!.outbound
    result[i] = chosen[i]![time]!
  }
  const described = stages.map(({ name, time, holdingCost }, i) => {
    const { inbound, outbound } = result[i]!
    const netReplenishmentTime = inbound + time - outbound
    const safetyStock = factor * Math.sqrt(variance[i]! * netReplenishmentTime)
    return { name, serviceTime: outbound, netReplenishmentTime, safetyStock, cost: holdingCost * safetyStock }
  })
  return {
    stages: described,
    cost: roots.reduce((sum, root) => sum + value[root]![0]!, 0),
    provenance: provenanceOf('solve/safety-stock', version, 1, [network]),
  }
}

function linksOf({ stages }: SupplyNetwork): { suppliers: number[][]; customers: number[][] } {
  const index = new Map<string, number>()
  const faults: InputFault[] = []
  for (const [row, { name }] of stages.entries()) {
    if (index.has(name)) faults.push({ field: 'stages.name', row, message: `${name} is there twice` })
    index.set(name, row)
  }
  const customers: number[][] = stages.map(() => [])
  const suppliers = stages.map(({ suppliers: names }, row) =>
    (names ?? []).flatMap((name) => {
      const found = index.get(name)
      if (found === undefined || found === row) {
        faults.push({ field: 'stages.suppliers', row, message: `there is no other stage ${name}` })
        return []
      }
      customers[found]!.push(row)
      return [found]
    }),
  )
  if (faults.length > 0) throw new EngineInputError('unknown-name', faults)
  return { suppliers, customers }
}

function upstreamFirst(suppliers: readonly number[][], customers: readonly number[][]): number[] {
  const open = suppliers.map((list) => list.length)
  const ready = [...open.keys()].filter((i) => open[i] === 0)
  const order: number[] = []
  for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
    order.push(i)
    for (const j of customers[i]!) if (--open[j]! === 0) ready.push(j)
  }
  if (order.length < suppliers.length)
    throw new EngineInputError('out-of-range', [
      { field: 'stages.suppliers', row: null, message: 'stages supply each other in a circle' },
    ])
  return order
}
