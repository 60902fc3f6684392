import type { LLMock } from '@copilotkit/aimock'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import {
  anything,
  failing,
  runOf,
  says,
  startUpstreams,
  takeOn,
  type ShownRun,
  type Upstreams,
} from '../testing/upstreams.ts'

/** What a caller gets, and what the run tells, when providers fail in each of the ways in which they do. */
const timeoutSeconds = 4
let server: RunningServer
let upstreams: Upstreams
beforeAll(async () => {
  upstreams = await startUpstreams()
  server = await startServer({
    env: {
      GUILDHALL_PRIVATE_HOSTS: upstreams.hosts,
      GUILDHALL_PROVIDER_TIMEOUT_SECONDS: String(timeoutSeconds),
    },
  })
})
afterAll(async () => {
  await server.stop()
  await upstreams.stop()
})
beforeEach(() => upstreams.reset())

const user = (content: string) => [{ role: 'user' as const, content }]

/** Who was tried, in order, without repetition. */
function tried({ steps }: ShownRun): string[] {
  const told = steps.flatMap(({ attempts }) =>
    attempts.map(({ provider, outcome, reason }) => `${provider} ${outcome === 'ok' ? 'ok' : String(reason)}`),
  )
  return told.filter((entry, index) => entry !== told[index - 1])
}

/** The answer to a question that nobody has asked before, and all that is told about it. */
async function ask(slug: string, client: OpenAI, options: { stream: boolean }) {
  const messages = user(`Anybody there at ${String(Math.random())}?`)
  const asked = client.chat.completions.create({ model: 'default', messages, ...options })
  const { data, response } = await asked.withResponse()
  const text =
    'choices' in data
      ? data.choices[0]?.message.content
      : (await Array.fromAsync(data)).map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  const shown = await runOf(server, slug, response.headers)
  const attempts = shown.steps.reduce((sum, step) => sum + step.attempts.length, 0)
  expect(response.headers.get('x-guildhall-attempts')).toBe(String(attempts))
  expect(response.headers.get('x-guildhall-fallback-reason')).toBe(shown.run.fallbackReason)
  expect(response.headers.get('x-guildhall-provider')).toBe(shown.run.provider)
  return { text, run: shown.run, tried: tried(shown) }
}

const instead = (reason: string) => ({
  text: 'Instead.',
  run: { status: 'ok', provider: 'openai', fallbackReason: reason },
  tried: [`google ${reason}`, 'openai ok'],
})

describe('when the first provider fails, the second answers and the run tells', () => {
  const faults: [name: string, reason: string, fail: (mock: LLMock) => unknown][] = [
    ['429', 'rate_limited', (mock) => mock.onMessage(anything, failing(429, 0))],
    ['500', 'server_error', (mock) => mock.onMessage(anything, failing(500))],
    ['503', 'server_error', (mock) => mock.onMessage(anything, failing(503))],
  ]
  for (const [name, reason, fail] of faults)
    it(`${name}, plain and streamed`, async () => {
      const { google, openai } = upstreams.mocks
      fail(google)
      openai.onMessage(anything, says('Instead.'))
      const slug = `fault-${name}`
      const client = await takeOn(server, slug, { google, openai })
      expect(await ask(slug, client, { stream: false })).toMatchObject(instead(reason))
      expect(await ask(slug, client, { stream: true })).toMatchObject(instead(reason))
      // Twice in a row is enough: from now on the dead one costs no time.
      const before = google.getRequests().length
      expect(await ask(slug, client, { stream: true })).toMatchObject(instead('circuit_open'))
      expect(google.getRequests()).toHaveLength(before)
    })

  it('a long Retry-After', async () => {
    const { google, openai } = upstreams.mocks
    google.onMessage(anything, failing(429, 60))
    openai.onMessage(anything, says('Instead.'))
    const client = await takeOn(server, 'fault-limit', { google, openai })
    expect(await ask('fault-limit', client, { stream: false })).toMatchObject(instead('rate_limited'))
    expect(google.getRequests()).toHaveLength(1)
  })

  it('a stream that is cut before its first token', async () => {
    const { google, openai } = upstreams.mocks
    google.onMessage(anything, { content: 'never seen' }, { truncateAfterChunks: 0, latency: 10 })
    openai.onMessage(anything, says('Instead.'))
    const client = await takeOn(server, 'fault-cut', { google, openai })
    expect(await ask('fault-cut', client, { stream: true })).toMatchObject(instead('cut'))
  })

  it('silence until the time is over', async () => {
    const { openai } = upstreams.mocks
    openai.onMessage(anything, says('Instead.'))
    const client = await takeOn(server, 'fault-timeout', { google: upstreams.silentHost, openai })
    const started = performance.now()
    expect(await ask('fault-timeout', client, { stream: true })).toMatchObject(instead('timeout'))
    expect(performance.now() - started).toBeGreaterThan(timeoutSeconds * 1000)
  })

  it('nobody listening', async () => {
    const { openai } = upstreams.mocks
    openai.onMessage(anything, says('Instead.'))
    const client = await takeOn(server, 'fault-refused', { google: upstreams.closedHost, openai })
    expect(await ask('fault-refused', client, { stream: false })).toMatchObject(instead('refused'))
  })
})

