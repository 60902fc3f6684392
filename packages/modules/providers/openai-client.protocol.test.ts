import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Caller } from '@guildhall/kernel'
import OpenAI, { APIError, BadRequestError, NotFoundError, PermissionDeniedError } from 'openai'
import type { AgentCompletionPart, AgentCompletionRequest, AgentCompletions } from './index.ts'
import { updateProviderChain } from './operations/update-provider-chain.ts'
import { chatChunks, sendEvents } from './testing/own-upstream.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'
import { serveEndpoints } from './testing/serve-endpoints.ts'

/** The official client, unmodified except for its base URL. */
let lab: ProviderLab
let server: Awaited<ReturnType<typeof serveEndpoints>>
let client: OpenAI
let caller: Caller
let asked: AgentCompletionRequest | null = null

const totals = {
  runId: '0',
  tokensIn: 11,
  tokensOut: 5,
  costMicros: 42,
  costComplete: true,
  ms: 3,
  provider: 'google',
  model: 'gemini-2.5-flash',
}
const answered = { provider: 'google', model: 'gemini-2.5-flash', source: 'fresh' as const, fallbackReason: null }
const agents: AgentCompletions = {
  list: async () => [{ slug: 'coach', name: 'Coach', publishedAt: new Date(0) }],
  async complete(_ctx, request) {
    asked = request
    async function* parts(): AsyncGenerator<AgentCompletionPart> {
      yield { type: 'text', delta: 'Ask for ' }
      if (request.messages.at(-1)?.text === 'break') throw new Error('tool failed')
      yield { type: 'text', delta: 'the deposit.' }
      yield { type: 'end', finishReason: 'stop', totals, answered, citations: [] }
    }
    return { runId: '019a0000-0000-7000-8000-000000000001', parts: parts() }
  },
}

beforeAll(async () => {
  lab = await startProviderLab({}, { agentCompletions: agents })
  const [alpha] = lab.app.clients
  await lab.connect(alpha, ['openai', 'own'])
  await lab.app.run(
    updateProviderChain,
    {
      targets: [
        { provider: 'openai', model: 'gpt-5.1' },
        { provider: 'own', model: 'local-chat' },
      ],
    },
    lab.app.as('owner', alpha),
  )
  server = await serveEndpoints(lab.app.runtime, () => caller)
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'gh_test', maxRetries: 0 })
})
afterAll(async () => {
  await server.stop()
  await lab.stop()
})
beforeEach(() => {
  caller = lab.app.as('member', lab.app.clients[0])
  lab.reset(lab.app.clients[0])
})

const usage = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
const hello = [{ role: 'user' as const, content: 'Hello, who are you?' }]

test('a completion, with who answered and what it cost in the headers', async () => {
  lab.openai.onMessage('who are you', { content: 'I am the shop.', usage })
  const { data, response } = await client.chat.completions.create({ model: 'default', messages: hello }).withResponse()
  expect(data.choices[0]?.message.content).toBe('I am the shop.')
  expect(data.choices[0]?.finish_reason).toBe('stop')
  expect(data.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 })
  expect(data.model).toBe('openai/gpt-5.1')
  const headers = Object.fromEntries(response.headers)
  expect(headers).toMatchObject({
    'x-guildhall-provider': 'openai',
    'x-guildhall-model': 'gpt-5.1',
    'x-guildhall-attempts': '1',
    'x-guildhall-cache': 'none',
  })
  // 1000 x 1.25 USD and 100 x 10 USD per million.
  expect(headers['x-guildhall-cost']).toBe('0.002250')
  const run = await lab.runOf(headers['x-guildhall-run'] ?? '')
  expect(run).toMatchObject({ kind: 'completion', status: 'ok', costMicros: 2250, actorName: 'Test Person' })
})

test('a stream with its usage, ended by [DONE]', async () => {
  lab.openai.onMessage('who are you', { content: 'I am a longer answer in several pieces.', usage }, { chunkSize: 8 })
  const stream = await client.chat.completions.create({
    model: 'openai/gpt-5.1',
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  })
  let text = ''
  let counted: unknown
  let finish: string | null = null
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    finish = chunk.choices[0]?.finish_reason ?? finish
    counted = chunk.usage ?? counted
  }
  expect([text, finish]).toEqual(['I am a longer answer in several pieces.', 'stop'])
  expect(counted).toMatchObject({ prompt_tokens: 1000, completion_tokens: 100 })
})

