import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  PermissionDeniedError,
} from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { startTap, type Tap } from '../testing/tap.ts'
import { anything, failing, runOf, says, startUpstreams, takeOn, type Upstreams } from '../testing/upstreams.ts'
import { anthropicSdk } from './official/anthropic.ts'

/** Anthropic's official client on the running product, unmodified but for its base URL. */
const slug = 'messages'
const claude = 'anthropic/claude-sonnet-4-6'
let server: RunningServer
let upstreams: Upstreams
let tap: Tap
let client: Anthropic
beforeAll(async () => {
  upstreams = await startUpstreams()
  tap = await startTap(upstreams.mocks.anthropic.url)
  server = await startServer({
    env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: `${upstreams.hosts},${tap.host}` },
  })
  await takeOn(server, slug, { ...upstreams.mocks, anthropic: tap.host })
  client = anthropicSdk({ url: server.url, apiKey: server.apiKey, client: slug })
})
afterAll(async () => {
  await server.stop()
  await Promise.all([tap.stop(), upstreams.stop()])
})
beforeEach(() => upstreams.reset())

const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const hello = { model: claude, max_tokens: 200, messages: [{ role: 'user' as const, content: 'Who are you?' }] }
/** No longer in the client's types, still in the protocol. */
const byOlderClients = { top_k: 5 }
const sent = () => JSON.parse(tap.lastBody())