it('a stream that is cut in the middle is an error, never another provider’s words', async () => {
  const { google, openai } = upstreams.mocks
  const whole = 'one two three four five six seven eight nine ten'
  google.onMessage(anything, says(whole), { truncateAfterChunks: 4, latency: 25, chunkSize: 6 })
  openai.onMessage(anything, says('Instead.'))
  const client = await takeOn(server, 'cut-late', { google, openai })
  const { data, response } = await client.chat.completions
    .create({ model: 'default', messages: user('Count'), stream: true })
    .withResponse()
  let text = ''
  const read = async () => {
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? ''
  }
  await expect(read()).rejects.toMatchObject({ code: 'answer_cut' })
  expect(text).not.toBe('')
  expect(whole.startsWith(text)).toBe(true)
  expect((await runOf(server, 'cut-late', response.headers)).run).toMatchObject({ status: 'failed' })
})

const failAll = () => {
  for (const mock of Object.values(upstreams.mocks)) mock.clearFixtures().onMessage(anything, failing(500))
}

describe('when all providers fail', () => {
  const slug = 'all-down'
  let client: OpenAI
  beforeAll(async () => {
    client = await takeOn(server, slug, upstreams.mocks)
  })
  for (const stream of [false, true])
    it(`the tenant’s own earlier answer is given, marked${stream ? ', as a stream' : ''}`, async () => {
      const messages = user(`What does a haircut cost ${stream ? 'tomorrow' : 'today'}?`)
      upstreams.mocks.google.onMessage(anything, says('It costs 25 euros.'))
      upstreams.mocks.openai.onMessage(anything, says('It costs 25 euros.'))
      await client.chat.completions.create({ model: 'default', messages })
      failAll()
      const asked = client.chat.completions.create({ model: 'default', messages, stream })
      const { data, response } = await asked.withResponse()
      const text =
        'choices' in data
          ? data.choices[0]?.message.content
          : (await Array.fromAsync(data)).map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
      expect(text).toBe('It costs 25 euros.')
      expect(response.headers.get('x-guildhall-cache')).toBe('stale')
      const shown = await runOf(server, slug, response.headers)
      expect(shown.run).toMatchObject({ status: 'ok', costMicros: 0, fallbackReason: expect.any(String) })
      expect(tried(shown).map((entry) => entry.split(' ')[0])).toEqual([
        'google',
        'openai',
        'anthropic',
        expect.any(String),
      ])
      expect(tried(shown).at(-1)).toMatch(/ ok$/)
    })

  it('another question gets a quotation, which names itself', async () => {
    failAll()
    const messages = [
      { role: 'system' as const, content: 'A shave costs 30 euros.' },
      ...user('What does a shave cost?'),
    ]
    const { data, response } = await client.chat.completions.create({ model: 'default', messages }).withResponse()
    expect(data.choices[0]?.message.content).toBe('A shave costs 30 euros.')
    expect(data.model).toBe('guildhall/extractive')
    expect(response.headers.get('x-guildhall-provider')).toBe('guildhall')
    expect(response.headers.get('x-guildhall-cache')).toBe('none')
    expect(tried(await runOf(server, slug, response.headers)).at(-1)).toBe('guildhall ok')
  })

  it('a model that was asked for by name is not replaced: the error names who failed', async () => {
    failAll()
    const asked = client.chat.completions.create({ model: 'openai/gpt-5.1', messages: user('Only you, please') })
    const error = await asked.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 503, code: 'providers_unavailable' })
    const failed = expect.objectContaining({ provider: 'openai', model: 'gpt-5.1' })
    expect(error).toMatchObject({ error: { attempts: expect.arrayContaining([failed]) } })
  })
})
