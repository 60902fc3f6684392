import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import type { PricedCall, PricedUsage } from './ledger.ts'
import { listVersion, publishedPrice } from './price.ts'

const tokens = (input: number, output: number, cached = 0, cacheWrite = 0) => ({ input, output, cached, cacheWrite })
const call = (listedAs: string | null, model: string, baseUrl: string | null = null): PricedCall => ({
  listedAs,
  baseUrl,
  provider: listedAs ?? 'own',
  model,
  at: new Date(),
})
const costMicros = (asked: PricedCall, usage: PricedUsage) => publishedPrice(asked, usage).costMicros

test('the version that is written beside a cost is that of the list', () => {
  const manifest = createRequire(import.meta.url)
    .resolve('@pydantic/genai-prices')
    .replace(/\/dist\/.*$/, '/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  expect(listVersion).toBe(`genai-prices ${version}`)
  expect(publishedPrice(call('openai', 'gpt-5.1'), tokens(1, 1)).version).toBe(listVersion)
  expect(publishedPrice(call('openai', 'model-of-tomorrow'), tokens(1, 1)).version).toBeNull()
})

test('tokens by the published price', () => {
  expect(costMicros(call('openai', 'gpt-5.1'), tokens(1_000_000, 0))).toBe(1_250_000)
})

test('cached input is a part of the input, at its own price', () => {
  const whole = costMicros(call('anthropic', 'claude-haiku-4-5'), tokens(1000, 100, 400, 200))
  // 400 uncached at 1 USD, 400 read at 0.10, 200 written at 1.25, 100 out at 5, per million.
  expect(whole).toBe(400 + 40 + 250 + 500)
})

test('an unknown model has no price, which is not 0', () => {
  expect(costMicros(call('openai', 'model-of-tomorrow'), tokens(10, 10))).toBeNull()
  expect(costMicros(call(null, 'llama3', 'http://localhost:11434/v1'), tokens(10, 10))).toBeNull()
})

test('what costs less than a micro-unit costs one', () => {
  expect(costMicros(call('openai', 'text-embedding-3-small'), tokens(5, 0))).toBe(1)
})

test('counts that cannot be have no price', () => {
  expect(costMicros(call('openai', 'gpt-5.1'), tokens(10, 1, 50))).toBeNull()
})

test('searches are charged beside tokens, and unknown where their price is', () => {
  const model = call('anthropic', 'claude-sonnet-5')
  const plain = costMicros(model, tokens(100, 100)) ?? 0
  expect(costMicros(model, { ...tokens(100, 100), searches: 2 })).toBe(plain + 20_000)
  expect(costMicros(call('google', 'gemini-2.5-flash'), { ...tokens(100, 100), searches: 1 })).toBeNull()
})

test('a recording is charged by its length', () => {
  expect(costMicros(call('openai', 'whisper-1'), { ...tokens(0, 0), audioSeconds: 3600 })).toBe(360_000)
  expect(costMicros(call('openai', 'gpt-5.1'), { ...tokens(0, 0), audioSeconds: 3600 })).toBeNull()
})
