import type { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { startTap, type Tap } from '../testing/tap.ts'
import { anything, says, startUpstreams, takeOn, type Upstreams } from '../testing/upstreams.ts'
import { aiSdkClients } from './official/ai-sdk.ts'
import { anthropicClient } from './official/anthropic.ts'
import type { Door, OfficialClient } from './official/conversation.ts'
import { langchainClient } from './official/langchain.ts'
import { chatCompletionsClient, responsesClient } from './official/openai.ts'

/** Every official client against every provider dialect behind the gateway: the caller's protocol decides nothing. */
const slug = 'matrix'
let server: RunningServer
let upstreams: Upstreams
let taps: { openai: Tap; anthropic: Tap; google: Tap }
const door: Door = { url: '', apiKey: '', client: slug }
beforeAll(async () => {
  upstreams = await startUpstreams()
  const { mocks } = upstreams
  const [openai, anthropic, google] = await Promise.all([
    startTap(mocks.openai.url),
    startTap(mocks.anthropic.url),
    startTap(mocks.google.url),
  ])
  taps = { openai, anthropic, google }
  const hosts = { openai: openai.host, anthropic: anthropic.host, google: google.host }
  server = await startServer({ env: { GUILDHALL_PRIVATE_HOSTS: Object.values(hosts).join(',') } })
  await takeOn(server, slug, hosts)
  const local = { slug: 'local', baseUrl: `http://${openai.host}/v1`, models: ['small'] }
  const init = { method: 'PUT', client: slug, body: JSON.stringify(local) }
  const connected = await server.request('/api/providers/openai-compatible', init)
  if (!connected.ok) throw new Error(await connected.text())
  Object.assign(door, { url: server.url, apiKey: server.apiKey })
})
afterAll(async () => {
  await server.stop()
  await Promise.all([...Object.values(taps).map((tap) => tap.stop()), upstreams.stop()])
})
beforeEach(() => upstreams.reset())

const clients: [name: string, open: () => OfficialClient | undefined][] = [
  ['openai, chat completions', () => chatCompletionsClient(door)],
  ['openai, responses', () => responsesClient(door)],
  ['@anthropic-ai/sdk', () => anthropicClient(door)],
  ['AI SDK, openai.responses', () => aiSdkClients(door)[0]],
  ['AI SDK, openai.chat', () => aiSdkClients(door)[1]],
  ['AI SDK, anthropic', () => aiSdkClients(door)[2]],
  ['LangChain, ChatOpenAI', () => langchainClient(door)],
]

const dialects: [name: string, model: string, behind: () => { mock: LLMock; tap: Tap }][] = [
  ['OpenAI', 'openai/gpt-5.1', () => ({ mock: upstreams.mocks.openai, tap: taps.openai })],
  ['Anthropic', 'anthropic/claude-sonnet-4-6', () => ({ mock: upstreams.mocks.anthropic, tap: taps.anthropic })],
  ['Gemini', 'google/gemini-2.5-flash', () => ({ mock: upstreams.mocks.google, tap: taps.google })],
  ['a compatible server', 'local/small', () => ({ mock: upstreams.mocks.openai, tap: taps.openai })],
]

const tokens = { input: 1000, output: 100 }
/** One pixel. */
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

for (const [clientName, open] of clients)
  describe(`${clientName} against`, () => {
    for (const [dialect, model, behind] of dialects)
      it(`${dialect}: whole and streamed, tools and their answers, JSON, a picture, a fault`, async () => {
        const client = open()
        if (!client) throw new Error(`${clientName} is missing`)
        const { mock, tap } = behind()
        const gemini = model.startsWith('google/')

        mock.onMessage(anything, says('I answer in several pieces.'), { chunkSize: 6 })
        const said = { text: 'I answer in several pieces.', calls: [], tokens, finish: 'stop' }
        expect(await client.ask({ model, text: 'Speak', stream: false })).toMatchObject(said)
        const streamed = await client.ask({ model, text: 'Speak', stream: true })
        expect(streamed).toMatchObject(said)
        expect(streamed.pieces).toBeGreaterThan(2)

        mock.clearFixtures()
        const calls = ['haircut', 'shave'].map((service) => ({
          name: 'price',
          arguments: JSON.stringify({ service }),
        }))
        const { usage } = says('')
        // What Gemini really says after a call is STOP; the mock has a word of its own.
        mock.onMessage('Prices', { toolCalls: calls, usage, ...(gemini ? { finishReason: 'STOP' } : {}) })
        for (const stream of [false, true]) {
          const asked = await client.ask({ model, text: 'Prices', stream, tools: true })
          expect(asked).toMatchObject({
            calls: [
              { name: 'price', arguments: { service: 'haircut' } },
              { name: 'price', arguments: { service: 'shave' } },
            ],
            finish: 'tools',
            tokens,
          })
          expect(new Set(asked.calls.map((call) => call.id)).size).toBe(2)
          mock.on({ hasToolResult: true }, says('Each costs 25 euros.'))
          const answered = { calls: asked.calls, result: '25' }
          const after = await client.ask({ model, text: 'What is it?', stream, tools: true, answered })
          expect(after).toMatchObject({ text: 'Each costs 25 euros.', calls: [], finish: 'stop' })
        }

        mock.clearFixtures()
        mock.onMessage(anything, says('{"name":"Anna"}'))
        const json = await client.ask({ model, text: 'A name', stream: false, json: true })
        expect(JSON.parse(json.text)).toEqual({ name: 'Anna' })
        expect(await client.ask({ model, text: 'Look', stream: true, image })).toMatchObject({ finish: 'stop' })
        expect(tap.lastBody()).toContain(image)

        mock.clearFixtures()
        mock.onMessage(anything, says('one two three four five six seven eight nine ten'), {
          truncateAfterChunks: 4,
          latency: 25,
          chunkSize: 6,
        })
        await expect(client.ask({ model, text: 'Count', stream: true })).rejects.toThrow()
      })
  })
