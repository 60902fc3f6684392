import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { evaluatePolicy, type LoggedDecision } from '../index.ts'

const rates = [0.1, 0.2, 0.6]
const old = [0.5, 0.3, 0.2]
const fresh = [0.1, 0.1, 0.8]
const dot = (p: number[], q: number[]) => p.reduce((sum, each, k) => sum + each * q[k]!, 0)

function log(count: number, seed: number, predictions: boolean): LoggedDecision[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const u = random.next()
    const action = u < 0.5 ? 0 : u < 0.8 ? 1 : 2
    return {
      reward: random.next() < rates[action]! ? 1 : 0,
      propensity: old[action]!,
      target: fresh[action]!,
      ...(predictions ? { predicted: rates[action]! + 0.05, predictedTarget: dot(fresh, rates) + 0.05 } : {}),
    }
  })
}

describe('offline evaluation of a policy', () => {
  it('foresees what the new policy would bring, each estimator within its interval', () => {
    const figures = evaluatePolicy(log(8000, 1, true))
    const truth = dot(fresh, rates)
    expect(figures.logged).toBeCloseTo(dot(old, rates), 1)
    for (const value of [figures.ips, figures.snips, figures.doublyRobust]) {
      expect(value?.low).toBeLessThan(truth)
      expect(value?.high).toBeGreaterThan(truth)
      expect(Math.abs((value?.value ?? 0) - truth)).toBeLessThan(0.03)
    }
    expect(figures.meanWeight).toBeCloseTo(1, 1)
    expect(figures.provenance.warnings).toEqual([])
  })

  it('covers the truth about as often as stated', () => {
    const truth = dot(fresh, rates)
    const covered = Array.from({ length: 60 }, (_, k) => evaluatePolicy(log(500, k + 10, false), { resamples: 200 }))
    const share = covered.filter(({ snips }) => snips && snips.low <= truth && truth <= snips.high).length / 60
    expect(share).toBeGreaterThan(0.86)
  })

  it('doubly robust with self-normalised weights: by hand, and within the rewards', () => {
    const decisions = [
      { reward: 1, propensity: 0.5, target: 1, predicted: 0.5, predictedTarget: 0.4 },
      { reward: 0, propensity: 0.25, target: 0.25, predicted: 0.25, predictedTarget: 0.6 },
    ]
    const { doublyRobust, weightedDoublyRobust } = evaluatePolicy(decisions)
    expect(doublyRobust?.value).toBeCloseTo(0.5 + (2 * 0.5 - 0.25) / 2, 12)
    expect(weightedDoublyRobust?.value).toBeCloseTo(0.5 + (2 * 0.5 - 0.25) / 3, 12)
  })

  it('has intervals that cover the truth where few decisions have nearly all of the weight', () => {
    const truth = 0.5
    const covered = Array.from({ length: 60 }, (_, k) => {
      const random = createRandom(k + 1)
      const decisions = Array.from({ length: 400 }, () => {
        const rare = random.next() < 0.05
        return { reward: random.next() < truth ? 1 : 0, propensity: rare ? 0.05 : 0.95, target: rare ? 0.6 : 0.4 }
      })
      const { ips, weightedDoublyRobust } = evaluatePolicy(
        decisions.map((each) => ({ ...each, predicted: 0.4, predictedTarget: 0.4 })),
        { resamples: 200 },
      )
      return [ips, weightedDoublyRobust].map((each) => each && each.low <= truth && truth <= each.high)
    })
    for (const at of [0, 1]) expect(covered.filter((each) => each[at]).length / 60).toBeGreaterThan(0.88)
  })

  it('stops at a signal, and at the time limit says of how many resamples the intervals are', () => {
    expect(() => evaluatePolicy(log(50, 1, false), { signal: AbortSignal.abort(new Error('stopped')) })).toThrow(
      'stopped',
    )
    const { provenance } = evaluatePolicy(log(500, 1, false), { maxMillis: 0 })
    expect(provenance.warnings.map((each) => each.message)).toContain(
      'The intervals are made of 100 resamples of 1000.',
    )
  })

  it('of the same policy is the mean of the log', () => {
    const same = log(300, 4, false).map((each) => ({ ...each, target: each.propensity }))
    const figures = evaluatePolicy(same)
    expect(figures.ips.value).toBeCloseTo(figures.logged, 12)
    expect(figures.effectiveDecisions).toBeCloseTo(300, 8)
  })

  it('as computed by hand, with a clip', () => {
    const decisions = [
      { reward: 1, propensity: 0.5, target: 1 },
      { reward: 3, propensity: 0.1, target: 0.5 },
    ]
    const { ips, snips, doublyRobust, clipped } = evaluatePolicy(decisions, { clip: 4 })
    expect(ips.value).toBe((2 * 1 + 4 * 3) / 2)
    expect(snips?.value).toBe(14 / 6)
    expect(doublyRobust).toBeNull()
    expect(clipped).toBe(0.5)
  })

  it('warns when the log cannot tell', () => {
    const away = log(200, 5, false).map((each) => ({ ...each, target: 0 }))
    const figures = evaluatePolicy(away)
    expect(figures.snips).toBeNull()
    expect(figures.provenance.warnings.map((each) => each.code)).toEqual(['few-decisions', 'weights-off'])
  })

  it('refuses propensities that are no probabilities', () => {
    const [first, second] = log(2, 1, false) as [LoggedDecision, LoggedDecision]
    expect(() => evaluatePolicy([first, { ...second, propensity: 0 }])).toThrow('propensity, row 1')
    expect(() => evaluatePolicy([first, { ...second, reward: Number.NaN }])).toThrow('reward, row 1')
    expect(() => evaluatePolicy([first])).toThrow('decisions')
  })
})