describe('messages', () => {
  it('an answer, with who gave it and what it cost', async () => {
    upstreams.mocks.anthropic.onMessage(anything, says('I am the shop.'))
    const { data, response } = await client.messages.create(hello).withResponse()
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      // The provider's own words, its name of the model included.
      model: 'claude-sonnet-4-6',
      content: [{ type: 'text', text: 'I am the shop.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1000, output_tokens: 100 },
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-guildhall-provider': 'anthropic',
      'x-guildhall-attempts': '1',
      'x-guildhall-cache': 'none',
      // 1000 x 3 USD and 100 x 15 USD per million.
      'x-guildhall-cost': '0.004500',
    })
    expect((await runOf(server, slug, response.headers)).run).toMatchObject({ status: 'ok', costMicros: 4500 })
  })

  it('what Claude knows by these names reaches Claude: system, marks for its cache, tools, choice, stops, thinking', async () => {
    upstreams.mocks.anthropic.onMessage(anything, says('Good.'))
    await client.messages.create({
      ...hello,
      max_tokens: 4000,
      system: [{ type: 'text', text: 'Be short.', cache_control: { type: 'ephemeral' } }],
      stop_sequences: ['END'],
      ...byOlderClients,
      tools: [
        { name: 'price', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral', ttl: '1h' } },
        { name: 'book', input_schema: { type: 'object' } },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect(sent()).toMatchObject({
      system: [{ type: 'text', text: 'Be short.', cache_control: { type: 'ephemeral' } }],
      stop_sequences: ['END'],
      top_k: 5,
      tools: [{ name: 'price', cache_control: { type: 'ephemeral', ttl: '1h' } }, { name: 'book' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    await client.messages.create({
      ...hello,
      max_tokens: 8000,
      thinking: { type: 'enabled', budget_tokens: 2048 },
      messages: [
        { role: 'user', content: 'A riddle' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmF0dXJl' },
            { type: 'redacted_thinking', data: 'c2VhbGVk' },
            { type: 'text', text: 'An egg.' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And this one?' },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A page.' }, title: 'Page' },
          ],
        },
      ],
    })
    expect(sent()).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 2048 },
      messages: [
        {},
        {
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmF0dXJl' },
            { type: 'redacted_thinking', data: 'c2VhbGVk' },
            { type: 'text', text: 'An egg.' },
          ],
        },
        { content: [{ text: 'And this one?' }, { type: 'document', title: 'Page', source: { data: 'A page.' } }] },
      ],
    })
  })

  it('a failed tool, a forced one, and a turn with answers and words', async () => {
    upstreams.mocks.anthropic.onMessage(anything, says('I see.'))
    await client.messages.create({
      ...hello,
      tools: [{ name: 'price', input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name: 'price' },
      messages: [
        { role: 'user', content: 'Price?' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'price', input: {} }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', is_error: true, content: [{ type: 'text', text: 'closed' }] },
            { type: 'text', text: 'Try again.' },
          ],
        },
      ],
    })
    expect(sent()).toMatchObject({
      tool_choice: { type: 'tool', name: 'price' },
      messages: [
        {},
        { content: [{ type: 'tool_use', id: 't1' }] },
        { content: [{ type: 'tool_result', tool_use_id: 't1', is_error: true }, { text: 'Try again.' }] },
      ],
    })
  })

  it('thoughts of another provider come back to it in the next turn', async () => {
    upstreams.mocks.openai.onMessage(anything, { ...says('42.'), reasoning: 'Adding up.' })
    const stream = client.messages.stream({ ...hello, model: 'openai/gpt-5.1' })
    const { content } = await stream.finalMessage()
    expect(content.find((block) => block.type === 'thinking')).toMatchObject({ thinking: 'Adding up.' })
    expect(content.at(-1)).toMatchObject({ type: 'text', text: '42.' })
    const messages = [...hello.messages, { role: 'assistant' as const, content }, ...hello.messages]
    const again = await client.messages.create({ ...hello, model: 'openai/gpt-5.1', messages })
    expect(again.content.at(-1)).toMatchObject({ text: '42.' })
  })

  it('tokens are counted without asking anybody', async () => {
    const short = await client.messages.countTokens({ model: claude, messages: hello.messages })
    const long = await client.messages.countTokens({
      model: claude,
      system: 'word '.repeat(1000),
      messages: hello.messages,
      tools: [{ name: 'price', input_schema: { type: 'object' } }],
    })
    expect(short.input_tokens).toBeGreaterThan(2)
    expect(short.input_tokens).toBeLessThan(20)
    expect(long.input_tokens).toBeGreaterThan(900)
    expect(long.input_tokens).toBeLessThan(1400)
    expect(upstreams.mocks.anthropic.getRequests()).toHaveLength(0)
  })

  it('an agent answers, plain and streamed', async () => {
    const barber = anthropicSdk({ url: server.url, apiKey: server.apiKey, client: 'fade-and-blade' })
    const ask = { ...hello, model: 'agent:front-desk', messages: [{ role: 'user' as const, content: 'Your prices?' }] }
    const plain = await barber.messages.create(ask)
    expect(plain).toMatchObject({ model: 'agent:front-desk', content: [{ type: 'text' }] })
    const streamed = await barber.messages.stream(ask).finalText()
    expect(streamed.length).toBeGreaterThan(0)
  })
})

describe('refusals', () => {
  it('are the client’s own typed errors', async () => {
    const wrong = new Anthropic({
      baseURL: server.url,
      apiKey: 'gh_wrongwrongwrongwrongwrongwrongwrongwr',
      maxRetries: 0,
    })
    const refused = await caught(wrong.messages.create(hello))
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(refused).toMatchObject({ error: { type: 'error', error: { type: 'authentication_error' } } })
    const unknown = await caught(client.messages.create({ ...hello, model: 'nobody/nothing' }))
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).not.toBeInstanceOf(PermissionDeniedError)
    expect(unknown).toMatchObject({ error: { error: { type: 'not_found_error', code: 'model_not_found' } } })
  })

  it('name the member that is not supported, and what to do instead', async () => {
    const asked: [members: object, says: RegExp][] = [
      [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, /tools\.0.*a tool of your own/],
      [{ mcp_servers: [{ type: 'url', url: 'https://x.example', name: 'x' }] }, /mcp_servers.*hand their tools over/],
      [{ container: 'c1' }, /container.*leave it out/],
      [
        { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
        /send the bytes/,
      ],
      [
        { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'nobody', content: 'x' }] }] },
        /tool_use_id.*no earlier message/,
      ],
      [
        {
          messages: [
            {
              role: 'user',
              content: [{ type: 'image', source: { type: 'url', url: 'http://169.254.169.254/latest' } }],
            },
          ],
        },
        /private address/,
      ],
    ]
    for (const [members, text] of asked) {
      const error = await caught(client.messages.create({ ...hello, ...members }))
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ message: expect.stringMatching(text) })
    }
    expect(upstreams.mocks.anthropic.getRequests()).toHaveLength(0)
  })

  it('name who failed when a model does not answer', async () => {
    upstreams.mocks.anthropic.onMessage(anything, failing(500))
    const down = await caught(client.messages.create({ ...hello, messages: [{ role: 'user', content: 'Down?' }] }))
    expect(down).toMatchObject({
      status: 503,
      error: {
        error: { type: 'overloaded_error', attempts: [{ provider: 'anthropic', reason: 'server_error' }, {}, {}] },
      },
    })
  })

  it('a stream that breaks is an error event, never a short answer', async () => {
    upstreams.mocks.openai.onMessage(anything, says('one two three four five six seven eight nine'), {
      truncateAfterChunks: 10,
      latency: 25,
      chunkSize: 6,
    })
    const stream = client.messages.stream({ ...hello, model: 'openai/gpt-5.1' })
    let text = ''
    stream.on('text', (delta) => (text += delta))
    const error = await caught(stream.finalMessage())
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ error: { error: { code: 'answer_cut' } } })
    expect(text).not.toBe('')
  })
})
