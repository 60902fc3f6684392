import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { json, startServer, type RunningServer } from './testing/start-server.ts'

/** Chat completions whose bytes go through as they are: one upstream that we wrote, byte by byte, and its spare. */
type Answer = (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => void
let answer: Answer
let seen: { body: string; authorization: string | undefined; path: string | undefined }[] = []
const upstreams: Server[] = []
let server: RunningServer
let dataDir: string
let client: OpenAI
const apiKey = `gh_${randomBytes(24).toString('base64url')}`
const hosts: string[] = []

async function listen(name: string): Promise<string> {
  const upstream = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      seen.push({ body, authorization: request.headers.authorization, path: request.url })
      response.setHeader('x-upstream', name)
      answer(request, response, JSON.parse(body) as Record<string, unknown>)
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  upstreams.push(upstream)
  return `127.0.0.1:${String((upstream.address() as AddressInfo).port)}`
}

const start = () =>
  startServer({ dataDir, env: { GUILDHALL_INIT_API_KEY: apiKey, GUILDHALL_PRIVATE_HOSTS: hosts.join(',') } })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'guildhall-pass-'))
  hosts.push(await listen('first'), await listen('spare'))
  server = await start()
  const post = async (method: string, path: string, body: unknown, to?: string) => {
    const response = await server.request(path, { method, body: JSON.stringify(body), ...(to ? { client: to } : {}) })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  }
  await post('POST', '/api/clients', { name: 'Alpha', slug: 'alpha' })
  for (const [at, slug] of ['first', 'spare'].entries())
    await post(
      'PUT',
      '/api/providers/openai-compatible',
      { slug, baseUrl: `http://${hosts[at] ?? ''}/v1`, apiKey: `sk-${slug}-123456789`, models: [`${slug}-model`] },
      'alpha',
    )
  await post(
    'POST',
    '/api/provider-routes',
    {
      alias: 'fast',
      targets: [
        { provider: 'first', model: 'first-model', rank: 1 },
        { provider: 'spare', model: 'spare-model', rank: 2 },
      ],
      rules: { attempts: 1 },
    },
    'alpha',
  )
  client = clientOf(server)
}, 120_000)
afterAll(async () => {
  await server.stop()
  for (const upstream of upstreams) {
    upstream.closeAllConnections()
    upstream.close()
  }
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(() => {
  seen = []
  answer = sayWhole
})

const clientOf = ({ url }: RunningServer) =>
  new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0, defaultHeaders: { 'x-guildhall-client': 'alpha' } })

const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
/** With members and spacing that nobody here knows. */
const whole =
  '{ "id":"chatcmpl-1","object":"chat.completion","created":1,"model":"first-model-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Grüezi"},"finish_reason":"stop","x":{"y":[1.50]}}],\n"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18},"system_fingerprint":"fp_1" }'
