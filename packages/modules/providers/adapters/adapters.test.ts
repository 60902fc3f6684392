import { LLMock } from '@copilotkit/aimock'
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { kinds, providerKinds, usualAddress, type ConnectionSettings, type ProviderKind } from '../kinds.ts'
import { createAdapter } from './create-adapter.ts'
import { purposeOf } from './model-purpose.ts'
import { wishing } from './wishes.ts'

/** Each kind's own package against a mock of its protocol: which address is asked, with which key, for what. */
let mock: LLMock
beforeAll(async () => {
  mock = await LLMock.create({ port: 0 })
})
afterAll(() => mock.stop())
/** What was sent last; the mock hides keys in its own journal. */
let sent = new Headers()
const listening: typeof globalThis.fetch = (input, init) => {
  sent = new Headers(init?.headers)
  return fetch(input, init)
}
beforeEach(() => {
  mock.clearFixtures()
  mock.clearRequests()
})

const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18, prompt_tokens: 11, completion_tokens: 7 }
const key = 'sk-test-1234'

interface Way {
  base: string
  path: RegExp
  settings?: ConnectionSettings
  model: string
  keyHeader: string
}
const byBearer = { keyHeader: 'authorization', model: 'small' }
const ways: Partial<Record<ProviderKind, Way>> = {
  azure: {
    base: '/openai/v1',
    path: /responses/,
    model: 'my-deployment',
    settings: { resource: 'desk' },
    keyHeader: 'api-key',
  },
  bedrock: {
    base: '',
    path: /\/model\/.*converse/,
    settings: { region: 'eu-central-1' },
    model: 'amazon.nova-lite-v1:0',
    keyHeader: 'authorization',
  },
  mistral: { base: '/v1', path: /\/v1\/chat\/completions/, ...byBearer },
  groq: { base: '/openai/v1', path: /\/openai\/v1\/chat\/completions/, ...byBearer },
  openrouter: { base: '/api/v1', path: /\/api\/v1\/chat\/completions/, ...byBearer },
  ollama: { base: '/v1', path: /\/v1\/chat\/completions/, ...byBearer },
  vllm: { base: '/v1', path: /\/v1\/chat\/completions/, ...byBearer },
}

const question: LanguageModelV4CallOptions = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Who are you?' }] }],
}
const tool: NonNullable<LanguageModelV4CallOptions['tools']>[number] = {
  type: 'function',
  name: 'price',
  inputSchema: { type: 'object', properties: { service: { type: 'string' } } },
}

function open(kind: string, way: Way) {
  return createAdapter(kindOf(kind), {
    apiKey: key,
    baseUrl: `${mock.url}${way.base}`,
    name: kind,
    models: [way.model],
    settings: way.settings ?? {},
    fetch: listening,
  })
}

for (const [kind, way] of Object.entries(ways))
  describe(`${kind} by its own package`, () => {
    test('answers whole, at its address, with its key', async () => {
      mock.onMessage('Who are you', { content: 'I am the shop.', usage })
      const adapter = open(kind, way)
      const result = await adapter.language(way.model).doGenerate(adapter.prepare(question))
      expect(result.content).toMatchObject([{ type: 'text', text: 'I am the shop.' }])
      const asked = mock.getLastRequest()
      expect(asked?.path).toMatch(way.path)
      expect(sent.get(way.keyHeader)).toContain(key)
    })

    test('streams words and tool calls, and says how it ended', async () => {
      mock.onMessage('Who are you', { content: 'I am the shop.', usage })
      mock.onMessage('haircut', { toolCalls: [{ name: 'price', arguments: '{"service":"haircut"}' }], usage })
      const adapter = open(kind, way)
      const words = await partsOf(adapter.language(way.model).doStream(adapter.prepare(question)))
      expect(words.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : [])).join('')).toBe('I am the shop.')
      expect(words.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
      const asked: LanguageModelV4CallOptions = {
        prompt: [{ role: 'user', content: [{ type: 'text', text: 'What is a haircut?' }] }],
        tools: [tool],
      }
      const calls = await partsOf(adapter.language(way.model).doStream(adapter.prepare(asked)))
      expect(calls.find((part) => part.type === 'tool-call')).toMatchObject({
        toolName: 'price',
        input: expect.stringContaining('haircut'),
      })
      expect(calls.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls' } })
    })
  })

