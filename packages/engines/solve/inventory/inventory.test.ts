import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { normalQuantile } from '../../numerics/index.ts'
import { sizeLots } from './lot-sizing.ts'
import { orderForSeason } from './newsvendor.ts'
import { economicOrderQuantity } from './order-quantity.ts'
import { reorderPolicy } from './reorder-policy.ts'
import { placeSafetyStock, type SupplyNetwork } from './safety-stock.ts'

describe('order quantity', () => {
  it('is that of the closed forms', () => {
    const base = { demand: 1300, orderCost: 8, holdingCost: 0.225 }
    expect(economicOrderQuantity(base).quantity).toBeCloseTo(304.0467800264368, 9)
    expect(economicOrderQuantity(base).cost).toBeCloseTo(68.41052550594829, 9)
    expect(economicOrderQuantity({ ...base, backorderCost: 1e12 }).quantity).toBeCloseTo(304.0467800264368, 6)
    expect(economicOrderQuantity({ ...base, productionRate: 2600 }).quantity).toBeCloseTo(
      304.0467800264368 * Math.SQRT2,
      6,
    )
    expect(economicOrderQuantity({ demand: 1e200, orderCost: 1e200, holdingCost: 2e-10 }).quantity / 1e205).toBeCloseTo(
      1,
      9,
    )
    expect(() => economicOrderQuantity({ ...base, productionRate: 1000 })).toThrow('productionRate')
    expect(() => economicOrderQuantity({ ...base, demand: -1 })).toThrow('demand')
  })
})

describe('newsvendor', () => {
  it('has its closed form for the normal distribution', () => {
    const order = orderForSeason({
      demand: { distribution: 'normal', mean: 50, deviation: 8 },
      overage: 0.18,
      underage: 0.7,
    })
    expect(order.quantity).toBeCloseTo(50 + 8 * normalQuantile(0.7 / 0.88), 9)
    expect(order.cost).toBeCloseTo(
      (8 * 0.88 * Math.exp(-0.5 * normalQuantile(0.7 / 0.88) ** 2)) / Math.sqrt(2 * Math.PI),
      9,
    )
  })

  it('keeps its digits where one cost is nearly nothing, and refuses what has no finite answer', () => {
    const demand = { distribution: 'normal' as const, mean: 0, deviation: 1 }
    const dear = orderForSeason({ demand, overage: 1e-20, underage: 1 })
    expect(dear.quantity).toBeCloseTo(9.26234, 4)
    expect(dear.cost).toBeGreaterThan(0)
    expect(() => orderForSeason({ demand, overage: 5e-324, underage: 1e300 })).toThrow('overage')
    expect(() => orderForSeason({ demand, overage: 1e300, underage: 5e-324 })).toThrow('underage')
  })

  it('is the cheapest quantity of all where demand is counted', () => {
    const values = [3, 8, 8, 12, 20, 1, 5]
    const cost = (quantity: number) =>
      values.reduce((sum, d) => sum + (d > quantity ? 4 * (d - quantity) : 1.5 * (quantity - d)), 0) / values.length
    const order = orderForSeason({ demand: { distribution: 'sample', values }, overage: 1.5, underage: 4 })
    expect(order.cost).toBeCloseTo(Math.min(...Array.from({ length: 25 }, (_, quantity) => cost(quantity))), 12)
    expect(orderForSeason({ demand: { distribution: 'poisson', mean: 10 }, overage: 1, underage: 1 }).quantity).toBe(10)
  })
})

