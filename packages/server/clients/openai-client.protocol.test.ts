import { AuthenticationError, BadRequestError, NotFoundError, type OpenAI } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { anything, openAiClient, runOf, says, startUpstreams, takeOn, type Upstreams } from '../testing/upstreams.ts'

/** The official client of the OpenAI API on the running product, unmodified but for its base URL. */
let server: RunningServer
let upstreams: Upstreams
beforeAll(async () => {
  upstreams = await startUpstreams()
  server = await startServer({ env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: upstreams.hosts } })
})
afterAll(async () => {
  await server.stop()
  await upstreams.stop()
})
beforeEach(() => upstreams.reset())

const user = (content: string) => [{ role: 'user' as const, content }]
const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

describe('with a provider', () => {
  const slug = 'alpha'
  let client: OpenAI
  beforeAll(async () => {
    client = await takeOn(server, slug, { openai: upstreams.mocks.openai })
  })

  it('a chat completion, with who answered and what it cost', async () => {
    upstreams.mocks.openai.onMessage('Who are you?', says('I am the shop.'))
    const { data, response } = await client.chat.completions
      .create({ model: 'default', messages: user('Who are you?') })
      .withResponse()
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'I am the shop.' } })
    expect(data.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 })
    expect(data.model).toMatch(/(^|\/)gpt-5\.1$/)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-guildhall-provider': 'openai',
      'x-guildhall-model': 'gpt-5.1',
      'x-guildhall-attempts': '1',
      'x-guildhall-cache': 'none',
      // 1000 x 1.25 USD and 100 x 10 USD per million.
      'x-guildhall-cost': '0.002250',
    })
    expect((await runOf(server, slug, response.headers)).run).toMatchObject({ status: 'ok', costMicros: 2250 })
  })

  it('a stream with its usage', async () => {
    upstreams.mocks.openai.onMessage(anything, says('I answer in several pieces.'), { chunkSize: 6 })
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
    upstreams.mocks.openai.onMessage('a haircut', {
      toolCalls: [{ name: 'price', arguments: '{"service":"haircut"}' }],
    })
    const messages = user('What is a haircut?')
    const asked = await client.chat.completions.create({ model: 'default', messages, tools })
    const assistant = asked.choices[0]?.message
    const [call] = assistant?.tool_calls ?? []
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ type: 'function', function: { name: 'price', arguments: '{"service":"haircut"}' } })
    if (!assistant || !call) throw new Error('no tool call came back')

    upstreams.mocks.openai.clearFixtures()
    upstreams.mocks.openai.on({ hasToolResult: true }, says('It costs 25 euros.'))
    const told = [...messages, assistant, { role: 'tool' as const, tool_call_id: call.id, content: '25' }]
    const answer = await client.chat.completions.create({ model: 'default', messages: told, tools })
    expect(answer.choices[0]?.message.content).toBe('It costs 25 euros.')
  })

  it('an answer by a JSON schema, from a compatible server', async () => {
    const local = { slug: 'local', baseUrl: `${upstreams.mocks.openai.url}/v1`, models: ['small'] }
    const init = { method: 'PUT', client: slug, body: JSON.stringify(local) }
    expect((await server.request('/api/providers/openai-compatible', init)).status).toBe(200)
    upstreams.mocks.openai.onMessage(anything, says('{"name":"Anna"}'))
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
    expect(upstreams.mocks.openai.getLastRequest()?.body).toMatchObject({ model: 'small', response_format: format })
  })

  it('embeddings, in the encoding that the client asks for by itself', async () => {
    upstreams.mocks.openai.onEmbedding(anything, { embedding: [3, 4] })
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
    expect(await client.models.retrieve('openai/gpt-5.1')).toMatchObject({ id: 'openai/gpt-5.1', owned_by: 'openai' })
    expect(await caught(client.models.retrieve('openai/gpt-0'))).toBeInstanceOf(NotFoundError)
  })

  it('refusals as the client’s own typed errors', async () => {
    const messages = user('Hello')
    const wrongKey = openAiClient(server, slug, 'gh_wrongwrongwrongwrongwrongwrongwrongwrong')
    const refused = await caught(wrongKey.chat.completions.create({ model: 'default', messages }))
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(refused).toMatchObject({ code: 'invalid_api_key' })

    const unknown = await caught(client.chat.completions.create({ model: 'nobody/nothing', messages }))
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' })

    const several = await caught(client.chat.completions.create({ model: 'default', messages, n: 2 }))
    expect(several).toBeInstanceOf(BadRequestError)
    expect(several).toMatchObject({ param: 'n', type: 'invalid_request_error' })
    const logprobs = await caught(client.chat.completions.create({ model: 'openai/gpt-5.1', messages, logprobs: true }))
    expect(logprobs).toMatchObject({ status: 400, param: 'logprobs' })

    const body = `{"messages":[{"role":"user","content":"Hi"}],"tools":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const deep = await server.request('/v1/chat/completions', { method: 'POST', client: slug, body })
    expect([deep.status, await deep.json()]).toMatchObject([400, { error: { code: 'invalid_input' } }])

    const noClient = await caught(openAiClient(server, 'no-such-client').models.list())
    expect(noClient).toBeInstanceOf(NotFoundError)
    expect(upstreams.mocks.openai.getRequests()).toHaveLength(0)
  })

  it('a part of the API that is not here says so in the client’s dialect', async () => {
    const missing = await caught(client.files.list())
    expect(missing).toBeInstanceOf(NotFoundError)
    expect(missing).toMatchObject({ code: 'no_such_route', type: 'invalid_request_error' })
    expect(String(missing)).toContain('/v1/files')
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
    const client = await takeOn(server, 'bare', {})
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
    const client = openAiClient(server, 'fade-and-blade')
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
    expect((await runOf(server, 'fade-and-blade', response.headers)).run).toMatchObject({ status: 'ok', costMicros: 0 })

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
    const asked = openAiClient(server, 'lumen-records').chat.completions.create({
      model: 'agent:front-desk',
      messages: user('Hi'),
    })
    expect(await caught(asked)).toBeInstanceOf(NotFoundError)
  })
})