async function partsOf(streaming: PromiseLike<{ stream: ReadableStream<StreamPart> }>): Promise<StreamPart[]> {
  return Array.fromAsync((await streaming).stream)
}
type StreamPart = import('@ai-sdk/provider').LanguageModelV4StreamPart

function kindOf(name: string): ProviderKind {
  const found = providerKinds.find((kind) => kind === name)
  if (!found) throw new Error(`${name} is no kind`)
  return found
}

test('a Bedrock access key signs, and takes no key of the process', async () => {
  mock.onMessage('Who are you', { content: 'Signed.', usage })
  const adapter = createAdapter('bedrock', {
    apiKey: 'secretsecretsecret',
    baseUrl: mock.url,
    name: 'bedrock',
    models: [],
    settings: { region: 'eu-central-1', accessKeyId: 'AKIAEXAMPLEEXAMPLE' },
    fetch: listening,
  })
  await adapter.language('amazon.nova-lite-v1:0').doGenerate(question)
  const authorization = sent.get('authorization')
  expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE\/\d+\/eu-central-1\/bedrock/)
  expect(authorization).not.toContain('secretsecretsecret')
})

test('what OpenAI’s newer API cannot do goes by chat completions', async () => {
  mock.onMessage('Who are you', { content: 'Stop here.', usage })
  const settings = { apiKey: key, baseUrl: `${mock.url}/v1`, name: 'openai', models: [], fetch }
  const adapter = createAdapter('openai', settings)
  await adapter.language('gpt-5.1').doGenerate(adapter.prepare(question))
  expect(mock.getLastRequest()?.path).toContain('/responses')
  await adapter.language('gpt-5.1').doGenerate(adapter.prepare({ ...question, stopSequences: ['here'] }))
  expect(mock.getLastRequest()?.path).toContain('/chat/completions')
})

/** Options that a wish comes to. */
function words(kind: ProviderKind, wishes: Parameters<typeof wishing>[0]) {
  const settings = { apiKey: key, baseUrl: mock.url, name: kind, models: [], fetch }
  return createAdapter(kind, settings).prepare({ ...question, ...wishing(wishes) }).providerOptions
}

test('one wish, in each provider’s own words', () => {
  expect(words('openai', { parallelToolCalls: false, logprobs: 3 })).toEqual({
    openai: { store: false, parallelToolCalls: false, logprobs: 3 },
  })
  expect(words('anthropic', { parallelToolCalls: false, thinkingTokens: 2048 })).toEqual({
    anthropic: { disableParallelToolUse: true, thinking: { type: 'enabled', budgetTokens: 2048 } },
  })
  expect(words('groq', { parallelToolCalls: true })).toEqual({ groq: { parallelToolCalls: true } })
  expect(words('vllm', { parallelToolCalls: false })).toEqual({ vllm: { parallel_tool_calls: false } })
  expect(words('google', { parallelToolCalls: false, thinkingTokens: 1 })).toEqual({})
})

test('addresses that follow from settings', () => {
  expect(usualAddress('azure', { resource: 'desk' })).toBe('https://desk.openai.azure.com/openai')
  expect(usualAddress('azure', {})).toBeNull()
  expect(usualAddress('bedrock', { region: 'eu-central-1' })).toBe('https://bedrock-runtime.eu-central-1.amazonaws.com')
  expect(usualAddress('ollama', {})).toBe('http://localhost:11434/v1')
})

test('what a model is for is told by its name', () => {
  expect(
    ['text-embedding-3-small', 'bge-m3', 'whisper-large-v3', 'tts-1', 'gpt-4o-mini-tts', 'gpt-image-2'].map(purposeOf),
  ).toEqual(['embedding', 'embedding', 'transcription', 'speech', 'speech', 'image'])
  for (const kind of providerKinds)
    for (const model of kinds[kind].models) expect([model, purposeOf(model)]).toEqual([model, 'text'])
})
