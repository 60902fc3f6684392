import { beforeEach, expect, test } from 'vitest'
import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts'

let clock = 0
let breaker: CircuitBreaker
beforeEach(() => {
  clock = 1000
  breaker = createCircuitBreaker(() => clock)
})

test('two failed calls in a row open it, a success in between does not', () => {
  breaker.failed('a', 'cut')
  breaker.succeeded('a', false)
  breaker.failed('a', 'cut')
  expect(breaker.openForMs('a')).toBe(0)
  expect(breaker.failed('a', 'cut')).toEqual({ openForMs: 10_000, cooldownMs: 20_000, failures: 2, reason: 'cut' })
  expect(breaker.openForMs('a')).toBe(10_000)
  expect(breaker.reasonOf('a')).toBe('cut')
  expect(breaker.openForMs('b')).toBe(0)
})

test('after the cooldown one probe is taken; its failure doubles the cooldown, its success closes', () => {
  breaker.failed('a', 'cut')
  breaker.failed('a', 'cut')
  expect(breaker.takeProbe('a', false)).toBe(false)
  clock += 10_000
  expect(breaker.isHalfOpen('a')).toBe(true)
  expect(breaker.takeProbe('a', false)).toBe(true)
  expect(breaker.takeProbe('a', false)).toBe(false)
  breaker.failed('a', 'cut')
  expect(breaker.openForMs('a')).toBe(20_000)
  clock += 20_000
  expect(breaker.takeProbe('a', false)).toBe(true)
  expect(breaker.succeeded('a', true)).toBe(true)
  expect(breaker.isHalfOpen('a')).toBe(false)
  expect(breaker.openForMs('a')).toBe(0)
})

test('a probe that never comes back does not keep it shut for ever', () => {
  breaker.open('a', 100, 'refused')
  clock += 100
  expect(breaker.takeProbe('a', false)).toBe(true)
  clock += 30_000
  expect(breaker.takeProbe('a', false)).toBe(true)
})

test('a cooldown is extended, never shortened: not by a failure, not by another process, not by an older success', () => {
  breaker.open('a', 60_000, 'rate_limited')
  breaker.open('a', 1_000, 'server_error')
  breaker.failed('a', 'server_error')
  breaker.learn('a', { openForMs: 500, cooldownMs: 10_000, failures: 2, reason: 'cut' })
  expect(breaker.succeeded('a', false)).toBe(false)
  expect(breaker.openForMs('a')).toBe(60_000)
  breaker.learn('a', { openForMs: 90_000, cooldownMs: 10_000, failures: 2, reason: 'cut' })
  expect(breaker.openForMs('a')).toBe(90_000)
})

test('what stands alone is tried early, once a second, but not before the time that a provider has asked for', () => {
  breaker.open('a', 60_000, 'server_error')
  expect(breaker.takeProbe('a', true)).toBe(true)
  breaker.failed('a', 'server_error')
  expect(breaker.takeProbe('a', true)).toBe(false)
  clock += 1_000
  expect(breaker.takeProbe('a', true)).toBe(true)
  expect(breaker.succeeded('a', true)).toBe(true)
  expect(breaker.openForMs('a')).toBe(0)
  breaker.open('b', 60_000, 'rate_limited')
  expect(breaker.takeProbe('b', true)).toBe(false)
})

test('news of an opening that is older than a success is not believed', () => {
  const told = { openForMs: 5_000, cooldownMs: 10_000, failures: 2, reason: 'cut' }
  breaker.open('a', 10, 'cut')
  breaker.close('a')
  breaker.learn('a', told)
  expect(breaker.openForMs('a')).toBe(0)
  clock += 2_000
  breaker.learn('a', told)
  expect(breaker.openForMs('a')).toBe(5_000)
})

test('a changed key forgets its connection and models, and nothing of a longer name', () => {
  const ids = ['t:openai', 't:openai|gpt', 't:openai-two', 't:openai-two|gpt']
  for (const id of ids) breaker.open(id, 60_000, 'key_rejected')
  breaker.reset('t:openai')
  expect(ids.map((id) => breaker.openForMs(id) > 0)).toEqual([false, false, true, true])
})
