import type { Caller } from '@guildhall/kernel'
import type { UIMessageChunk } from 'ai'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markInterrupted } from './chat/mark-interrupted.ts'
import { createAgent } from './operations/create-agent.ts'
import { createChat } from './operations/create-chat.ts'
import { getChat } from './operations/get-chat.ts'
import { listChats } from './operations/list-chats.ts'
import { removeChat } from './operations/remove-chat.ts'
import { renameChat } from './operations/rename-chat.ts'
import { chatMessages } from './schema.ts'
import { chatClient, dataOf, read, textOf } from './testing/chat-client.ts'
import { gatewayOf, says } from './testing/gateway-of.ts'
import { knowledgeOf } from './testing/knowledge-of.ts'
import { startAgents, type AgentsRuntime } from './testing/start-agents.ts'

const gateway = gatewayOf()
let lab: AgentsRuntime
beforeAll(async () => {
  lab = await startAgents({ knowledge: knowledgeOf({}), providers: gateway })
})
afterAll(() => lab.app.stop())

/** Resolves when the answer has begun to speak. */
async function firstWord(stream: ReadableStream<UIMessageChunk> | null): Promise<void> {
  for await (const chunk of stream ?? []) if (chunk.type === 'text-delta') return
  throw new Error('The answer ended without a word')
}

