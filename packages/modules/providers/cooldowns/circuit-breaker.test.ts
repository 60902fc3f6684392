import { beforeEach, expect, test } from 'vitest'
import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts'

let clock = 0
let breaker: CircuitBreaker
beforeEach(() => {
  clock = 1000
  breaker = createCircuitBreaker(() => clock)
})

test('two failed calls in a row open it, a success in between does not', () => {
  breaker.failed('a')
  breaker.succeeded('a')
  breaker.failed('a')
  expect(breaker.admits('a')).toBe(true)
  breaker.failed('a')
  expect(breaker.admits('a')).toBe(false)
  expect(breaker.admits('b')).toBe(true)
})

test('after the cooldown one probe is admitted; its failure doubles the cooldown, its success closes', () => {
  breaker.failed('a')
  breaker.failed('a')
  clock += 10_000
  expect(breaker.admits('a')).toBe(true)
  expect(breaker.admits('a')).toBe(false)
  breaker.failed('a')
  expect(breaker.openForMs('a')).toBe(20_000)
  clock += 20_000
  expect(breaker.admits('a')).toBe(true)
  breaker.succeeded('a')
  expect(breaker.admits('a')).toBe(true)
  expect(breaker.openForMs('a')).toBe(0)
})

test('a probe that never comes back does not keep it shut for ever', () => {
  breaker.open('a', 100)
  clock += 100
  expect(breaker.admits('a')).toBe(true)
  clock += 30_000
  expect(breaker.admits('a')).toBe(true)
})

test('a cooldown is extended, never shortened', () => {
  breaker.open('a', 60_000)
  breaker.open('a', 1_000)
  breaker.failed('a')
  expect(breaker.openForMs('a')).toBe(60_000)
})

test('a changed key forgets its connection and models, and nothing of a longer name', () => {
  for (const id of ['t:openai', 't:openai|gpt', 't:openai-two', 't:openai-two|gpt']) breaker.open(id, 60_000)
  breaker.reset('t:openai')
  expect(['t:openai', 't:openai|gpt', 't:openai-two', 't:openai-two|gpt'].map((id) => breaker.admits(id))).toEqual([
    true,
    true,
    false,
    false,
  ])
})
