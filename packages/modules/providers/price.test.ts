import { expect, test } from 'vitest'
import { audioCostMicros, costMicros } from './price.ts'

const tokens = (input: number, output: number, cached = 0, cacheWrite = 0) => ({ input, output, cached, cacheWrite })
const openai = { kind: 'openai' as const, baseUrl: null }

test('tokens by the published price', () => {
  expect(costMicros({ ...openai, model: 'gpt-5.1' }, tokens(1_000_000, 0))).toBe(1_250_000)
})

test('cached input is a part of the input, at its own price', () => {
  const whole = costMicros({ kind: 'anthropic', baseUrl: null, model: 'claude-haiku-4-5' }, tokens(1000, 100, 400, 200))
  // 400 uncached at 1 USD, 400 read at 0.10, 200 written at 1.25, 100 out at 5, per million.
  expect(whole).toBe(400 + 40 + 250 + 500)
})

test('an unknown model has no price, which is not 0', () => {
  expect(costMicros({ ...openai, model: 'model-of-tomorrow' }, tokens(10, 10))).toBeNull()
  expect(
    costMicros({ kind: 'openai-compatible', baseUrl: 'http://localhost:11434/v1', model: 'llama3' }, tokens(10, 10)),
  ).toBeNull()
})

test('what costs less than a micro-unit costs one', () => {
  expect(costMicros({ ...openai, model: 'text-embedding-3-small' }, tokens(5, 0))).toBe(1)
})

test('counts that cannot be have no price', () => {
  expect(costMicros({ ...openai, model: 'gpt-5.1' }, tokens(10, 1, 50))).toBeNull()
})

test('searches are charged beside tokens, and unknown where their price is', () => {
  const model = { kind: 'anthropic' as const, baseUrl: null, model: 'claude-sonnet-5' }
  const plain = costMicros(model, tokens(100, 100)) ?? 0
  expect(costMicros(model, tokens(100, 100), { searches: 2 })).toBe(plain + 20_000)
  expect(
    costMicros({ kind: 'google', baseUrl: null, model: 'gemini-2.5-flash' }, tokens(100, 100), { searches: 1 }),
  ).toBeNull()
})

test('a recording is charged by its length', () => {
  expect(audioCostMicros({ ...openai, model: 'whisper-1' }, 3600)).toBe(360_000)
  expect(audioCostMicros({ ...openai, model: 'whisper-1' }, undefined)).toBeNull()
})