describe('lot sizes', () => {
  it('are those of Wagner & Whitin (1958), table 1', () => {
    const lots = sizeLots({
      demand: [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56],
      setupCost: [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114],
      holdingCost: 1,
    })
    expect(lots.cost).toBe(864)
    expect(lots.orders).toEqual([98, 0, 97, 0, 121, 0, 0, 112, 0, 67, 135, 0])
  })

  it('cost no more than any other set of order periods', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }),
        fc.nat(60),
        fc.nat(4),
        (demand, setupCost, holdingCost) => {
          let best = Infinity
          for (let set = 0; set < 1 << demand.length; set++) {
            let cost = 0
            let last = -1
            for (const [t, units] of demand.entries()) {
              if ((set >> t) & 1) {
                last = t
                cost += setupCost
              }
              cost += units === 0 ? 0 : last < 0 ? Infinity : units * holdingCost * (t - last)
            }
            best = Math.min(best, cost)
          }
          const lots = sizeLots({ demand, setupCost, holdingCost })
          expect(lots.cost).toBeCloseTo(best, 9)
          expect(lots.stock.at(-1)).toBeCloseTo(0, 9)
        },
      ),
    )
  })
})

describe('(s, S)', () => {
  it('is the policy of the instances of Zheng & Federgruen (1991), as Feng & Xiao (2000) give them: K 64, h 1, p 9', () => {
    const published: [number, number, number, number][] = [
      [10, 6, 40, 35.0215552],
      [20, 14, 62, 49.173036],
      [64, 55, 74, 78.402321],
    ]
    for (const [mean, s, upTo, cost] of published) {
      const policy = reorderPolicy({
        demand: { distribution: 'poisson', mean },
        orderCost: 64,
        holdingCost: 1,
        backorderCost: 9,
      })
      expect([mean, policy.reorderPoint, policy.orderUpTo]).toEqual([mean, s, upTo])
      expect(policy.cost).toBeCloseTo(cost, 6)
    }
  })

  it.each([15, 20, 25, 30, 63])(
    'costs as little as the best of all policies of any form (mean %i, value iteration)',
    (mean) => {
      const policy = reorderPolicy({
        demand: { distribution: 'poisson', mean },
        orderCost: 64,
        holdingCost: 1,
        backorderCost: 9,
      })
      expect(policy).toMatchObject({ bound: policy.cost, gap: 0 })
      expect(policy.cost).toBeCloseTo(valueIteration(mean), 3)
    },
  )

  it('costs less than all policies near it, by the stationary distribution of their positions', () => {
    const mean = 20
    const policy = reorderPolicy({
      demand: { distribution: 'poisson', mean },
      orderCost: 64,
      holdingCost: 1,
      backorderCost: 9,
    })
    const { reorderPoint, orderUpTo } = policy
    expect(stationaryCost(mean, reorderPoint, orderUpTo)).toBeCloseTo(policy.cost, 6)
    for (let s = reorderPoint - 1; s <= reorderPoint + 1; s++)
      for (let upTo = orderUpTo - 1; upTo <= orderUpTo + 1; upTo++)
        expect(stationaryCost(mean, s, upTo)).toBeGreaterThanOrEqual(policy.cost - 1e-6)
  })

  it('costs what a simulation of it costs', () => {
    const policy = reorderPolicy({
      demand: { distribution: 'sample', values: [0, 0, 1, 3, 7] },
      leadTime: 2,
      orderCost: 20,
      holdingCost: 1,
      backorderCost: 6,
    })
    const random = createRandom(5)
    const pipeline = [0, 0]
    let stock = policy.orderUpTo
    let cost = 0
    let well = 0
    let demanded = 0
    let served = 0
    const periods = 300_000
    for (let t = 0; t < periods; t++) {
      const position = stock + pipeline.reduce((a, b) => a + b, 0)
      const order = position <= policy.reorderPoint ? policy.orderUpTo - position : 0
      if (order > 0) cost += 20
      pipeline.push(order)
      stock += pipeline.shift() ?? 0
      const demand = [0, 0, 1, 3, 7][random.integer(5)] ?? 0
      demanded += demand
      served += Math.min(demand, Math.max(0, stock))
      stock -= demand
      cost += stock >= 0 ? stock : -6 * stock
      if (stock >= 0) well++
    }
    expect(cost / periods / policy.cost).toBeCloseTo(1, 1)
    expect(Math.abs(cost / periods - policy.cost)).toBeLessThan(0.02 * policy.cost)
    expect(Math.abs(well / periods - policy.serviceLevel)).toBeLessThan(0.01)
    expect(Math.abs(served / demanded - policy.fillRate)).toBeLessThan(0.01)
  })

  it('is found for large units of time and refused where units are too small', () => {
    const slow = { demand: { distribution: 'poisson' as const, mean: 400 }, holdingCost: 1, backorderCost: 9 }
    const started = performance.now()
    const policy = reorderPolicy({ ...slow, leadTime: 20, orderCost: 50_000 }, { maxMillis: 200 })
    expect(performance.now() - started).toBeLessThan(2_500)
    expect(policy.bound).toBeLessThanOrEqual(policy.cost)
    expect(() =>
      reorderPolicy({ ...slow, demand: { distribution: 'poisson', mean: 90_000 }, leadTime: 900, orderCost: 1 }),
    ).toThrow('count in larger units')
    expect(() =>
      reorderPolicy({ ...slow, orderCost: 1e6 }, { signal: AbortSignal.abort(new Error('stopped')) }),
    ).toThrow('stopped')
  })

  it('without an order cost is a base stock at the critical ratio', () => {
    const policy = reorderPolicy({
      demand: { distribution: 'poisson', mean: 6 },
      orderCost: 0,
      holdingCost: 1,
      backorderCost: 9,
    })
    expect(policy.orderUpTo).toBe(
      orderForSeason({ demand: { distribution: 'poisson', mean: 6 }, overage: 1, underage: 9 }).quantity,
    )
    expect(() =>
      reorderPolicy({
        demand: { distribution: 'sample', values: [0.5] },
        orderCost: 1,
        holdingCost: 1,
        backorderCost: 1,
      }),
    ).toThrow('demand.values, row 0')
    expect(() =>
      reorderPolicy({
        demand: { distribution: 'sample', values: [0, 0] },
        orderCost: 1,
        holdingCost: 1,
        backorderCost: 1,
      }),
    ).toThrow('always 0')
  })
})

