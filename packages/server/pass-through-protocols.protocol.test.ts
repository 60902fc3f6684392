import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { json, startServer, type RunningServer } from './testing/start-server.ts'

/** Messages and responses whose bytes go through as they are, and chains whose targets speak different protocols. */
type Answer = (response: ServerResponse, body: Record<string, unknown>) => void
/** By the path that is asked. */
let answers: Record<string, Answer>
let seen: { path: string; headers: IncomingHttpHeaders; body: string }[]
let upstream: Server
let server: RunningServer
let baseUrl = ''
const slug = 'beta'

beforeAll(async () => {
  upstream = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      const path = request.url ?? ''
      seen.push({ path, headers: request.headers, body })
      const answer = answers[path]
      if (answer) answer(response, JSON.parse(body) as Record<string, unknown>)
      else response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${String((upstream.address() as AddressInfo).port)}`
  server = await startServer({ env: { GUILDHALL_PRIVATE_HOSTS: host } })
  await send('POST', '/api/clients', { name: 'Beta', slug }, false)
  baseUrl = `http://${host}/v1`
  await connect()
  const claude = { provider: 'anthropic', model: 'claude-sonnet-4-6' }
  const small = { provider: 'local', model: 'small' }
  const rules = { attempts: 1 }
  const route = (alias: string, first: object, second: object) =>
    send('POST', '/api/provider-routes', {
      alias,
      targets: [
        { ...first, rank: 1 },
        { ...second, rank: 2 },
      ],
      rules,
    })
  await route('claude-first', claude, small)
  await route('local-first', small, claude)
  await send('POST', '/api/provider-routes', { alias: 'kept', targets: [small], rules: { cacheSeconds: 60 } })
}, 120_000)
afterAll(async () => {
  await server.stop()
  upstream.closeAllConnections()
  upstream.close()
})
beforeEach(async () => {
  seen = []
  answers = {}
  await connect()
})

/** A connection that was entered anew is not cooling down. */
async function connect(): Promise<void> {
  const claude = { baseUrl, apiKey: 'sk-claude-1234', models: ['claude-sonnet-4-6'] }
  const local = { slug: 'local', baseUrl, apiKey: 'sk-local-1234', models: ['small'] }
  await send('PUT', '/api/providers/anthropic', claude)
  await send('PUT', '/api/providers/openai', { baseUrl, apiKey: 'sk-openai-1234', models: ['gpt-5.1'] })
  await send('PUT', '/api/providers/openai-compatible', local)
}

