import { expect, test } from 'vitest'
import { fateIn, ranked, shareOf, targetState } from './target-state.ts'

const target = { provider: 'google', model: 'flash' }
const connected = new Set(['google'])

test('a target rests as long as the longer of its two circuits is open', () => {
  const circuits = [
    { provider: 'google', model: null, state: 'open' as const, openForMs: 4000, reason: 'key_rejected' },
    { provider: 'google', model: 'flash', state: 'open' as const, openForMs: 9000, reason: 'overloaded' },
    { provider: 'google', model: 'pro', state: 'open' as const, openForMs: 90_000, reason: 'overloaded' },
  ]
  expect(targetState(target, circuits, connected, 1000)).toEqual({
    state: 'resting',
    until: 10_000,
    reason: 'overloaded',
  })
})

test('a target is ready without a circuit, tried when half-open, and missing without a key', () => {
  expect(targetState(target, [], connected, 0).state).toBe('ready')
  const half = { provider: 'google', model: 'flash', state: 'half-open' as const, openForMs: 0, reason: null }
  expect(targetState(target, [half], connected, 0).state).toBe('trying')
  expect(targetState({ provider: 'openai', model: 'gpt' }, [], connected, 0).state).toBe('missing')
})

test('retries of a target count as one: what came of it in the end', () => {
  const attempt = (outcome: 'ok' | 'failed', reason: string | null) => ({
    ...target,
    outcome,
    reason,
    source: 'fresh' as const,
    ms: 1,
    firstTokenMs: null,
    tokensIn: null,
    tokensOut: null,
    costMicros: null,
    status: null,
    error: null,
  })
  expect(fateIn({ attempts: [attempt('failed', 'overloaded'), attempt('ok', null)] }, target)).toBe('answered')
  expect(fateIn({ attempts: [attempt('failed', 'overloaded')] }, target)).toBe('failed')
  expect(fateIn({ attempts: [attempt('failed', 'circuit_open')] }, target)).toBe('skipped')
  expect(fateIn({ attempts: [] }, target)).toBeNull()
})

test('targets beside each other have one rank and share its calls by weight', () => {
  const rows = ranked([{ beside: true }, { beside: true }, { beside: false }])
  expect(rows.map(({ rank }) => rank)).toEqual([1, 1, 2])
  const targets = [
    { rank: 1, weight: 3 },
    { rank: 1, weight: 1 },
    { rank: 2, weight: 1 },
  ]
  expect(targets.map((each) => shareOf(each, targets))).toEqual([0.75, 0.25, 1])
})