describe('safety stock', () => {
  const network: SupplyNetwork = {
    serviceLevel: 0.95,
    stages: [
      { name: 'part', time: 6, holdingCost: 1 },
      { name: 'board', time: 3, holdingCost: 2, suppliers: ['part'] },
      {
        name: 'east',
        time: 2,
        holdingCost: 5,
        suppliers: ['board'],
        demand: { mean: 10, deviation: 4 },
        maxServiceTime: 1,
      },
      { name: 'west', time: 1, holdingCost: 4, suppliers: ['board'], demand: { mean: 20, deviation: 3 } },
    ],
  }

  it('is placed as cheaply as the best of all promises', () => {
    const placed = placeSafetyStock(network)
    const z = normalQuantile(0.95)
    let best = Infinity
    for (let a = 0; a <= 6; a++)
      for (let b = 0; b <= a + 3; b++)
        for (let east = 0; east <= Math.min(1, b + 2); east++) {
          const cost =
            z *
            (5 * Math.sqrt(6 - a) +
              2 * 5 * Math.sqrt(a + 3 - b) +
              5 * 4 * Math.sqrt(b + 2 - east) +
              4 * 3 * Math.sqrt(b + 1))
          best = Math.min(best, cost)
        }
    expect(placed.cost).toBeCloseTo(best, 9)
    expect(placed.stages.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(best, 9)
  })

  it('is placed along chains of many periods in little time', () => {
    const chain: SupplyNetwork = {
      stages: Array.from({ length: 8 }, (_, i) => ({
        name: String(i),
        time: 60,
        holdingCost: 1 + i,
        ...(i === 0 ? {} : { suppliers: [String(i - 1)] }),
        ...(i === 7 ? { demand: { mean: 10, deviation: 3 } } : {}),
      })),
    }
    const started = performance.now()
    const { cost, stages } = placeSafetyStock(chain)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(cost).toBeCloseTo(
      stages.reduce((sum, each) => sum + each.cost, 0),
      9,
    )
    expect(() =>
      placeSafetyStock({
        stages: Array.from({ length: 20 }, (_, i) => ({
          name: String(i),
          time: 1000,
          holdingCost: 1,
          ...(i === 0 ? {} : { suppliers: [String(i - 1)] }),
        })),
      }),
    ).toThrow('stages.time')
  })

  it('needs a tree of known stages', () => {
    expect(() => placeSafetyStock({ stages: [{ name: 'a', time: 1, holdingCost: 1, suppliers: ['b'] }] })).toThrow(
      'stages.suppliers, row 0',
    )
    const [part, board] = network.stages
    const diamond = {
      stages: [
        part,
        board,
        { name: 'other', time: 1, holdingCost: 1, suppliers: ['part'] },
        { name: 'end', time: 1, holdingCost: 1, suppliers: ['board', 'other'] },
      ].filter((each) => each !== undefined),
    }
    expect(() => placeSafetyStock(diamond)).toThrow('tree')
  })
})

/** Least mean cost per period with K 64, h 1, p 9 and Poisson demand over all ways to order (White 1963). */
function valueIteration(mean: number): number {
  const demand: number[] = [Math.exp(-mean)]
  for (let d = 1; d < 2.5 * mean; d++) demand.push(((demand.at(-1) ?? 0) * mean) / d)
  const [bottom, top] = [-Math.ceil(1.6 * mean), Math.ceil(2.4 * mean + 40)]
  const positions = Array.from({ length: top - bottom + 1 }, (_, i) => bottom + i)
  const holding = positions.map((y) => demand.reduce((sum, p, d) => sum + p * (y >= d ? y - d : 9 * (d - y)), 0))
  let value = positions.map(() => 0)
  let [low, high] = [0, Infinity]
  while (high - low > 1e-4) {
    const after = holding.map((cost, i) =>
      demand.reduce((sum, p, d) => sum + p * (value[Math.max(0, i - d)] ?? 0), cost),
    )
    let cheapest = Infinity
    const next = positions.map(() => 0)
    for (let i = positions.length - 1; i >= 0; i--) {
      cheapest = Math.min(cheapest, (after[i] ?? 0) + 64)
      next[i] = Math.min(after[i] ?? 0, cheapest)
    }
    const change = next.map((each, i) => each - (value[i] ?? 0))
    low = Math.min(...change)
    high = Math.max(...change)
    const base = next[0] ?? 0
    value = next.map((each) => each - base)
  }
  return (low + high) / 2
}

/** Cost per period of an (s, S) policy with K 64, h 1, p 9 and Poisson demand: positions after ordering form a Markov chain. */
function stationaryCost(mean: number, s: number, upTo: number): number {
  const demand: number[] = [Math.exp(-mean)]
  for (let d = 1; d < 3 * mean; d++) demand.push(((demand.at(-1) ?? 0) * mean) / d)
  let share = Array.from({ length: upTo - s }, (_, j): number => (j === 0 ? 1 : 0))
  for (let step = 0; step < 100; step++) {
    const next = share.map(() => 0)
    for (const [j, each] of share.entries())
      for (const [d, probability] of demand.entries()) {
        const to = j + d < next.length ? j + d : 0
        next[to] = (next[to] ?? 0) + each * probability
      }
    share = next.map((each, j) => (each + (share[j] ?? 0)) / 2)
  }
  return share.reduce((cost, each, j) => {
    const position = upTo - j
    return demand.reduce((sum, probability, d) => {
      const left = position - d
      return sum + each * probability * ((left >= 0 ? left : -9 * left) + (j + d >= share.length ? 64 : 0))
    }, cost)
  }, 0)
}