async function send(method: string, path: string, body: unknown, forClient = true): Promise<void> {
  const response = await server.request(path, {
    method,
    body: JSON.stringify(body),
    ...(forClient ? { client: slug } : {}),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}

const ask = (path: string, body: object, headers: Record<string, string> = {}) =>
  server.request(path, { method: 'POST', body: JSON.stringify(body), client: slug, headers })

const whole =
  (text: string): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(text)
const stream =
  (events: readonly string[], end: 'end' | 'cut' = 'end'): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let at = 0
    const next = () => {
      const event = events[at++]
      if (event === undefined) return end === 'end' ? response.end() : response.destroy()
      response.write(event)
      setTimeout(next, 10)
    }
    next()
  }
const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`

const message = {
  start: event('message_start', {
    message: { id: 'msg_1', model: 'm', content: [], usage: { input_tokens: 1000, output_tokens: 1 } },
  }),
  open: event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  words: ['Grü', 'ezi'].map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  close: event('content_block_stop', { index: 0 }),
  delta: event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 100 } }),
  stop: event('message_stop', { unknown: [1.5] }),
}
const messageStream = [message.start, message.open, ...message.words, message.close, message.delta, message.stop]
const wholeMessage =
  '{ "id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Grüezi"}],"stop_reason":"end_turn","x":{"y":[1.50]},"usage":{"input_tokens":1000,"output_tokens":100}}'
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const chatStream = [chunk({ content: 'Salü' }), chunk({}, 'stop'), 'data: [DONE]\n\n']
const hello = { max_tokens: 50, messages: [{ role: 'user', content: 'Hé' }] }

interface Run {
  run: { status: string; tokensIn: number; tokensOut: number; costMicros: number }
  steps: { attempts: { provider: string; outcome: string; reason: string | null }[] }[]
}
const runOf = (response: Response) =>
  vi.waitFor(
    async () => {
      const path = `/api/runs/${response.headers.get('x-guildhall-run') ?? ''}`
      const found = await server.request(path, { client: slug })
      expect(found.status).toBe(200)
      return json<Run>(found)
    },
    { timeout: 20_000, interval: 100 },
  )

describe('messages that are passed through', () => {
  it('are Claude’s, byte for byte, and Claude gets the caller’s bytes, version and betas with its own key', async () => {
    answers['/v1/messages'] = whole(wholeMessage)
    const body = { model: 'anthropic/claude-sonnet-4-6', ...hello, unknown: [1] }
    const response = await ask('/v1/messages', body, { 'anthropic-beta': 'some-beta' })
    expect(await response.text()).toBe(wholeMessage)
    expect(seen.map(({ body: sent }) => sent)).toEqual([JSON.stringify({ ...body, model: 'claude-sonnet-4-6' })])
    expect(seen[0]?.headers).toMatchObject({
      'x-api-key': 'sk-claude-1234',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'some-beta',
    })
    expect(seen[0]?.headers.authorization).toBeUndefined()
    // 1000 x 3 USD and 100 x 15 USD per million.
    expect(response.headers.get('x-guildhall-cost')).toBe('0.004500')
  })

  it('stream with their own events, the last one when the answer is booked', async () => {
    answers['/v1/messages'] = stream(messageStream)
    const response = await ask('/v1/messages', { model: 'anthropic/claude-sonnet-4-6', ...hello, stream: true })
    expect(await response.text()).toBe(messageStream.join(''))
    expect((await runOf(response)).run).toMatchObject({
      status: 'ok',
      tokensIn: 1000,
      tokensOut: 100,
      costMicros: 4500,
    })
  })

  it('that break off end with an error event and without message_stop, which the official client throws', async () => {
    const begun = messageStream.slice(0, 3)
    answers['/v1/messages'] = stream(begun, 'cut')
    const body = {
      model: 'anthropic/claude-sonnet-4-6',
      max_tokens: 50,
      messages: [{ role: 'user' as const, content: 'x' }],
    }
    const response = await ask('/v1/messages', { ...body, stream: true })
    const text = await response.text()
    expect(text.startsWith(`${begun.join('')}event: error\ndata: {"type":"error","error":{"type":"api_error"`)).toBe(
      true,
    )
    expect(text).not.toContain('message_stop')
    const client = new Anthropic({
      baseURL: server.url,
      apiKey: server.apiKey,
      maxRetries: 0,
      defaultHeaders: { 'x-guildhall-client': slug },
    })
    await expect(client.messages.stream(body).finalMessage()).rejects.toThrow('answer_cut')
  })
})

describe('responses that are passed through', () => {
  const created = event('response.created', { sequence_number: 0, response: { id: 'resp_1', object: 'response' } })
  const words = ['Grü', 'ezi'].map((delta, at) =>
    event('response.output_text.delta', { sequence_number: at + 1, output_index: 0, delta }),
  )
  const usage = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
  const completed = event('response.completed', {
    sequence_number: 3,
    response: { status: 'completed', usage, x: [1.5] },
  })
  const body = { model: 'openai/gpt-5.1', input: 'Hé', user: 'u' }

  it('stream byte for byte, and nothing is asked to be stored', async () => {
    answers['/v1/responses'] = stream([created, ...words, completed])
    const response = await ask('/v1/responses', { ...body, stream: true })
    expect(await response.text()).toBe([created, ...words, completed].join(''))
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ ...body, model: 'gpt-5.1', stream: true, store: false })
    expect(seen[0]?.headers.authorization).toBe('Bearer sk-openai-1234')
    expect((await runOf(response)).run).toMatchObject({
      status: 'ok',
      tokensIn: 1000,
      tokensOut: 100,
      costMicros: 2250,
    })
  })

  it('that break off say so with the next numbers, which the official client throws', async () => {
    answers['/v1/responses'] = stream([created, ...words], 'cut')
    const response = await ask('/v1/responses', { ...body, stream: true })
    const text = await response.text()
    expect(text).toContain('event: response.failed\ndata: {"type":"response.failed","sequence_number":3,')
    expect(text).toContain('event: error\ndata: {"type":"error","sequence_number":4,"code":"answer_cut"')
    expect(text).not.toContain('response.completed')
    const baseURL = `${server.url}/v1`
    const defaultHeaders = { 'x-guildhall-client': slug }
    const client = new OpenAI({ baseURL, apiKey: server.apiKey, maxRetries: 0, defaultHeaders })
    const read = async () => {
      for await (const _ of await client.responses.create({ model: body.model, input: 'x', stream: true }));
    }
    await expect(read()).rejects.toThrow('broke off')
  })
})

describe('a chain whose targets speak different protocols', () => {
  it('passes through whoever speaks the caller’s, and translates the others, in one walk', async () => {
    answers['/v1/chat/completions'] = stream(chatStream)
    const translated = await ask('/v1/messages', { model: 'claude-first', ...hello, stream: true })
    const text = await translated.text()
    expect(text).toContain('"text":"Salü"')
    expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true)
    expect(translated.headers.get('x-guildhall-provider')).toBe('local')
    expect((await runOf(translated)).steps[0]?.attempts).toMatchObject([
      { provider: 'anthropic', outcome: 'failed', reason: 'server_error' },
      { provider: 'local', outcome: 'ok' },
    ])
  })

  it('begins with a translation and goes on with bytes as well', async () => {
    answers['/v1/messages'] = stream(messageStream)
    const passed = await ask('/v1/messages', { model: 'local-first', ...hello, stream: true })
    expect(await passed.text()).toBe(messageStream.join(''))
    expect(passed.headers.get('x-guildhall-fallback-reason')).toBe('server_error')
    answers['/v1/messages'] = whole(wholeMessage)
    const chat = await ask('/v1/chat/completions', { model: 'local-first', messages: hello.messages })
    expect(await chat.json()).toMatchObject({ object: 'chat.completion', guildhall: { provider: 'anthropic' } })
  })

  it('tells a translated answer that broke off in the caller’s protocol', async () => {
    answers['/v1/chat/completions'] = stream(chatStream.slice(0, 1), 'cut')
    const response = await ask('/v1/messages', { model: 'claude-first', ...hello, stream: true })
    const text = await response.text()
    expect(text).toContain('"text":"Salü"')
    expect(text).toContain('event: error')
    expect(text).not.toContain('message_stop')
    expect((await runOf(response)).run.status).toBe('failed')
  })
})

it('probabilities are asked of a compatible server as they are, whose package could not ask for them', async () => {
  answers['/v1/chat/completions'] = stream(chatStream)
  const asked = { model: 'local/small', messages: hello.messages, stream: true, logprobs: true, top_logprobs: 2 }
  expect((await ask('/v1/chat/completions', asked)).status).toBe(200)
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ logprobs: true, top_logprobs: 2 })
})

it('who asks for probabilities is given no kept answer, which has none', async () => {
  answers['/v1/chat/completions'] = stream(chatStream)
  const asked = { model: 'kept', messages: hello.messages, stream: true }
  const kept = async (more: object) => {
    const response = await ask('/v1/chat/completions', { ...asked, ...more })
    expect(await response.text()).toContain('Salü')
    return response.headers.get('x-guildhall-cache')
  }
  expect([await kept({}), await kept({}), await kept({ logprobs: true }), await kept({ logprobs: true })]).toEqual([
    'none',
    'exact',
    'none',
    'none',
  ])
  expect(seen).toHaveLength(3)
})

it('a server of one’s own is not made to fetch what its caller may not see', async () => {
  const content = [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/latest' } }]
  const response = await ask('/v1/chat/completions', { model: 'local/small', messages: [{ role: 'user', content }] })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('private address')
  expect(seen).toEqual([])
})

it('where a spent budget names somebody of another protocol, who answers is translated', async () => {
  await send('PUT', '/api/budgets', {
    scope: 'tenant',
    monthlyMicros: 1,
    whenSpent: 'downgrade',
    downgradeTo: 'anthropic/claude-sonnet-4-6',
  })
  answers['/v1/messages'] = whole(wholeMessage)
  const response = await ask('/v1/chat/completions', { model: 'openai/gpt-5.1', messages: hello.messages })
  expect(await response.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'Grüezi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 100 },
  })
  expect(response.headers.get('x-guildhall-provider')).toBe('anthropic')
  expect(seen.map(({ path }) => path)).toEqual(['/v1/messages'])
  expect((await runOf(response)).run).toMatchObject({ status: 'ok', costMicros: 4500 })
})
