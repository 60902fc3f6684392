import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import { sigmoid } from '../../numerics/index.ts'
import {
  evaluateKnowledgeTracing,
  explainNext,
  fitKnowledgeTracing,
  predictNext,
  traceAttempts,
  type Attempt,
} from './index.ts'
import { areaUnderRoc } from './classification-figures.ts'

/** Learners of different ability who get better at four skills as they practise; items of different difficulty. */
function simulate(seed: number, learners: number, prefix: string): Attempt[] {
  const random = createRandom(seed)
  const difficulty = Array.from({ length: 40 }, (_, i) => createRandom(900 + i).normal())
  return Array.from({ length: learners }, (_, l) => {
    const ability = 1.2 * random.normal()
    const practised = [0, 0, 0, 0]
    return Array.from({ length: 30 }, (): Attempt => {
      const item = random.integer(40)
      const skill = item % 4
      const chance = sigmoid(ability + 0.25 * (practised[skill] ?? 0) - (difficulty[item] ?? 0))
      practised[skill] = (practised[skill] ?? 0) + 1
      return {
        learner: `${prefix}${String(l)}`,
        item: `item ${String(item)}`,
        skills: [`skill ${String(skill)}`],
        correct: random.next() < chance ? 1 : 0,
      }
    })
  }).flat()
}

const train = simulate(1, 300, 'a')
const test = simulate(2, 100, 'b')
const { model } = fitKnowledgeTracing(train)

const auc = (method: 'pfa' | 'best-lr' | 'history') =>
  evaluateKnowledgeTracing(fitKnowledgeTracing(train, { method }).model, test).auc ?? 0

describe('knowledge tracing', () => {
  it('foresees answers of learners it has never seen, better with more to read', () => {
    const [pfa, bestLr, history] = [auc('pfa'), auc('best-lr'), auc('history')]
    expect(pfa).toBeGreaterThan(0.6)
    expect(bestLr).toBeGreaterThan(pfa + 0.02)
    expect(history).toBeGreaterThan(bestLr - 0.005)
    expect(history).toBeGreaterThan(0.75)
  })

  it('is calibrated: where it says p, a share of p is right', () => {
    const { probability } = traceAttempts(model, test)
    for (const from of [0.2, 0.4, 0.6, 0.8]) {
      const within = test.filter((_, i) => (probability[i] ?? 0) >= from && (probability[i] ?? 0) < from + 0.2)
      const right = within.filter((attempt) => attempt.correct === 1).length / within.length
      expect(Math.abs(right - from - 0.1)).toBeLessThan(0.08)
    }
  })

  it('never looks ahead: changing a later answer changes no earlier chance', () => {
    const some = test.slice(0, 30)
    const changed = some.map((attempt, i): Attempt =>
      i === 20 ? { ...attempt, correct: attempt.correct === 1 ? 0 : 1 } : attempt,
    )
    const [before, after] = [traceAttempts(model, some).probability, traceAttempts(model, changed).probability]
    expect(after.slice(0, 21)).toEqual(before.slice(0, 21))
    expect(after.slice(21)).not.toEqual(before.slice(21))
  })

  it('does not mix up learners whose answers are interleaved', () => {
    const [one, other] = [test.slice(0, 30), test.slice(30, 60)]
    const mixed = one.flatMap((attempt, i) => [attempt, ...other.slice(i, i + 1)])
    const { probability } = traceAttempts(model, mixed)
    expect(probability.filter((_, i) => i % 2 === 0)).toEqual(traceAttempts(model, one).probability)
  })

  it('says what the next question is worth, and why', () => {
    const question = { item: 'item 3', skills: ['skill 3'] }
    const good = test.slice(0, 10).map((attempt): Attempt => ({ ...attempt, learner: 'x', correct: 1 }))
    const bad = good.map((attempt): Attempt => ({ ...attempt, correct: 0 }))
    const chance = (attempts: Attempt[]) => predictNext(model, attempts, [question]).probability[0] ?? 0
    expect(chance(good)).toBeGreaterThan(chance(bad) + 0.2)
    expect(chance([])).toBeGreaterThan(chance(bad))
    // Unknown names fall back to the average.
    expect(predictNext(model, [], [{ item: 'new', skills: ['new'] }]).probability[0]).toBeGreaterThan(0.2)
    const { probability, parts } = explainNext(model, good, question)
    expect(sigmoid(Object.values(parts).reduce((sum, part) => sum + part, 0))).toBeCloseTo(probability, 12)
    expect(probability).toBeCloseTo(chance(good), 12)
  })

  it('gives the same bytes again, and survives being saved', () => {
    const some = train.slice(0, 1500)
    expect(JSON.stringify(fitKnowledgeTracing(some))).toBe(JSON.stringify(fitKnowledgeTracing(structuredClone(some))))
    const read = JSON.parse(JSON.stringify(model))
    expect(traceAttempts(read, test).probability).toEqual(traceAttempts(model, test).probability)
  })

  it('refuses answers that are none, by row', () => {
    const broken = [
      { learner: 'a', item: 'b', skills: ['c'], correct: 1 as const },
      { learner: 'a', item: 'b', skills: [], correct: 1 as const },
    ]
    expect(() => fitKnowledgeTracing(broken)).toThrow('skills, row 1')
    expect(() => fitKnowledgeTracing([])).toThrow(EngineInputError)
    expect(() => traceAttempts({ ...model, engine: 'stats/garch' }, test)).toThrow('made by stats/garch')
  })
})

it('the area under the curve counts ties as halves', () => {
  expect(areaUnderRoc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75)
  expect(areaUnderRoc([1, 1, 1], [0, 1, 1])).toBe(0.5)
  expect(areaUnderRoc([1, 2], [1, 1])).toBeNull()
})
