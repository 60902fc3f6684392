import { randomUUID } from 'node:crypto'
import { useChat } from '@ai-sdk/vue'
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'
import { anything, failing, says, startUpstreams, takeOn, type ShownRun, type Upstreams } from '../testing/upstreams.ts'

/** The AI SDK's own chat clients, which speak its UI message stream (v1), on the running server. */
const slug = 'alpha'
let server: RunningServer
let upstreams: Upstreams
let agentId: string
beforeAll(async () => {
  upstreams = await startUpstreams()
  server = await startServer({ env: { GUILDHALL_PRIVATE_HOSTS: upstreams.hosts } })
  const { google, openai } = upstreams.mocks
  await takeOn(server, slug, { google, openai })
  agentId = await publishAgent()
})
afterAll(async () => {
  await server.stop()
  await upstreams.stop()
})
beforeEach(() => upstreams.reset())

const post = async <T>(path: string, body: unknown = {}) =>
  json<T>(await server.request(path, { method: 'POST', client: slug, body: JSON.stringify(body) }))
const get = async <T>(path: string) => json<T>(await server.request(path, { client: slug }))

/** An agent that knows one price list. */
async function publishAgent(): Promise<string> {
  const base = await post<{ id: string }>('/api/knowledge', { title: 'Handbook' })
  const list = { title: 'Price list', text: 'A haircut costs 25 euros. A shave costs 18 euros.' }
  const source = await post<{ id: string }>(`/api/knowledge/${base.id}/sources`, list)
  const state = async () => (await get<{ state: string }>(`/api/knowledge/sources/${source.id}`)).state
  await vi.waitUntil(async () => (await state()) === 'ready', { timeout: 20_000, interval: 100 })
  const draft = { instructions: 'Answer from the price list.', knowledgeBaseIds: [base.id] }
  const { id } = await post<{ id: string }>('/api/agents', { name: 'Front desk', draft })
  await post(`/api/agents/${id}/publish`)
  return id
}

interface ShownChat {
  messages: {
    id: string
    role: string
    parts: UIMessage['parts']
    metadata: { status: string; runId: string | null }
  }[]
}
const chatOf = (id: string) => get<ShownChat>(`/api/chats/${id}`)
const beginChat = async () => (await post<{ id: string }>('/api/chats', { agentId })).id

/** The AI SDK's transport as a console would set it up: the server has the history, so one message travels. */
function transportOf(chatId: string): DefaultChatTransport<UIMessage> {
  const api = `${server.url}/api/chats/${chatId}`
  const headers = { authorization: `Bearer ${server.apiKey}`, 'x-guildhall-client': slug }
  return new DefaultChatTransport<UIMessage>({
    api: `${api}/messages`,
    headers,
    prepareSendMessagesRequest: ({ messages, trigger, messageId }) => ({
      body: { message: messages.at(-1), trigger, messageId },
    }),
    prepareReconnectToStreamRequest: () => ({ api: `${api}/stream`, headers }),
  })
}

const vueChat = (id: string) => useChat({ id, transport: transportOf(id) })

const question = (text: string): UIMessage => ({ id: randomUUID(), role: 'user', parts: [{ type: 'text', text }] })
const ask = (chatId: string, text: string, abortSignal?: AbortSignal) =>
  transportOf(chatId).sendMessages({
    trigger: 'submit-message',
    chatId,
    messageId: undefined,
    messages: [question(text)],
    abortSignal,
  })

async function read(stream: ReadableStream<UIMessageChunk>): Promise<UIMessage> {
  let message: UIMessage | undefined
  for await (const state of readUIMessageStream({ stream })) message = state
  if (!message) throw new Error('The stream held no message')
  return message
}

const textOf = (message: Pick<UIMessage, 'parts'> | undefined) =>
  message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
const partOf = (message: Pick<UIMessage, 'parts'> | undefined, type: string) =>
  message?.parts.find((part) => part.type === type)

/** Ten pieces a second: time to act in the middle of an answer. */
const slowly = { chunkSize: 5, latency: 100 }
const longAnswer = 'A haircut costs 25 euros [1]. '.repeat(8).trim()

describe('readUIMessageStream', () => {
  it('reads the answer, its citations and its run', async () => {
    upstreams.mocks.google.onMessage(anything, says('A haircut costs 25 euros [1].'))
    const id = await beginChat()
    const message = await read(await ask(id, 'What does a haircut cost?'))
    expect(textOf(message)).toBe('A haircut costs 25 euros [1].')
    expect(partOf(message, 'source-document')).toMatchObject({ title: 'Price list', mediaType: 'text/plain' })
    expect(partOf(message, 'data-citations')).toMatchObject({
      data: { items: [{ marker: 1, title: 'Price list', quote: expect.stringContaining('A haircut costs 25 euros') }] },
    })
    const run = { provider: 'google', model: 'gemini-2.5-flash', source: 'fresh', fallbackReason: null, grounded: true }
    expect(partOf(message, 'data-run')).toMatchObject({ data: { ...run, tokensOut: 100, costComplete: true } })

    const kept = (await chatOf(id)).messages
    expect(kept.map(({ role }) => role)).toEqual(['user', 'assistant'])
    expect(kept[1]).toMatchObject({ id: message.id, metadata: { status: 'done' } })
    expect(kept[1]?.parts).toEqual(message.parts)
    const shown = await get<ShownRun>(`/api/runs/${kept[1]?.metadata.runId ?? ''}`)
    expect(shown.run).toMatchObject({ status: 'ok', provider: 'google' })
    // 1000 x 0.30 USD and 100 x 2.50 USD per million, and the search for the passages.
    expect(shown.run.costMicros).toBeGreaterThanOrEqual(550)
    expect(partOf(message, 'data-run')).toMatchObject({
      data: { runId: kept[1]?.metadata.runId, costMicros: shown.run.costMicros },
    })
  })

  it('is told by the run’s part who answered instead', async () => {
    upstreams.mocks.google.onMessage(anything, failing(404))
    upstreams.mocks.openai.onMessage(anything, says('18 euros [1].'))
    const message = await read(await ask(await beginChat(), 'What does a shave cost?'))
    expect(partOf(message, 'data-run')).toMatchObject({
      data: { provider: 'openai', source: 'fresh', fallbackReason: 'model_not_found' },
    })
  })

  it('gets a quotation that names itself when no provider answers', async () => {
    upstreams.mocks.google.onMessage(anything, failing(404))
    upstreams.mocks.openai.onMessage(anything, failing(404))
    const message = await read(await ask(await beginChat(), 'What is the price of a shave?'))
    expect(textOf(message)).toContain('A shave costs 18 euros. [1]')
    expect(partOf(message, 'data-notices')).toMatchObject({ data: { items: [{ kind: 'extractive' }] } })
    expect(partOf(message, 'data-run')).toMatchObject({ data: { provider: 'guildhall', source: 'extractive' } })
  })
})

