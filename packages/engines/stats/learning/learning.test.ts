import { describe, expect, it } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import { covariance, sigmoid, variance } from '../../numerics/index.ts'
import {
  calibratedItems,
  estimateAbility,
  fitBkt,
  fitItemResponse,
  nextQuestion,
  retrievability,
  scheduleReview,
  traceSkill,
  type Rating,
} from './index.ts'

/** LSAT section 6: 1000 learners by answer pattern (Bock & Lieberman 1970, table 1). */
const lsat6 = [
  ['00000', 3],
  ['00001', 6],
  ['00010', 2],
  ['00011', 11],
  ['00100', 1],
  ['00101', 1],
  ['00110', 3],
  ['00111', 4],
  ['01000', 1],
  ['01001', 8],
  ['01011', 16],
  ['01101', 3],
  ['01110', 2],
  ['01111', 15],
  ['10000', 10],
  ['10001', 29],
  ['10010', 14],
  ['10011', 81],
  ['10100', 3],
  ['10101', 28],
  ['10110', 15],
  ['10111', 80],
  ['11000', 16],
  ['11001', 56],
  ['11010', 21],
  ['11011', 173],
  ['11100', 11],
  ['11101', 61],
  ['11110', 28],
  ['11111', 298],
] as const
const lsat = {
  items: ['1', '2', '3', '4', '5'],
  responses: lsat6.flatMap(([pattern, count]) =>
    Array.from({ length: count }, () => pattern.split('').map((answer): 0 | 1 => (answer === '1' ? 1 : 0))),
  ),
}

describe('item response theory', () => {
  it('finds the two-parameter calibration of LSAT 6 (Bock & Aitkin 1981)', () => {
    const { fitted } = fitItemResponse(lsat)
    expect(lsat.responses).toHaveLength(1000)
    expect(fitted.logLikelihood).toBeCloseTo(-2466.653, 2)
    const published = [
      [0.8254, -3.3597],
      [0.7229, -1.3696],
      [0.8905, -0.2799],
      [0.6886, -1.8659],
      [0.6575, -3.1236],
    ]
    for (const [j, { discrimination, difficulty }] of fitted.items.entries()) {
      expect(discrimination).toBeCloseTo(published[j]?.[0] ?? 0, 2)
      expect(Math.abs(difficulty - (published[j]?.[1] ?? 0))).toBeLessThan(0.02)
    }
  })

  it('finds its one-parameter calibration', () => {
    const { fitted } = fitItemResponse(lsat, { model: '1pl' })
    expect(fitted.logLikelihood).toBeCloseTo(-2466.938, 2)
    expect(fitted.items[0]?.discrimination).toBeCloseTo(0.7551, 3)
  })

  it('refuses an item that tells nobody from anybody', () => {
    const responses = Array.from({ length: 20 }, (_, i): (0 | 1)[] => [1, i % 2 === 0 ? 1 : 0])
    expect(() => fitItemResponse({ items: ['easy', 'other'], responses })).toThrow('easy: was answered the same')
    expect(() => fitItemResponse({ items: ['easy', 'other'], responses: [[1]] })).toThrow(EngineInputError)
  })

  it('calibrates a test so long that the chance of each pattern is too small for a number', () => {
    const random = createRandom(5)
    const difficulty = Array.from({ length: 1300 }, () => random.normal())
    const responses = Array.from({ length: 10 }, () => {
      const ability = random.normal()
      return difficulty.map((each): 0 | 1 => (random.next() < sigmoid(ability - each) ? 1 : 0))
    })
    const mixed = difficulty.flatMap((_, j) => (new Set(responses.map((row) => row[j])).size > 1 ? [j] : []))
    const { fitted } = fitItemResponse(
      { items: mixed.map(String), responses: responses.map((row) => mixed.map((j) => row[j] ?? null)) },
      { model: '1pl' },
    )
    expect(fitted.logLikelihood).toBeLessThan(-4000)
    const found = fitted.items.map((item) => item.difficulty)
    const made = mixed.map((j) => difficulty[j] ?? 0)
    expect(covariance(found, made) / Math.sqrt(variance(found) * variance(made))).toBeGreaterThan(0.7)
  })

  it('asks what says most, and stops when it knows', () => {
    const bank = calibratedItems(fitItemResponse(lsat).model)
    expect(nextQuestion(bank, []).standardError).toBeCloseTo(1, 3)
    // Item 3 is the hardest and the sharpest: it says most about the average learner.
    expect(nextQuestion(bank, []).next).toBe('3')
    const easier = nextQuestion(bank, [{ item: '3', correct: 0 }])
    expect(easier.ability).toBeLessThan(0)
    expect(easier.next).not.toBe('3')
    expect(
      nextQuestion(
        bank,
        bank.map(({ item }) => ({ item, correct: 1 as const })),
      ).ended,
    ).toBe('no-items')
    expect(nextQuestion(bank, [{ item: '3', correct: 1 }], 0.95).ended).toBe('precise')
    expect(() => nextQuestion(bank, [{ item: '9', correct: 1 }])).toThrow('item, row 0: 9 is not calibrated')
  })

  it('finds a learner again in a long adaptive test', () => {
    const random = createRandom(8)
    const bank = Array.from({ length: 300 }, (_, i) => ({
      item: String(i),
      discrimination: 1 + random.next(),
      difficulty: 2 * random.normal(),
    }))
    const answers: { item: string; correct: 0 | 1 }[] = []
    for (let asked = 0; asked < 120; asked++) {
      const { next } = nextQuestion(bank, answers, 0.01)
      const item = bank.find((each) => each.item === next)
      if (!item) break
      const chance = sigmoid(item.discrimination * (1.2 - item.difficulty))
      answers.push({ item: item.item, correct: random.next() < chance ? 1 : 0 })
    }
    const { ability, standardError } = estimateAbility(bank, answers)
    expect(standardError).toBeLessThan(0.2)
    expect(Math.abs(ability - 1.2)).toBeLessThan(3 * standardError)
  })
})

