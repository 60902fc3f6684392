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
  it('is the policy of Zheng & Federgruen (1991), table 1: K 64, h 1, p 9, Poisson', () => {
    const published: [number, number, number, number][] = [
      [10, 6, 40, 35.022],
      [20, 14, 62, 49.173],
    ]
    for (const [mean, s, upTo, cost] of published) {
      const policy = reorderPolicy({
        demand: { distribution: 'poisson', mean },
        orderCost: 64,
        holdingCost: 1,
        backorderCost: 9,
      })
      expect([mean, policy.reorderPoint, policy.orderUpTo]).toEqual([mean, s, upTo])
      expect(policy.cost).toBeCloseTo(cost, 2)
    }
  })

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
    const periods = 300_000
    for (let t = 0; t < periods; t++) {
      const position = stock + pipeline.reduce((a, b) => a + b, 0)
      const order = position <= policy.reorderPoint ? policy.orderUpTo - position : 0
      if (order > 0) cost += 20
      pipeline.push(order)
      stock += pipeline.shift() ?? 0
      stock -= [0, 0, 1, 3, 7][random.integer(5)] ?? 0
      cost += stock >= 0 ? stock : -6 * stock
      if (stock >= 0) well++
    }
    expect(cost / periods / policy.cost).toBeCloseTo(1, 1)
    expect(Math.abs(cost / periods - policy.cost)).toBeLessThan(0.02 * policy.cost)
    expect(Math.abs(well / periods - policy.fillRate)).toBeLessThan(0.01)
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