test('tools: the call comes back, its answer goes in, plain and streamed', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'price',
        description: 'Price of a service',
        parameters: { type: 'object', properties: { service: { type: 'string' } }, required: ['service'] },
      },
    },
  ]
  lab.openai.onMessage('haircut', { toolCalls: [{ name: 'price', arguments: '{"service":"haircut"}' }], usage })
  const messages = [{ role: 'user' as const, content: 'What is the haircut?' }]
  const plain = await client.chat.completions.create({ model: 'default', messages, tools })
  const [call] = plain.choices[0]?.message.tool_calls ?? []
  expect(plain.choices[0]?.finish_reason).toBe('tool_calls')
  expect(call).toMatchObject({ type: 'function', function: { name: 'price', arguments: '{"service":"haircut"}' } })

  const streamed = await client.chat.completions.stream({ model: 'default', messages, tools }).finalChatCompletion()
  expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
    function: { name: 'price', arguments: '{"service":"haircut"}' },
  })

  lab.openai.clearFixtures()
  lab.openai.on({ hasToolResult: true }, { content: 'It costs 25 euros.', usage })
  const assistant = plain.choices[0]?.message
  if (!assistant || !call) throw new Error('no tool call came back')
  const after = await client.chat.completions.create({
    model: 'default',
    messages: [...messages, assistant, { role: 'tool', tool_call_id: call.id, content: '25' }],
    tools,
  })
  expect(after.choices[0]?.message.content).toBe('It costs 25 euros.')
})

/** Lets the compatible server answer whole, and returns what it was sent. */
function answerWhole(content: string): () => Record<string, unknown> {
  lab.own.answer = (_request, response) => {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
    const body = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices,
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  return () => JSON.parse(lab.own.requests.at(-1)?.body ?? '{}')
}

test('a JSON schema goes to a provider that can', async () => {
  const sent = answerWhole('{"name":"Anna"}')
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
    additionalProperties: false,
  }
  const { choices } = await client.chat.completions.create({
    model: 'own/local-chat',
    messages: [{ role: 'user', content: 'Name as JSON' }],
    response_format: { type: 'json_schema', json_schema: { name: 'person', schema } },
  })
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ name: 'Anna' })
  expect(sent()).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'person', schema } } })
})

test('a picture travels as a data: URL', async () => {
  const sent = answerWhole('A red square.')
  const url = `data:image/png;base64,${Buffer.from('not really a picture').toString('base64')}`
  const content = [
    { type: 'text' as const, text: 'What is in the picture?' },
    { type: 'image_url' as const, image_url: { url } },
  ]
  const { choices } = await client.chat.completions.create({
    model: 'own/local-chat',
    messages: [{ role: 'user', content }],
  })
  expect(choices[0]?.message.content).toBe('A red square.')
  expect(sent()).toMatchObject({
    messages: [{ content: [{ type: 'text' }, { type: 'image_url', image_url: { url } }] }],
  })
})

test('lists of token numbers are refused before anything is sent', async () => {
  const before = lab.own.requests.length
  await expect(client.embeddings.create({ model: 'own/local-embed', input: [[1, 2, 3]] })).rejects.toBeInstanceOf(
    BadRequestError,
  )
  expect(lab.own.requests).toHaveLength(before)
})

test('an address inside the network is not fetched for anybody', async () => {
  const messages = [
    {
      role: 'user' as const,
      content: [{ type: 'image_url' as const, image_url: { url: 'http://169.254.169.254/latest/meta-data' } }],
    },
  ]
  await expect(client.chat.completions.create({ model: 'default', messages })).rejects.toBeInstanceOf(BadRequestError)
})

test('a stream that breaks in the middle is an error of the client, not a short answer', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half ', 'of ']), 'cut', 30)
  const { data: stream, response } = await client.chat.completions
    .create({ model: 'own/local-chat', messages: hello, stream: true })
    .withResponse()
  let text = ''
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  }
  const error = await read().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(APIError)
  expect(error).toMatchObject({ code: 'answer_cut', type: 'server_error' })
  expect(text).toBe('Half of ')
  const run = await lab.runOf(response.headers.get('x-guildhall-run') ?? '')
  expect(run).toMatchObject({ status: 'failed' })
})

test('a client that leaves stops the provider, and the run says cancelled', async () => {
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(Array.from({ length: 300 }, () => 'word ')), 'end', 10)
  const before = lab.own.aborted
  const { data: stream, response } = await client.chat.completions
    .create({ model: 'own/local-chat', messages: hello, stream: true })
    .withResponse()
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  stream.controller.abort()
  await expect.poll(() => lab.own.aborted).toBe(before + 1)
  const id = response.headers.get('x-guildhall-run') ?? ''
  await expect.poll(async () => (await lab.runOf(id)).status).toBe('cancelled')
  // What was written until then is in the books.
  expect(await lab.runOf(id)).toMatchObject({ attempts: 1, costComplete: false })
  expect((await lab.runOf(id)).tokensOut).toBeGreaterThan(0)
})

test('when every provider fails the answer is typed and names who failed', async () => {
  for (const mock of [lab.openai])
    mock.onMessage(/[\s\S]*/, { error: { message: 'down', type: 'server_error' }, status: 500 })
  const error = await client.chat.completions
    .create({ model: 'openai/gpt-5.1', messages: [{ role: 'user', content: 'Anybody?' }] })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    status: 503,
    code: 'providers_unavailable',
    error: { attempts: [{ provider: 'openai', reason: 'server_error' }, {}, {}] },
  })
})

