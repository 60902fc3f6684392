import { createServer } from 'node:net'
import { LLMock } from '@copilotkit/aimock'
import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'

/** The official client of the OpenAI API on the running product; its upstream is a mock server that others wrote. */
const timeoutSeconds = 4
let server: RunningServer
let mocks: Record<'google' | 'openai' | 'anthropic', LLMock>
/** A server that takes connections and never says a word. */
let silent: { host: string; stop(): Promise<void> }
/** An address where nobody listens. */
let closedHost: string

beforeAll(async () => {
  const [google, openai, anthropic] = await Promise.all([0, 0, 0].map((port) => LLMock.create({ port })))
  if (!google || !openai || !anthropic) throw new Error('a mock did not start')
  mocks = { google, openai, anthropic }
  silent = await listenSilently()
  const closing = await listenSilently()
  closedHost = closing.host
  await closing.stop()
  const hosts = [...Object.values(mocks).map((mock) => new URL(mock.url).host), silent.host, closedHost]
  server = await startServer({
    env: {
      GUILDHALL_DEMO: '1',
      GUILDHALL_PRIVATE_HOSTS: hosts.join(','),
      GUILDHALL_PROVIDER_TIMEOUT_SECONDS: String(timeoutSeconds),
    },
  })
})
afterAll(async () => {
  await server.stop()
  await Promise.all([...Object.values(mocks).map((mock) => mock.stop()), silent.stop()])
})
beforeEach(() => {
  for (const mock of Object.values(mocks)) {
    mock.clearFixtures()
    mock.clearRequests()
  }
})