const sayWhole: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
}
const event = (choices: unknown[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`
const delta = (said: object, finish: string | null = null) => event([{ index: 0, delta: said, finish_reason: finish }])
const words = ['Grü', 'ez', 'i'].map((content) => delta({ content }))
const stream =
  (parts: readonly string[], end = true): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let at = 0
    const next = () => {
      const part = parts[at++]
      if (part === undefined) return end ? response.end() : response.destroy()
      response.write(part)
      setTimeout(next, 15)
    }
    next()
  }
const complete = [...words, delta({}, 'stop'), event([], { usage }), 'data: [DONE]\n\n']

const ask = (body: object, more: RequestInit = {}) =>
  server.request('/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'first/first-model', messages: [{ role: 'user', content: 'Hello' }], ...body }),
    client: 'alpha',
    ...more,
  })

interface Run {
  run: { id: string; status: string; tokensIn: number; tokensOut: number; error: string | null; costComplete: boolean }
  steps: { attempts: { provider: string; outcome: string; reason: string | null; tokensEstimated: boolean }[] }[]
}

/** The run of an answer: it is journaled a moment after it. */
function runOf(response: { headers: Headers }): Promise<Run> {
  const id = response.headers.get('x-guildhall-run') ?? ''
  return vi.waitFor(
    async () => {
      const found = await server.request(`/api/runs/${id}`, { client: 'alpha' })
      expect(found.status).toBe(200)
      return json<Run>(found)
    },
    { timeout: 10_000, interval: 100 },
  )
}

describe('an answer that is passed through', () => {
  it('is the provider’s, byte for byte, and the provider got the caller’s bytes with its own model and key', async () => {
    const response = await ask({ unknown_member: [1, { a: 2 }], messages: [{ role: 'user', content: 'Hé "model"' }] })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(whole)
    expect(seen).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer sk-first-123456789',
        body: '{"model":"first-model","messages":[{"role":"user","content":"Hé \\"model\\""}],"unknown_member":[1,{"a":2}]}',
      },
    ])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-guildhall-provider': 'first',
      'x-guildhall-model': 'first-model',
      'x-guildhall-attempts': '1',
      'x-guildhall-cache': 'none',
      'x-guildhall-cost': '>=0.000000',
    })
    const { run, steps } = await runOf(response)
    expect(run).toMatchObject({ status: 'ok', tokensIn: 11, tokensOut: 7, costComplete: false })
    expect(steps[0]?.attempts).toMatchObject([{ provider: 'first', outcome: 'ok' }])
  })

  it('carries the same standing headers as every other answer, also when it refuses', async () => {
    const [passed, refusedHere, other] = await Promise.all([
      ask({}),
      ask({}, { headers: { authorization: 'Bearer gh_wrong' } }),
      server.request('/api/me', { client: 'alpha' }),
    ])
    const standing = [...other.headers.keys()].filter((name) => /^(x-|cross-|origin-|referrer|strict)/.test(name))
    expect(standing.length).toBeGreaterThan(6)
    for (const response of [passed, refusedHere])
      for (const name of standing.filter((each) => each !== 'x-request-id'))
        expect([name, response.headers.get(name)]).toEqual([name, other.headers.get(name)])
    expect(passed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(passed.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('is read by the official client, whole and streamed, with and without usage', async () => {
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    const one = await client.chat.completions.create({ model: 'fast', messages })
    expect(one.choices[0]?.message.content).toBe('Grüezi')
    answer = stream(complete)
    for (const include_usage of [false, true]) {
      const chunks = await client.chat.completions.create({
        model: 'fast',
        messages,
        stream: true,
        stream_options: { include_usage },
      })
      let text = ''
      let counted = 0
      for await (const chunk of chunks) {
        text += chunk.choices[0]?.delta.content ?? ''
        counted += chunk.usage?.total_tokens ?? 0
      }
      expect([text, counted]).toEqual(['Grüezi', include_usage ? 18 : 0])
    }
    for (const { body } of seen.slice(1))
      expect(JSON.parse(body)).toMatchObject({ stream_options: { include_usage: true } })
  })

  it('comes from the next target when the first fails before its first word', async () => {
    answer = (request, response, body) => {
      if (body['model'] === 'first-model')
        stream([delta({ role: 'assistant', content: '' })], false)(request, response, body)
      else stream(complete)(request, response, body)
    }
    const response = await ask({ model: 'fast', stream: true })
    expect(await response.text()).toBe([...words, delta({}, 'stop'), 'data: [DONE]\n\n'].join(''))
    expect(response.headers.get('x-guildhall-provider')).toBe('spare')
    expect(response.headers.get('x-guildhall-fallback-reason')).toBe('cut')
    const { steps } = await runOf(response)
    expect(steps[0]?.attempts).toMatchObject([
      { provider: 'first', outcome: 'failed', reason: 'cut' },
      { provider: 'spare', outcome: 'ok' },
    ])
  })

  it('that breaks off says so in the stream, without the closing mark, and is charged as an estimate', async () => {
    answer = stream(words.slice(0, 2), false)
    const response = await ask({ stream: true })
    const text = await response.text()
    expect(text.startsWith(words.slice(0, 2).join(''))).toBe(true)
    expect(text).toContain('"code":"answer_cut"')
    expect(text).not.toContain('[DONE]')
    const { run, steps } = await runOf(response)
    expect(run.status).toBe('failed')
    expect(steps[0]?.attempts).toMatchObject([{ outcome: 'failed', reason: 'cut', tokensEstimated: true }])
    await expect(async () => {
      for await (const _ of await client.chat.completions.create({
        model: 'first/first-model',
        messages: [{ role: 'user', content: 'x' }],
        stream: true,
      }));
    }).rejects.toThrow(APIError)
  })

  it('stops the provider when the caller leaves, and is journaled as cancelled', async () => {
    let closed = false
    answer = (request, response, body) => {
      response.on('close', () => (closed = true))
      stream(Array.from({ length: 500 }, () => words[0] ?? ''))(request, response, body)
    }
    const gone = new AbortController()
    const response = await ask({ stream: true }, { signal: gone.signal })
    await response.body?.getReader().read()
    gone.abort()
    await vi.waitFor(() => expect(closed).toBe(true), 5000)
    expect((await runOf(response)).run.status).toBe('cancelled')
  })

  it('is refused in the dialect of the client: bad bodies, unknown models, no key', async () => {
    const refusals = await Promise.all([
      ask({ messages: 'x' }),
      ask({ model: 'nobody/nothing' }),
      server.request('/v1/chat/completions', { method: 'POST', body: '{', client: 'alpha' }),
      server.request('/v1/chat/completions', { method: 'POST', body: '{}', key: null }),
      server.request('/v1/chat/completions', {
        method: 'POST',
        body: `${'['.repeat(100)}${']'.repeat(100)}`,
        client: 'alpha',
      }),
      server.request('/v1/chat/completions', { method: 'POST', body: 'x'.repeat(33 * 1024 * 1024), client: 'alpha' }),
    ])
    expect(refusals.map(({ status }) => status)).toEqual([400, 404, 400, 401, 400, 413])
    for (const refusal of refusals)
      expect(await refusal.json()).toMatchObject({ error: { message: expect.any(String) } })
    expect(seen).toEqual([])
  })
})

describe('SIGKILL', () => {
  it('after an answer, and in the middle of one, loses neither: the next start journals both', async () => {
    answer = (request, response, body) =>
      body['stream'] === true
        ? stream([...words, ...Array.from({ length: 400 }, () => words[0] ?? '')])(request, response, body)
        : sayWhole(request, response, body)
    const cut = await ask({ stream: true })
    const reader = cut.body?.getReader()
    await reader?.read()
    const answered = await Promise.all(Array.from({ length: 20 }, () => ask({})))
    await Promise.all(answered.map((response) => response.text()))
    await server.kill()
    await reader?.cancel().catch(() => undefined)
    server = await start()
    client = clientOf(server)
    for (const response of answered) expect((await runOf(response)).run).toMatchObject({ status: 'ok', tokensIn: 11 })
    const { run, steps } = await runOf(cut)
    expect(run).toMatchObject({ status: 'interrupted', costComplete: false })
    expect(steps[0]?.attempts).toMatchObject([{ provider: 'first', outcome: 'interrupted', tokensEstimated: true }])
  }, 60_000)
})