describe('Bayesian knowledge tracing', () => {
  it('updates by the equations of Corbett & Anderson (1995)', () => {
    const parameters = { known: 0.4, learn: 0.1, slip: 0.2, guess: 0.3 }
    const { expected, mastery, next } = traceSkill(parameters, [1, 0])
    expect(expected[0]).toBeCloseTo(0.4 * 0.8 + 0.6 * 0.3, 12)
    const right = (0.4 * 0.8) / 0.5
    const first = right + (1 - right) * 0.1
    expect(mastery[0]).toBeCloseTo(first, 12)
    const wrong = (first * 0.2) / (first * 0.2 + (1 - first) * 0.7)
    const second = wrong + (1 - wrong) * 0.1
    expect(mastery[1]).toBeCloseTo(second, 12)
    expect(next).toBeCloseTo(second * 0.8 + (1 - second) * 0.3, 12)
  })

  it('finds the parameters of simulated learners again', () => {
    const random = createRandom(4)
    const sequences = Array.from({ length: 3000 }, () => {
      let known = random.next() < 0.25
      return Array.from({ length: 10 }, (): 0 | 1 => {
        const right = random.next() < (known ? 0.9 : 0.2)
        known ||= random.next() < 0.15
        return right ? 1 : 0
      })
    })
    const { fitted, model } = fitBkt(sequences)
    expect(Math.abs(fitted.known - 0.25)).toBeLessThan(0.04)
    expect(Math.abs(fitted.learn - 0.15)).toBeLessThan(0.03)
    expect(Math.abs(fitted.slip - 0.1)).toBeLessThan(0.03)
    expect(Math.abs(fitted.guess - 0.2)).toBeLessThan(0.03)
    expect(traceSkill(model, [1, 1, 1, 1]).next).toBeGreaterThan(0.85)
  })

  it('refuses answers that are all the same', () => {
    expect(() => fitBkt([[1, 1], [1]])).toThrow('all answers are the same')
  })
})

const after = (ratings: Rating[], days: number[]) =>
  scheduleReview(ratings.map((rating, i) => ({ rating, days: days[i] ?? 0 })))

describe('spaced repetition', () => {
  it('has the memory that the reference implementation of FSRS-6 gives', () => {
    const { memory } = after(['again', 'good', 'good', 'good', 'good', 'good'], [0, 0, 1, 3, 8, 21])
    expect(memory.stability).toBeCloseTo(53.62691, 3)
    expect(memory.difficulty).toBeCloseTo(6.3574867, 4)
  })

  it('comes back at the retention wanted', () => {
    const { memory, nextDays } = after(['good', 'good'], [0, 3])
    expect(nextDays).toBe(Math.round(memory.stability))
    expect(retrievability(memory, memory.stability)).toBeCloseTo(0.9, 12)
    const often = scheduleReview([{ rating: 'good', days: 0 }], { retention: 0.97 })
    const seldom = scheduleReview([{ rating: 'good', days: 0 }], { retention: 0.8 })
    expect(often.nextDays).toBeLessThan(seldom.nextDays)
  })

  it('keeps longer what was easier', () => {
    const intervals = (['again', 'hard', 'good', 'easy'] as const).map(
      (rating) => after(['good', rating], [0, 4]).memory.stability,
    )
    expect(intervals).toEqual(intervals.toSorted((a, b) => a - b))
    expect(() => after([], [])).toThrow(EngineInputError)
    const weights = Array.from({ length: 21 }, (_, k) => (k === 20 ? 0 : 1))
    expect(() => scheduleReview([{ rating: 'good', days: 0 }], { weights })).toThrow('the last (decay) are above 0')
  })
})