test('the chain ends in a quotation, named in model and headers', async () => {
  caller = lab.app.as('member', lab.app.clients[1])
  const { data, response } = await client.chat.completions
    .create({
      model: 'default',
      messages: [
        { role: 'system', content: 'The shop opens at nine. Parking is free.' },
        { role: 'user', content: 'When does the shop open?' },
      ],
    })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('The shop opens at nine.')
  expect(data.model).toBe('guildhall/extractive')
  expect(response.headers.get('x-guildhall-provider')).toBe('guildhall')
  expect(response.headers.get('x-guildhall-cost')).toBe('0.000000')
})

test('an agent answers under its name, plain and streamed', async () => {
  const messages = [
    { role: 'system' as const, content: 'Be short.' },
    { role: 'user' as const, content: 'What shall I ask?' },
  ]
  const { data, response } = await client.chat.completions.create({ model: 'agent:coach', messages }).withResponse()
  expect(data.choices[0]?.message.content).toBe('Ask for the deposit.')
  expect(data.usage?.total_tokens).toBe(16)
  expect(response.headers.get('x-guildhall-provider')).toBe('google')
  expect(asked).toMatchObject({
    slug: 'coach',
    stream: false,
    messages: [{ role: 'system', text: 'Be short.' }, { role: 'user' }],
  })
  const stream = await client.chat.completions.create({ model: 'agent:coach', messages, stream: true })
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  expect(text).toBe('Ask for the deposit.')

  const broken = await client.chat.completions.create({
    model: 'agent:coach',
    messages: [{ role: 'user', content: 'break' }],
    stream: true,
  })
  await expect(Array.fromAsync(broken)).rejects.toBeInstanceOf(APIError)
})

test('embeddings in both encodings, of length 1', async () => {
  lab.own.answer = (_request, response, body) => {
    const { input } = JSON.parse(body)
    const data = input.map((_text: string, index: number) => ({ object: 'embedding', index, embedding: [3, 4, index] }))
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 9, total_tokens: 9 } }))
  }
  const byDefault = await client.embeddings.create({ model: 'own/local-embed', input: ['one', 'two'] })
  const asFloats = await client.embeddings.create({ model: 'own/local-embed', input: 'one', encoding_format: 'float' })
  expect(byDefault.data).toHaveLength(2)
  expect(byDefault.data[0]?.embedding.map((value) => Number(value.toFixed(4)))).toEqual([0.6, 0.8, 0])
  expect(asFloats.data[0]?.embedding.map((value) => Number(value.toFixed(4)))).toEqual([0.6, 0.8, 0])
  expect(byDefault.usage.total_tokens).toBe(9)
})

test('the default embedding is that of the first provider that embeds', async () => {
  lab.openai.onEmbedding(/[\s\S]*/, { embedding: [0, 2] })
  const { model, data } = await client.embeddings.create({ model: 'default', input: 'text' })
  expect(model).toBe('openai/text-embedding-3-small')
  expect(data[0]?.embedding).toEqual([0, 1])
})

test('models: the chain, the built-in answerer, the providers and the agents', async () => {
  const ids = (await client.models.list()).data.map((model) => model.id)
  expect(ids).toEqual(
    expect.arrayContaining(['default', 'guildhall/extractive', 'openai/gpt-5.1', 'own/local-chat', 'agent:coach']),
  )
})

test('errors come in the dialect of the client', async () => {
  await expect(client.chat.completions.create({ model: 'nobody/nothing', messages: hello })).rejects.toBeInstanceOf(
    NotFoundError,
  )
  const wrong = await client.chat.completions
    .create({ model: 'default', messages: hello, temperature: 9 })
    .catch((thrown: unknown) => thrown)
  expect(wrong).toBeInstanceOf(BadRequestError)
  expect(wrong).toMatchObject({ param: 'temperature', type: 'invalid_request_error' })
  const unsupported = [
    { model: 'own/local-chat', logprobs: true },
    { logit_bias: { 42: 100 } },
    { modalities: ['text' as const, 'audio' as const] },
    { web_search_options: {} },
    { n: 2 },
    { model: 'agent:coach', response_format: { type: 'json_object' as const } },
  ]
  for (const parameter of unsupported) {
    const asked = client.chat.completions.create({ model: 'default', messages: hello, ...parameter })
    const refused: unknown = await asked.catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(BadRequestError)
    expect(refused).toMatchObject({ param: expect.stringMatching(`^${Object.keys(parameter).at(-1) ?? ''}`) })
  }
  caller = lab.app.as('viewer', lab.app.clients[0])
  await expect(client.chat.completions.create({ model: 'default', messages: hello })).rejects.toBeInstanceOf(
    PermissionDeniedError,
  )
})