describe('useChat of @ai-sdk/vue', () => {
  it('sends, goes on with what was said, and asks for another answer', async () => {
    const { google } = upstreams.mocks
    google.onMessage('haircut', says('25 euros [1].'))
    const id = await beginChat()
    const chat = vueChat(id)
    await chat.sendMessage({ text: 'What does a haircut cost?' })
    expect([chat.status.value, chat.error.value]).toEqual(['ready', undefined])
    expect(chat.messages.value.map(textOf)).toEqual(['What does a haircut cost?', '25 euros [1].'])

    google.clearFixtures().onMessage('shave', says('18 euros [1].'))
    await chat.sendMessage({ text: 'And a shave?' })
    expect(textOf(chat.messages.value.at(-1))).toBe('18 euros [1].')
    expect(JSON.stringify(google.getLastRequest()?.body)).toContain('What does a haircut cost?')

    google.clearFixtures().onMessage(anything, says('It is 18 euros [1].'))
    await chat.regenerate()
    expect(chat.messages.value).toHaveLength(4)
    expect(textOf(chat.messages.value.at(-1))).toBe('It is 18 euros [1].')
    expect((await chatOf(id)).messages.map(textOf)).toEqual(chat.messages.value.map(textOf))
  })

  it('stops: what was said stays, the provider and the run stop', async () => {
    upstreams.mocks.google.onMessage(anything, says(longAnswer), slowly)
    const id = await beginChat()
    const chat = vueChat(id)
    const sending = chat.sendMessage({ text: 'Tell me at length' })
    await expect.poll(() => textOf(chat.messages.value[1])?.length ?? 0).toBeGreaterThan(20)
    expect(await post(`/api/chats/${id}/stop`)).toEqual({ stopped: true })
    await sending
    const answer = (await chatOf(id)).messages[1]
    expect(answer?.metadata.status).toBe('cancelled')
    expect(textOf(answer)).toBe(textOf(chat.messages.value[1]))
    expect(textOf(answer)?.length).toBeLessThan(longAnswer.length)
    const shown = await get<ShownRun>(`/api/runs/${answer?.metadata.runId ?? ''}`)
    expect(shown.run.status).toBe('cancelled')
  })

  it('resumes after a lost connection, from the beginning, once more after a reload, and not after the end', async () => {
    upstreams.mocks.google.onMessage(anything, says(longAnswer), slowly)
    const id = await beginChat()
    const leaving = new AbortController()
    const lost = await ask(id, 'Tell me at length', leaving.signal)
    const reader = lost.getReader()
    while (!(await reader.read()).value?.type.startsWith('text-delta'));
    leaving.abort()
    await expect(reader.read()).rejects.toThrow()

    const [chat, reloaded] = [vueChat(id), vueChat(id)]
    await Promise.all([chat.resumeStream(), reloaded.resumeStream()])
    expect(textOf(chat.messages.value[0])).toBe(longAnswer)
    expect(reloaded.messages.value).toEqual(chat.messages.value)
    expect((await chatOf(id)).messages[1]?.parts).toEqual(chat.messages.value[0]?.parts)
    expect(await transportOf(id).reconnectToStream({ chatId: id })).toBeNull()
  })

  it('shows an answer that broke off as an error, with what was said before it', async () => {
    upstreams.mocks.google.onMessage(anything, says(longAnswer), { ...slowly, latency: 25, truncateAfterChunks: 4 })
    const id = await beginChat()
    const chat = vueChat(id)
    await chat.sendMessage({ text: 'Tell me at length' })
    expect(chat.status.value).toBe('error')
    expect(chat.error.value?.message).toContain('broke off')
    expect(textOf(chat.messages.value[1])).not.toBe('')
    expect((await chatOf(id)).messages[1]).toMatchObject({ metadata: { status: 'failed' } })
  })

  it('gets refusals as problem details', async () => {
    const chat = vueChat(randomUUID())
    await chat.sendMessage({ text: 'Anybody?' })
    expect(chat.status.value).toBe('error')
    expect(JSON.parse(chat.error.value?.message ?? '')).toMatchObject({ status: 404, title: 'Not found' })
  })
})
