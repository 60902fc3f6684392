import { expect, test } from 'vitest'
import type { AttemptRecord } from './journal.ts'
import { addUp } from './total.ts'

const attempt = (values: Partial<AttemptRecord>): AttemptRecord => ({
  provider: 'openai',
  model: 'gpt',
  outcome: 'ok',
  startedAt: new Date(),
  ms: 5,
  costMicros: 0,
  ...values,
})

test('the sums hold the failed attempts too, and name who answered last and why', () => {
  const sums = addUp([
    attempt({ provider: 'google', outcome: 'failed', reason: 'rate_limited' }),
    attempt({
      provider: 'google',
      outcome: 'failed',
      reason: 'cut',
      tokens: { input: 10, output: 2, cached: 4 },
      costMicros: 7,
    }),
    attempt({ reason: 'rate_limited', tokens: { input: 11, output: 20, cached: 0 }, costMicros: 30 }),
  ])
  expect(sums).toEqual({
    tokensIn: 21,
    tokensOut: 22,
    tokensCached: 4,
    costMicros: 37,
    costComplete: true,
    attempts: 3,
    provider: 'openai',
    model: 'gpt',
    fallbackReason: 'rate_limited',
  })
})

test('one unknown price makes the sum a lower bound', () => {
  const sums = addUp([attempt({ costMicros: 5 }), attempt({ costMicros: null })])
  expect([sums.costMicros, sums.costComplete]).toEqual([5, false])
})

test('a run without attempts has cost nothing and nobody answered', () => {
  expect(addUp([])).toMatchObject({ costMicros: 0, costComplete: true, attempts: 0, provider: null, model: null })
})