async function listenSilently(): Promise<{ host: string; stop(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return {
    host: `127.0.0.1:${String(address.port)}`,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}

/** The official client with the agency's key, for one of its clients. */
function clientOf(slug: string, apiKey = server.apiKey): OpenAI {
  return new OpenAI({
    baseURL: `${server.url}/v1`,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { 'x-guildhall-client': slug },
  })
}

const models = { google: 'gemini-2.5-flash', openai: 'gpt-5.1', anthropic: 'claude-sonnet-4-6' }
type Upstream = keyof typeof models

/** A client of the agency whose chain is these upstreams, in the order google, openai, anthropic. */
async function takeOn(
  slug: string,
  upstreams: readonly Upstream[],
  hosts: Partial<Record<Upstream, string>> = {},
): Promise<OpenAI> {
  const made = await server.request('/api/clients', { method: 'POST', body: JSON.stringify({ name: slug, slug }) })
  expect(made.status).toBe(201)
  for (const kind of upstreams) {
    const base = `http://${hosts[kind] ?? new URL(mocks[kind].url).host}`
    const body = { apiKey: `sk-${kind}-1234`, baseUrl: `${base}${kind === 'google' ? '/v1beta' : '/v1'}` }
    const response = await server.request(`/api/providers/${kind}`, {
      method: 'PUT',
      client: slug,
      body: JSON.stringify({ ...body, models: [models[kind]] }),
    })
    expect(await response.json()).toEqual({ kind, last4: '1234' })
  }
  return clientOf(slug)
}

interface RunDetail {
  run: { status: string; provider: string; model: string; fallbackReason: string | null; costMicros: number }
  steps: { attempts: { provider: string; model: string; outcome: string; reason: string | null; status?: number }[] }[]
}

/** The run that an answer names, as the REST API shows it. */
async function runOf(slug: string, headers: Headers): Promise<RunDetail> {
  const id = headers.get('x-guildhall-run') ?? ''
  return json<RunDetail>(await server.request(`/api/runs/${id}`, { client: slug }))
}

/** Who was tried, in order, without repetition. */
function tried({ steps }: RunDetail): string[] {
  const told = steps.flatMap(({ attempts }) =>
    attempts.map(({ provider, outcome, reason }) => `${provider} ${outcome === 'ok' ? 'ok' : String(reason)}`),
  )
  return told.filter((entry, index) => entry !== told[index - 1])
}

const anything = /[\s\S]*/
const usage = {
  input_tokens: 1000,
  output_tokens: 100,
  total_tokens: 1100,
  prompt_tokens: 1000,
  completion_tokens: 100,
  promptTokenCount: 1000,
  candidatesTokenCount: 100,
  totalTokenCount: 1100,
}
const user = (content: string) => [{ role: 'user' as const, content }]
const failing = (status: number, retryAfter?: number) => ({
  error: { message: `status ${String(status)}`, type: 'test' },
  status,
  ...(retryAfter === undefined ? {} : { retryAfter }),
})
const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

describe('with a provider', () => {
  const slug = 'alpha'
  let client: OpenAI
  beforeAll(async () => {
    client = await takeOn(slug, ['openai'])
  })

  it('a chat completion, with who answered and what it cost', async () => {
    mocks.openai.onMessage('Who are you?', { content: 'I am the shop.', usage })
    const { data, response } = await client.chat.completions
      .create({ model: 'default', messages: user('Who are you?') })
      .withResponse()
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'I am the shop.' } })
    expect(data.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 })
    expect(data.model).toBe('openai/gpt-5.1')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-guildhall-provider': 'openai',
      'x-guildhall-model': 'gpt-5.1',
      'x-guildhall-attempts': '1',
      'x-guildhall-cache': 'none',
      // 1000 x 1.25 USD and 100 x 10 USD per million.
      'x-guildhall-cost': '0.002250',
    })
    expect((await runOf(slug, response.headers)).run).toMatchObject({ status: 'ok', costMicros: 2250 })
  })

  it('a stream with its usage', async () => {
    mocks.openai.onMessage(anything, { content: 'I answer in several pieces.', usage }, { chunkSize: 6 })
    const stream = await client.chat.completions.create({
      model: 'gpt-5.1',
      messages: user('Speak'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '')
    expect(text.join('')).toBe('I answer in several pieces.')
    expect(text.filter(Boolean).length).toBeGreaterThan(2)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } })
  })

  it('tools: the call comes back, its answer goes in', async () => {
    const parameters = { type: 'object', properties: { service: { type: 'string' } }, required: ['service'] }
    const tools = [{ type: 'function' as const, function: { name: 'price', description: 'Price', parameters } }]
    mocks.openai.onMessage('a haircut', { toolCalls: [{ name: 'price', arguments: '{"service":"haircut"}' }], usage })
    const messages = user('What is a haircut?')
    const asked = await client.chat.completions.create({ model: 'default', messages, tools })
    const assistant = asked.choices[0]?.message
    const [call] = assistant?.tool_calls ?? []
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ type: 'function', function: { name: 'price', arguments: '{"service":"haircut"}' } })
    if (!assistant || !call) throw new Error('no tool call came back')

    mocks.openai.clearFixtures()
    mocks.openai.on({ hasToolResult: true }, { content: 'It costs 25 euros.', usage })
    const told = [...messages, assistant, { role: 'tool' as const, tool_call_id: call.id, content: '25' }]
    const answer = await client.chat.completions.create({ model: 'default', messages: told, tools })
    expect(answer.choices[0]?.message.content).toBe('It costs 25 euros.')
  })

  it('an answer by a JSON schema, from a compatible server', async () => {
    const local = { slug: 'local', baseUrl: `${mocks.openai.url}/v1`, models: ['small'] }
    const init = { method: 'PUT', client: slug, body: JSON.stringify(local) }
    expect((await server.request('/api/providers/openai-compatible', init)).status).toBe(200)
    mocks.openai.onMessage(anything, { content: '{"name":"Anna"}', usage })
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    }
    const format = { type: 'json_schema' as const, json_schema: { name: 'person', schema } }
    const answer = await client.chat.completions.create({
      model: 'local/small',
      messages: user('A name'),
      response_format: format,
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ name: 'Anna' })
    expect(mocks.openai.getLastRequest()?.body).toMatchObject({ model: 'small', response_format: format })
  })

  it('embeddings, in the encoding that the client asks for by itself', async () => {
    mocks.openai.onEmbedding(anything, { embedding: [3, 4] })
    const { data, model } = await client.embeddings.create({ model: 'default', input: ['one', 'two'] })
    expect(model).toBe('openai/text-embedding-3-small')
    expect(data.map(({ embedding }) => embedding.map((value) => Number(value.toFixed(4))))).toEqual([
      [0.6, 0.8],
      [0.6, 0.8],
    ])
  })

  it('the list of models', async () => {
    const ids = (await client.models.list()).data.map((model) => model.id)
    expect(ids).toEqual(expect.arrayContaining(['default', 'guildhall/extractive', 'openai/gpt-5.1']))
  })

  it('refusals as the client’s own typed errors', async () => {
    const messages = user('Hello')
    const wrongKey = clientOf(slug, 'gh_wrongwrongwrongwrongwrongwrongwrongwrong')
    const refused = await caught(wrongKey.chat.completions.create({ model: 'default', messages }))
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(refused).toMatchObject({ code: 'invalid_api_key' })

    const unknown = await caught(client.chat.completions.create({ model: 'nobody/nothing', messages }))
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' })

    const several = await caught(client.chat.completions.create({ model: 'default', messages, n: 2 }))
    expect(several).toBeInstanceOf(BadRequestError)
    expect(several).toMatchObject({ param: 'n', type: 'invalid_request_error' })
    const logprobs = await caught(client.chat.completions.create({ model: 'default', messages, logprobs: true }))
    expect(logprobs).toMatchObject({ status: 400, param: 'logprobs' })

    const noClient = await caught(clientOf('no-such-client').models.list())
    expect(noClient).toBeInstanceOf(NotFoundError)
    expect(mocks.openai.getRequests()).toHaveLength(0)
  })

  it('a part of the API that is not here says so in the client’s dialect', async () => {
    const missing = await caught(client.moderations.create({ input: 'text' }))
    expect(missing).toBeInstanceOf(NotFoundError)
    expect(missing).toMatchObject({ code: 'no_such_route', type: 'invalid_request_error' })
    expect(String(missing)).toContain('/v1/moderations')
  })

  it('works from a page of another origin, its refusals included', async () => {
    const page = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
    const asked = 'authorization,content-type,x-guildhall-client,x-stainless-lang'
    const preflight = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { ...page, 'access-control-request-headers': asked },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe(asked)
    const refused = await server.request('/v1/models', { key: null, headers: page })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('without a provider', () => {
  it('the chain quotes, and names itself', async () => {
    const client = await takeOn('bare', [])
    const { data, response } = await client.chat.completions
      .create({
        model: 'default',
        messages: [
          { role: 'system', content: 'The shop opens at nine. Parking is free.' },
          ...user('When does the shop open?'),
        ],
      })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe('The shop opens at nine.')
    expect(data.model).toBe('guildhall/extractive')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-guildhall-provider': 'guildhall',
      'x-guildhall-model': 'guildhall/extractive',
      'x-guildhall-cost': '0.000000',
    })
  })

  it('an agent answers from its knowledge, with citations, plain and streamed', async () => {
    const client = clientOf('fade-and-blade')
    expect((await client.models.list()).data.map((model) => model.id)).toContain('agent:front-desk')
    const ask = () =>
      client.chat.completions
        .create({ model: 'agent:front-desk', messages: user('What does a skin fade cost?') })
        .withResponse()
    // The demo's handbook is being read while the server already answers.
    await expect.poll(async () => (await ask()).data.choices[0]?.message.content, { timeout: 30_000 }).toContain('38')
    const { data, response } = await ask()
    expect(data).toMatchObject({
      model: 'agent:front-desk',
      guildhall: {
        source: 'extractive',
        citations: [{ marker: expect.stringMatching(/^\[\d\]$/), title: 'Price list' }],
      },
    })
    expect(data.choices[0]?.message.content).toMatch(/38 euros.* \[\d\]/s)
    expect((await runOf('fade-and-blade', response.headers)).run).toMatchObject({ status: 'ok', costMicros: 0 })

    const stream = await client.chat.completions.create({
      model: 'agent:front-desk',
      messages: user('What does a skin fade cost?'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(data.choices[0]?.message.content)
    expect(chunks.at(-1)).toMatchObject({ guildhall: { citations: [{ title: 'Price list' }] } })
  })

  it('an agent of one client is nobody to another', async () => {
    const asked = clientOf('lumen-records').chat.completions.create({ model: 'agent:front-desk', messages: user('Hi') })
    expect(await caught(asked)).toBeInstanceOf(NotFoundError)
  })
})

describe('when the first provider fails, the second answers and the run tells', () => {
  const faults: [string, string, (mock: LLMock) => void][] = [
    ['429', 'rate_limited', (mock) => mock.onMessage(anything, failing(429, 60))],
    ['500', 'server_error', (mock) => mock.onMessage(anything, failing(500))],
    ['cut', 'cut', (mock) => mock.onMessage(anything, { content: 'never' }, { truncateAfterChunks: 0, latency: 10 })],
  ]
  for (const [name, reason, fail] of faults)
    it(`${name}, plain and streamed`, async () => {
      const slug = `fault-${name}`
      const client = await takeOn(slug, ['google', 'openai'])
      fail(mocks.google)
      mocks.openai.onMessage(anything, { content: 'Instead.', usage })
      await expectSecond(slug, client, { reason, stream: true })
      // A cut has no meaning for an answer that is one message.
      if (name !== 'cut') await expectSecond(slug, client, { reason: name === '429' ? 'circuit_open' : reason })
    })

  it('silence until the time is over', async () => {
    const client = await takeOn('fault-timeout', ['google', 'openai'], { google: silent.host })
    mocks.openai.onMessage(anything, { content: 'Instead.', usage })
    const started = performance.now()
    await expectSecond('fault-timeout', client, { reason: 'timeout', stream: true })
    expect(performance.now() - started).toBeGreaterThan(timeoutSeconds * 1000)
  })

  it('nobody listening', async () => {
    const client = await takeOn('fault-refused', ['google', 'openai'], { google: closedHost })
    mocks.openai.onMessage(anything, { content: 'Instead.', usage })
    await expectSecond('fault-refused', client, { reason: 'refused' })
  })

  async function expectSecond(
    slug: string,
    client: OpenAI,
    { reason, stream = false }: { reason: string; stream?: boolean },
  ): Promise<void> {
    const request = { model: 'default', messages: user(`Anybody there at ${String(Math.random())}?`) }
    const { data, response } = await client.chat.completions.create({ ...request, stream }).withResponse()
    const text =
      'choices' in data
        ? data.choices[0]?.message.content
        : (await Array.fromAsync(data)).map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe('Instead.')
    expect(response.headers.get('x-guildhall-provider')).toBe('openai')
    expect(response.headers.get('x-guildhall-fallback-reason')).toBe(reason)
    const detail = await runOf(slug, response.headers)
    expect(detail.run).toMatchObject({ status: 'ok', provider: 'openai', fallbackReason: reason })
    expect(tried(detail)).toEqual([`google ${reason}`, 'openai ok'])
    const attempts = detail.steps.flatMap((step) => step.attempts)
    expect(response.headers.get('x-guildhall-attempts')).toBe(String(attempts.length))
  }
})

describe('when all providers fail', () => {
  const slug = 'all-down'
  let client: OpenAI
  beforeAll(async () => {
    client = await takeOn(slug, ['google', 'openai', 'anthropic'])
  })

  it('the tenant’s own earlier answer is given and marked, then quotations, marked', async () => {
    const question = user('What does a haircut cost today?')
    mocks.google.onMessage(anything, { content: 'It costs 25 euros.', usage })
    await client.chat.completions.create({ model: 'default', messages: question })
    for (const mock of Object.values(mocks)) {
      mock.clearFixtures()
      mock.onMessage(anything, failing(500))
    }
    const again = await client.chat.completions.create({ model: 'default', messages: question }).withResponse()
    expect(again.data.choices[0]?.message.content).toBe('It costs 25 euros.')
    expect(Object.fromEntries(again.response.headers)).toMatchObject({
      'x-guildhall-cache': 'stale',
      'x-guildhall-provider': 'google',
      'x-guildhall-fallback-reason': 'server_error',
      'x-guildhall-cost': '0.000000',
    })
    const detail = await runOf(slug, again.response.headers)
    expect(tried(detail)).toEqual(['google server_error', 'openai server_error', 'anthropic server_error', 'google ok'])
    const attempts = detail.steps.flatMap((step) => step.attempts)
    expect(again.response.headers.get('x-guildhall-attempts')).toBe(String(attempts.length))

    const other = await client.chat.completions
      .create({
        model: 'default',
        messages: [{ role: 'system', content: 'A shave costs 30 euros.' }, ...user('What does a shave cost?')],
      })
      .withResponse()
    expect(other.data.choices[0]?.message.content).toBe('A shave costs 30 euros.')
    expect(other.response.headers.get('x-guildhall-provider')).toBe('guildhall')
    expect(other.data.model).toBe('guildhall/extractive')
  })

  it('a model asked for by name is not replaced: the error names who failed', async () => {
    mocks.openai.onMessage(anything, failing(500))
    const error = await caught(
      client.chat.completions.create({ model: 'openai/gpt-5.1', messages: user('Only you, please') }),
    )
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 503, code: 'providers_unavailable' })
    expect(error).toMatchObject({
      error: { attempts: expect.arrayContaining([expect.objectContaining({ provider: 'openai' })]) },
    })
  })
})
