import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { Connection, Target } from '../connection.ts'
import { contextWindow, lacking } from './model-facts.ts'
import { needsOf, suitsRequest } from './suits.ts'

const target = (kind: Connection['kind'], model: string): Target => {
  const connection: Connection = {
    slug: kind,
    kind,
    label: kind,
    source: 'own',
    ownerId: null,
    homeId: null,
    id: kind,
    baseUrl: 'http://127.0.0.1:1/v1',
    apiKey: null,
    last4: null,
    models: [model],
    settings: {},
    lastOkAt: null,
    lastError: null,
    lastErrorAt: null,
  }
  return { connection, model, adapter: null as unknown as Target['adapter'] }
}
const prompt: LanguageModelV4CallOptions['prompt'] = [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }]
const words = (tokens: number) => ({ characters: tokens * 4, inputTokens: () => tokens })

test('a prompt that is too long for a known context is not sent there', () => {
  expect(contextWindow(target('openai', 'gpt-4o'))).toBe(128_000)
  const suits = suitsRequest({ prompt, maxOutputTokens: 8_000 }, words(125_000))
  expect(suits(target('openai', 'gpt-4o'))).toMatchObject({ reason: 'context_too_small' })
  expect(suits(target('google', 'gemini-2.5-flash'))).toBeNull()
})

test('what is not known of a model is not held against it', () => {
  const suits = suitsRequest(
    { prompt, tools: [{ type: 'function', name: 'f', inputSchema: { type: 'object' } }] },
    words(9_000_000),
  )
  expect(contextWindow(target('openai-compatible', 'home-made'))).toBeNull()
  expect(suits(target('openai-compatible', 'home-made'))).toBeNull()
})

test('a short prompt is not counted', () => {
  const suits = suitsRequest(
    { prompt },
    {
      characters: 100,
      inputTokens: () => {
        throw new Error('counted')
      },
    },
  )
  expect(suits(target('openai', 'gpt-4o'))).toBeNull()
})

test('what a request needs is read from it', () => {
  const tools = [{ type: 'function' as const, name: 'f', inputSchema: { type: 'object' as const } }]
  expect(needsOf({ prompt })).toEqual([])
  expect(needsOf({ prompt, tools })).toEqual(['tools'])
  expect(needsOf({ prompt, tools, toolChoice: { type: 'none' } })).toEqual([])
  expect(needsOf({ prompt, responseFormat: { type: 'json' } })).toEqual([])
  expect(needsOf({ prompt, responseFormat: { type: 'json', schema: { type: 'object' } } })).toEqual(['json-schema'])
  const image = { type: 'file' as const, mediaType: 'image/png', data: { type: 'data' as const, data: 'AAAA' } }
  expect(needsOf({ prompt: [{ role: 'user', content: [image] }] })).toEqual(['vision'])
})

test('families that lack something, by the last part of their name', () => {
  expect(lacking('o1-mini', ['tools', 'vision'])).toEqual(['tools', 'vision'])
  expect(lacking('meta-llama/Llama-3.3-70B-Instruct', ['tools', 'vision'])).toEqual(['vision'])
  expect(lacking('openai/gpt-oss-120b', ['vision'])).toEqual(['vision'])
  expect(lacking('gpt-4', ['vision'])).toEqual(['vision'])
  expect(lacking('gpt-4.1', ['vision', 'tools', 'json-schema'])).toEqual([])
  expect(lacking('claude-sonnet-5', ['vision', 'tools', 'json-schema'])).toEqual([])
})
