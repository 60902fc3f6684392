import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { generateText } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listProviders } from './operations/list-providers.ts'
import { updateProviderChain } from './operations/update-provider-chain.ts'
import { chatChunks, sendEvents } from './testing/own-upstream.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

/** Faults that no mock library plays: written byte by byte, on an OpenAI-compatible server. */
let lab: ProviderLab
beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.clients[0], ['own', 'openai'])
  const targets = [
    { provider: 'own', model: 'local-chat' },
    { provider: 'openai', model: 'gpt-5.1' },
  ]
  await lab.app.run(updateProviderChain, { targets }, lab.app.as('owner', lab.app.clients[0]))
})
afterAll(() => lab.stop())
beforeEach(() => {
  lab.reset(lab.app.clients[0])
  lab.openai.onMessage(/[\s\S]*/, { content: 'From the second.' })
})

const prompt = () => [
  { role: 'user' as const, content: [{ type: 'text' as const, text: `Question ${Math.random()}` }] },
]

async function start() {
  const run = await lab.ctx.services.runs.start(lab.ctx, { kind: 'chat', title: 'fault' })
  const model = await lab.ctx.services.providers.languageModel(lab.ctx, { model: 'default', run })
  return {
    run,
    model,
    tried: async () =>
      (await lab.attemptsOf(run.id)).map(({ provider, outcome, reason }) => [provider, outcome, reason]),
  }
}

const wordsOf = (parts: readonly LanguageModelV4StreamPart[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')

test('a whole stream passes, with its usage counted here when the server sends none', async () => {
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(['Hello ', 'there.'], { finish: 'stop', done: true }), 'end')
  const { run, model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('Hello there.')
  expect(await tried()).toEqual([['own', 'ok', null]])
  const [attempt] = await lab.attemptsOf(run.id)
  expect(attempt).toMatchObject({ tokensEstimated: true, costMicros: null })
  expect(attempt?.tokensOut).toBeGreaterThan(0)
  expect(await run.end('ok')).toMatchObject({ costComplete: false })
})

test('a clean end without a finish reason is a fault, not a complete answer', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half of the ']), 'end')
  const { model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('Half of the ')
  expect(parts.find((part) => part.type === 'error')).toMatchObject({ error: { type: 'answer-cut' } })
  expect((await tried()).map(([, outcome]) => outcome)).toEqual(['failed'])
})

test('a clean end before any content goes to the next target', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks([]), 'end')
  const { model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('From the second.')
  expect((await tried()).at(-1)?.slice(0, 2)).toEqual(['openai', 'ok'])
})

test('an error event before any content goes to the next target', async () => {
  const event = `data: ${JSON.stringify({ error: { message: 'The engine is currently overloaded', type: 'server_error', code: 'overloaded' } })}\n\n`
  lab.own.answer = (_request, response) => void sendEvents(response, [event], 'end')
  const { model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('From the second.')
  expect((await tried())[0]).toEqual(['own', 'failed', 'overloaded'])
})

test('a stream that falls silent is ended as a fault', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['And then ']), 'silence')
  const { model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('And then ')
  expect(parts.find((part) => part.type === 'error')).toMatchObject({
    error: { type: 'answer-cut', extensions: { reason: 'timeout' } },
  })
  expect(await tried()).toEqual([['own', 'failed', 'timeout']])
})

test('a slow stream whose parts keep coming is left alone', async () => {
  const words = Array.from({ length: 6 }, (_, index) => `word${index} `)
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(words, { finish: 'stop', done: true }), 'end', 70)
  const { model, tried } = await start()
  const parts = await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe(words.join(''))
  expect(await tried()).toEqual([['own', 'ok', null]])
})

test('a reset connection is retried, then the next target answers', async () => {
  lab.own.answer = (_request, response) => void response.destroy()
  const { model, tried } = await start()
  expect((await generateText({ model, prompt: 'x', maxRetries: 0 })).text).toBe('From the second.')
  expect(await tried()).toEqual([
    ['own', 'failed', 'cut'],
    ['own', 'failed', 'cut'],
    ['own', 'failed', 'cut'],
    ['openai', 'ok', 'cut'],
  ])
})

test('a 429 without Retry-After is retried after a jittered pause', async () => {
  let calls = 0
  lab.own.answer = (_request, response) => {
    if (++calls === 1)
      response
        .writeHead(429, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { message: 'slow down' } }))
    else void sendEvents(response, chatChunks(['Now.'], { finish: 'stop', done: true }), 'end')
  }
  const { model, tried } = await start()
  expect(wordsOf(await Array.fromAsync((await model.doStream({ prompt: prompt() })).stream))).toBe('Now.')
  expect(await tried()).toEqual([
    ['own', 'failed', 'rate_limited'],
    ['own', 'ok', null],
  ])
})

test('malformed JSON is a fault of the target', async () => {
  lab.own.answer = (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [')
  const { model, tried } = await start()
  expect((await generateText({ model, prompt: 'x', maxRetries: 0 })).text).toBe('From the second.')
  expect((await tried())[0]).toEqual(['own', 'failed', 'bad_response'])
})

test('a reader who leaves in the middle stops the provider, and what was sent is settled', async () => {
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(Array.from({ length: 200 }, () => 'word ')), 'end', 10)
  const before = lab.own.aborted
  const { run, model, tried } = await start()
  const reader = (await model.doStream({ prompt: prompt() })).stream.getReader()
  for (let parts = 0; parts < 6; parts++) await reader.read()
  await reader.cancel('left')
  await run.end('cancelled')
  expect(await tried()).toEqual([['own', 'cancelled', 'cancelled']])
  await expect.poll(() => lab.own.aborted).toBe(before + 1)
})

test('a JSON schema reaches a compatible server', async () => {
  lab.own.answer = (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: '{"a":1}' }, finish_reason: 'stop' }],
      }),
    )
  const { model } = await start()
  const schema = { type: 'object' as const, properties: { a: { type: 'number' as const } } }
  await model.doGenerate({ prompt: prompt(), responseFormat: { type: 'json', schema, name: 'answer' } })
  expect(JSON.parse(lab.own.requests[0]?.body ?? '')).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { schema } },
  })
})

test('a refused connection is told apart, and the list of providers shows it', async () => {
  const { app } = lab
  const [, beta] = app.clients
  await lab.connect(beta, ['own'])
  const ctx = app.context(app.as('owner', beta))
  const port = lab.own.host
  await lab.own.stop()
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: port })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'own/local-chat', run })
  await expect(generateText({ model, prompt: 'x', maxRetries: 0 })).rejects.toMatchObject({
    status: 503,
    type: 'providers-unavailable',
    extensions: { attempts: [{ reason: 'refused' }, { reason: 'refused' }, { reason: 'refused' }] },
  })
  await run.end('failed')
  const { items } = await app.run(listProviders, {}, app.as('viewer', beta))
  expect(items.find((item) => item.kind === 'own')).toMatchObject({ state: 'failing', configured: 'here' })
})
