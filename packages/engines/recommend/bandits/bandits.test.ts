import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import {
  chooseLinUcb,
  chooseThompson,
  createLinUcb,
  createThompson,
  explainThompson,
  loadLinUcb,
  loadThompson,
  rewardLinUcb,
  rewardThompson,
  saveLinUcb,
  saveThompson,
} from '../index.ts'
import { drawBeta } from './beta.ts'

it.each([
  [1, 1],
  [0.4, 2],
  [30, 5],
])('draws of Beta(%d, %d) have its mean and variance', (a, b) => {
  const random = createRandom(5)
  const drawn = Array.from({ length: 20_000 }, () => drawBeta(random, a, b))
  const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length
  expect(mean).toBeCloseTo(a / (a + b), 2)
  expect(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeCloseTo(1, 1)
})

describe('Thompson sampling', () => {
  const rates = { a: 0.1, b: 0.3, c: 0.2 }

  it('comes to show the best arm, with far less lost than by chance', () => {
    const random = createRandom(2)
    let state = createThompson({ arms: ['a', 'b', 'c'] })
    let lost = 0
    for (let seed = 0; seed < 2000; seed++) {
      const [arm] = chooseThompson(state, { seed }).arms as [keyof typeof rates]
      lost += rates.b - rates[arm]
      state = rewardThompson(state, [{ arm, reward: random.next() < rates[arm] ? 1 : 0 }])
    }
    // Choosing at random would lose 0.1 a time.
    expect(lost).toBeLessThan(0.3 * 0.1 * 2000)
    const { chance } = chooseThompson(state, { draws: 1000 })
    expect(Object.values(chance ?? {}).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12)
    expect(chance?.['b']).toBeGreaterThan(0.9)
    expect(explainThompson(state).find((each) => each.arm === 'b')?.mean).toBeCloseTo(0.3, 1)
  })

  it('with equal arms shows each as often', () => {
    const { chance } = chooseThompson(createThompson({ arms: ['a', 'b'] }), { draws: 20_000 })
    expect(chance?.['a']).toBeCloseTo(0.5, 1)
  })

  it('forgets towards where it began', () => {
    let state = rewardThompson(createThompson({ arms: ['a', 'b'], keep: 0.5 }), [{ arm: 'a', reward: 1 }])
    state = rewardThompson(state, [{ arm: 'b', reward: 0 }])
    expect(state.arms[0]).toMatchObject({ wins: 1.5, losses: 1 })
  })

  it('is read back, and refuses what it does not know', () => {
    const state = createThompson({ arms: ['a', 'b'] })
    expect(loadThompson(structuredClone(saveThompson(state)))).toEqual(state)
    expect(() => rewardThompson(state, [{ arm: 'z', reward: 1 }])).toThrow('arm, row 0')
    expect(() => rewardThompson(state, [{ arm: 'a', reward: 2 }])).toThrow('reward')
    expect(() => createThompson({ arms: ['a', 'a'] })).toThrow('already')
    expect(() => loadThompson({ ...saveThompson(state), contents: 1 })).toThrow('damaged')
  })
})

describe('LinUCB', () => {
  it('estimates by ridge regression: mean and bound as computed by hand', () => {
    const state = rewardLinUcb(createLinUcb({ arms: ['a', 'b'], features: 2, exploration: 2 }), [
      { arm: 'a', context: [1, 1], reward: 3 },
    ])
    // (I + x x')^-1 = [[2, -1], [-1, 2]] / 3, so the weights are [1, 1] and the variance of [1, 0] is 2 / 3.
    const { arms } = chooseLinUcb(state, [1, 0])
    const [a, b] = ['a', 'b'].map((arm) => arms.find((each) => each.arm === arm))
    expect(a?.mean).toBeCloseTo(1, 12)
    expect(a?.bound).toBeCloseTo(1 + 2 * Math.sqrt(2 / 3), 12)
    expect(b).toMatchObject({ mean: 0, error: 1, bound: 2 })
  })

  it('learns which arm is for which context', () => {
    const random = createRandom(4)
    let state = createLinUcb({ arms: ['day', 'night'], features: 2 })
    let right = 0
    for (let k = 0; k < 400; k++) {
      const dark = random.integer(2)
      const { arm } = chooseLinUcb(state, [1, dark])
      const best = arm === (dark ? 'night' : 'day')
      if (k >= 200 && best) right++
      state = rewardLinUcb(state, [{ arm, context: [1, dark], reward: random.next() < (best ? 0.7 : 0.2) ? 1 : 0 }])
    }
    expect(right).toBeGreaterThan(180)
    expect(loadLinUcb(structuredClone(saveLinUcb(state)))).toEqual(state)
  })

  it('refuses a context of another length, NaN and unknown arms', () => {
    const state = createLinUcb({ arms: ['a'], features: 2 })
    expect(() => chooseLinUcb(state, [1])).toThrow('made for 2')
    expect(() => chooseLinUcb(state, [1, Number.NaN])).toThrow('row 1')
    expect(() => rewardLinUcb(state, [{ arm: 'z', context: [1, 1], reward: 1 }])).toThrow('arm, row 0')
    expect(() => loadLinUcb({ ...saveLinUcb(state), contents: 1 })).toThrow('damaged')
  })
})

describe('regret on simulated arms', () => {
  it('of Thompson sampling is a third of that of showing each arm as often, and its growth falls', () => {
    const rates = [0.05, 0.06, 0.04, 0.1, 0.03]
    const regret = [0, 0]
    for (let repeat = 0; repeat < 5; repeat++) {
      const random = createRandom(repeat + 1)
      let state = createThompson({ arms: rates.map(String) })
      for (let round = 0; round < 3000; round++) {
        const arm = chooseThompson(state, { seed: repeat * 10_000 + round }).arms[0]!
        regret[round < 1500 ? 0 : 1]! += (0.1 - Number(arm)) / 5
        state = rewardThompson(state, [{ arm, reward: random.next() < Number(arm) ? 1 : 0 }])
      }
    }
    expect(regret[0]! + regret[1]!).toBeLessThan((3000 * (0.1 - 0.056)) / 3)
    expect(regret[1]!).toBeLessThan(0.6 * regret[0]!)
  })

  it('of LinUCB is a small part of that of showing each arm as often', () => {
    const random = createRandom(3)
    const weights = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => random.normal()))
    let state = createLinUcb({ arms: weights.map((_, arm) => String(arm)), features: 3 })
    let [regret, uniform] = [0, 0]
    for (let round = 0; round < 600; round++) {
      const context = [1, random.normal(), random.normal()]
      const worth = weights.map((each) => each.reduce((sum, weight, k) => sum + weight * context[k]!, 0))
      const arm = Number(chooseLinUcb(state, context).arm)
      regret += Math.max(...worth) - worth[arm]!
      uniform += Math.max(...worth) - worth.reduce((a, b) => a + b) / 4
      state = rewardLinUcb(state, [{ arm: String(arm), context, reward: worth[arm]! + random.normal() / 2 }])
    }
    expect(regret).toBeLessThan(0.08 * uniform)
  })
})