/** A place where a script waits until the test lets it go on. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { wait: () => promise, open: resolve }
}

describe('a chat', () => {
  test('answers one question at a time', async () => {
    const held = gate()
    gateway.play(says('Slow', held.wait, ' answer.'))
    const id = await lab.chatWith()
    const results = await Promise.allSettled([lab.client().ask(id, 'One'), lab.client().ask(id, 'Two')])
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = results.find((result) => result.status === 'rejected')
    expect(String(refused?.reason)).toContain('answer-in-progress')
    expect((await lab.chat(id)).answering).toBe(true)
    held.open()
    const first = results.find((result) => result.status === 'fulfilled')
    expect(textOf((await read(first?.value ?? null)).message)).toBe('Slow answer.')
    expect((await lab.chat(id)).messages).toHaveLength(2)
  })

  test('can be left and come back to in the middle of an answer, which goes on meanwhile', async () => {
    const held = gate()
    gateway.play(says('Begin', held.wait, 'ning and end.'))
    const id = await lab.chatWith()
    const left = await lab.client().ask(id, 'Tell me a story')
    await left.cancel()
    const resumed = await lab.client().resume(id)
    const again = await lab.client().resume(id)
    held.open()
    const { message } = await read(resumed)
    expect(textOf(message)).toBe('Beginning and end.')
    expect((await read(again)).message).toEqual(message)
    expect(await lab.client().resume(id)).toBeNull()
    expect((await lab.chat(id)).messages[1]?.parts).toEqual(message.parts)
  })

  test('is stopped by its own request only, and keeps what was said', async () => {
    const held = gate()
    gateway.play(says('Half of', held.wait, ' it'))
    const id = await lab.chatWith()
    const reading = read(await lab.client().ask(id, 'Everything, please'))
    await firstWord(await lab.client().resume(id))
    expect(await lab.client().stop(id)).toEqual({ stopped: true })
    const { message, chunks } = await reading
    expect(chunks.some((chunk) => chunk.type === 'abort')).toBe(true)
    expect(gateway.calls[0]?.abortSignal?.aborted).toBe(true)
    const answer = (await lab.chat(id)).messages[1]
    expect(answer).toMatchObject({ metadata: { status: 'cancelled' } })
    expect(textOf(answer as never)).toBe('Half of')
    expect(dataOf(message, 'run')).toMatchObject({ provider: 'test' })
    expect(await lab.client().stop(id)).toEqual({ stopped: false })
  })

  test('stores what was said while it is said, so that a crash keeps it', async () => {
    const held = gate()
    gateway.play(says('Said before', held.wait, ' the crash'))
    const id = await lab.chatWith()
    const reading = read(await lab.client().ask(id, 'Quick'))
    await expect
      .poll(async () => textOf((await lab.chat(id)).messages[1] as never), { timeout: 5000 })
      .toBe('Said before')
    expect((await lab.chat(id)).messages[1]?.metadata).toMatchObject({ status: 'streaming', runId: expect.any(String) })
    held.open()
    await reading
  })

  test('says of an answer whose process died that it was interrupted, and goes on', async () => {
    gateway.play(says('Fine.'))
    const id = await lab.chatWith()
    await read(await lab.client().ask(id, 'One'))
    // As a killed process leaves it behind.
    await lab.app.context(lab.member).transaction(({ db }) =>
      db
        .update(chatMessages)
        .set({ status: 'streaming', leaseUntil: new Date(Date.now() + 20_000), writer: `elsewhere:1:x` })
        .where(and(eq(chatMessages.chatId, id), eq(chatMessages.role, 'assistant'))),
    )
    expect(await markInterrupted(lab.app.runtime)).toBe(0)
    await expect(lab.client().ask(id, 'Two')).rejects.toThrow('answer-in-progress')
    await lab.app.context(lab.member).transaction(({ db }) =>
      db
        .update(chatMessages)
        .set({ leaseUntil: new Date(Date.now() - 1000) })
        .where(eq(chatMessages.chatId, id)),
    )
    expect((await lab.chat(id)).messages[1]?.metadata.status).toBe('interrupted')
    expect(await markInterrupted(lab.app.runtime)).toBe(1)
    expect((await lab.chat(id)).messages[1]?.metadata.status).toBe('interrupted')
    await read(await lab.client().ask(id, 'Two'))
    expect((await lab.chat(id)).messages).toHaveLength(4)
  })

  test('gives the last answer again, and keeps the old one as history', async () => {
    gateway.play(says('First try.'), says('Second try.'))
    const id = await lab.chatWith()
    const first = await read(await lab.client().ask(id, 'Try'))
    const second = await read(await lab.client().regenerate(id, first.message.id))
    expect(second.message.id).not.toBe(first.message.id)
    expect(gateway.calls[1]?.prompt.slice(1)).toMatchObject([{ role: 'user' }])
    const now = await lab.chat(id)
    expect(now.messages.map((message) => textOf(message as never))).toEqual(['Try', 'Second try.'])
    const all = await lab.app.run(getChat, { id, history: true }, lab.member)
    expect(all.messages.map((message) => message.metadata.superseded)).toEqual([false, true, false])
    await expect(lab.client().regenerate(id, 'no-such-message')).rejects.toThrow('not-found')
  })

  test('takes a corrected question in place of the old one', async () => {
    gateway.play(says('Answer.'))
    const id = await lab.chatWith()
    await read(await lab.client().ask(id, 'Wrng', { id: 'q1' }))
    await expect(lab.client().ask(id, 'Wrong', { id: 'q1' })).rejects.toThrow('conflict')
    await read(await lab.client().ask(id, 'Right', { id: 'q1', replace: true }))
    expect((await lab.chat(id)).messages.map((message) => textOf(message as never))).toEqual(['Right', 'Answer.'])
    expect((await lab.app.run(getChat, { id, history: true }, lab.member)).messages).toHaveLength(4)
  })

  test('names the field of a request that is not one', async () => {
    const id = await lab.chatWith()
    const send = async (body: string) => {
      const response = await lab.client().fetch(`/api/chats/${id}/messages`, { method: 'POST', body })
      return [response.status, ((await response.json()) as { errors?: { field: string }[] }).errors?.[0]?.field]
    }
    const user = { id: 'q', role: 'user' }
    expect(await send('{')).toEqual([400, ''])
    expect(await send('[]')).toEqual([400, ''])
    expect(await send('{}')).toEqual([400, 'message'])
    expect(await send(JSON.stringify({ message: { ...user, parts: [] } }))).toEqual([400, 'message.parts'])
    expect(await send(JSON.stringify({ message: { ...user, parts: [{ type: 'file', url: 'x' }] } }))).toEqual([
      400,
      'message.parts.0',
    ])
    expect(await send(JSON.stringify({ messages: [{ id: 'a', role: 'assistant', parts: [] }] }))).toEqual([
      400,
      'messages.0.role',
    ])
    expect(
      await send(JSON.stringify({ message: { ...user, parts: [{ type: 'text', text: 'x'.repeat(32_001) }] } })),
    ).toEqual([400, 'message.parts'])
    expect(await send(JSON.stringify({ trigger: 'regenerate-message' }))).toEqual([409, undefined])
    expect((await lab.chat(id)).messages).toEqual([])
  })

  test('is read from its end, page by page', async () => {
    gateway.play(says('Yes.'))
    const id = await lab.chatWith()
    for (const question of ['One', 'Two', 'Three']) await read(await lab.client().ask(id, question))
    const last = await lab.app.run(getChat, { id, limit: 2 }, lab.member)
    expect(last.messages.map((message) => textOf(message as never))).toEqual(['Three', 'Yes.'])
    expect(last.hasEarlier).toBe(true)
    const before = last.messages[0]?.id ?? ''
    const first = await lab.app.run(getChat, { id, limit: 4, before }, lab.member)
    expect(first.messages.map((message) => textOf(message as never))).toEqual(['One', 'Yes.', 'Two', 'Yes.'])
    expect(first.hasEarlier).toBe(false)
  })

  test('is found by its title and by what was said in it', async () => {
    gateway.play(says('The pomegranate season begins in autumn.'))
    const id = await lab.chatWith()
    await read(await lab.client().ask(id, 'When is the fruit ready?'))
    const found = async (q: string) => (await lab.app.run(listChats, { q }, lab.member)).items.map((item) => item.id)
    expect(await found('fruit ready')).toContain(id)
    expect(await found('pomegra')).toContain(id)
    expect(await found("season's & (autumn")).toEqual([])
    expect(await found('autumn pomegranate')).toContain(id)
    expect(await found('banana')).not.toContain(id)
    await lab.app.run(renameChat, { id, title: 'Harvest', archived: true }, lab.member)
    expect(await found('Harvest')).toEqual([])
    expect((await lab.app.run(listChats, { archived: true, mine: true }, lab.member)).items).toMatchObject([
      { id, title: 'Harvest' },
    ])
  })

  test('belongs to the one who began it, and is deleted with its messages', async () => {
    gateway.play(says('Yes.'))
    const id = await lab.chatWith()
    const other = lab.app.as('member', lab.app.clients[0], {
      id: 'user-2',
      name: 'Other Person',
      email: 'other@example.test',
    })
    await expect(chatClient(lab.app, other).ask(id, 'May I?')).rejects.toThrow('belongs to Test Person')
    await expect(lab.app.run(removeChat, { id }, other)).rejects.toMatchObject({ status: 403 })
    await read(await lab.client().ask(id, 'One'))
    await lab.app.run(removeChat, { id }, lab.member)
    await expect(lab.chat(id)).rejects.toMatchObject({ status: 404 })
    const left = await lab.app
      .context(lab.member)
      .transaction(({ db }) => db.$count(chatMessages, eq(chatMessages.chatId, id)))
    expect(left).toBe(0)
  })

  test('is not there for another tenant, in no way', async () => {
    const id = await lab.chatWith()
    const stranger = lab.app.as('owner', lab.app.clients[1])
    const theirs = chatClient(lab.app, stranger)
    await expect(theirs.ask(id, 'Hello')).rejects.toThrow('not-found')
    await expect(theirs.regenerate(id)).rejects.toThrow('not-found')
    await expect(theirs.resume(id)).rejects.toThrow('not-found')
    expect(await theirs.stop(id)).toMatchObject({ status: 404 })
    await expect(lab.app.run(getChat, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(lab.app.run(removeChat, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(lab.app.run(renameChat, { id, title: 'x' }, stranger)).rejects.toMatchObject({ status: 404 })
    const agentId = await lab.agentWith({})
    await expect(lab.app.run(createChat, { agentId }, stranger)).rejects.toMatchObject({ status: 404 })
    expect((await lab.app.run(listChats, {}, stranger)).items).toEqual([])
  })

  test('with a draft is for those who may edit it', async () => {
    const { id: agentId } = await lab.app.run(createAgent, { name: 'Draft', draft: {} }, lab.member)
    await expect(lab.app.run(createChat, { agentId }, lab.member)).rejects.toMatchObject({ status: 409 })
    const narrow: Caller = { ...lab.member, scopes: ['chats:use'] }
    await expect(lab.app.run(createChat, { agentId, draft: true }, narrow)).rejects.toMatchObject({ status: 400 })
    expect(await lab.app.run(createChat, { agentId, draft: true }, lab.member)).toMatchObject({ agentVersion: null })
  })
})
