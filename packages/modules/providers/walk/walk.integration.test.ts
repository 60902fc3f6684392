import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProviderRoute } from '../operations/create-provider-route.ts'
import { restartOf } from '../restart.ts'
import { chatChunks, sendEvents } from '../testing/own-upstream.ts'
import { startProviderLab, type ProviderLab } from '../testing/provider-lab.ts'

/** What the state machine does under the rules of a route. */
let lab: ProviderLab
const admitted: { requested: string | null; tokens: number }[] = []
const settled: { tokens: number; costMicros: number | null }[] = []
let downgradeTo: string | null = null

beforeAll(async () => {
  lab = await startProviderLab(
    // Long enough for a busy machine; what is to be too slow is slow enough.
    { firstTokenMs: 3_000, answerMs: 4_000, idleMs: 3_000, totalMs: 12_000 },
    {},
    {
      limits: {
        mayName: () => true,
        attribution: (_ctx, named) => ({ ...named, userId: null }),
        admit(_ctx, { requested, estimate }) {
          admitted.push({ requested, tokens: estimate.tokens })
          return {
            downgradeTo: requested === 'cheap' ? null : downgradeTo,
            headers: { 'x-ratelimit-limit-requests': '60' },
            settle: (actual) => void settled.push(actual),
          }
        },
      },
    },
  )
  await lab.connect(lab.app.clients[0], ['own', 'openai', 'google'])
  const owner = lab.app.as('owner', lab.app.clients[0])
  const own = { provider: 'own', model: 'local-chat' }
  const openai = { provider: 'openai', model: 'gpt-5.1', rank: 2 }
  for (const [alias, rules] of [
    ['restarts', { afterFirstToken: 'restart' }],
    ['stops', { afterFirstToken: 'stop' }],
    ['hedges', { hedge: true, attempts: 1 }],
    ['impatient', { firstTokenMs: 600, attempts: 1 }],
    ['private', { payloads: false }],
  ] as const)
    await lab.app.run(createProviderRoute, { alias, targets: [own, openai], rules }, owner)
  await lab.app.run(createProviderRoute, { alias: 'alone', targets: [own], rules: { attempts: 1 } }, owner)
  await lab.app.run(createProviderRoute, { alias: 'cheap', targets: [openai] }, owner)
})
afterAll(() => lab.stop())
beforeEach(() => {
  lab.reset(lab.app.clients[0])
  lab.openai.onMessage(/[\s\S]*/, { content: 'From the second.', usage: { input_tokens: 9, output_tokens: 4 } })
  admitted.length = 0
  settled.length = 0
  downgradeTo = null
})

const prompt = () => [
  { role: 'user' as const, content: [{ type: 'text' as const, text: `Question ${Math.random()}` }] },
]
const wordsOf = (parts: readonly LanguageModelV4StreamPart[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')
const whole = (response: Parameters<typeof sendEvents>[0]) =>
  sendEvents(response, chatChunks(['From ', 'the first.'], { finish: 'stop', done: true }), 'end')

async function start(model: string, request: { mayRestart?: boolean } = {}) {
  const run = await lab.ctx.services.runs.start(lab.ctx, { kind: 'chat', title: model })
  const language = await lab.ctx.services.providers.languageModel(lab.ctx, { model, run, ...request })
  const tried = async () =>
    (await lab.attemptsOf(run.id)).map(({ provider, outcome, reason }) => [provider, outcome, reason])
  return { run, language, tried }
}

test('an answer that breaks off begins again for a reader who allows it, with a mark between, both charged', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half of ', 'the ']), 'cut')
  const { language, tried, run } = await start('restarts', { mayRestart: true })
  const parts = await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  const at = parts.findIndex((part) => restartOf(part) !== null)
  expect(wordsOf(parts.slice(0, at))).toBe('Half of the ')
  expect(wordsOf(parts.slice(at))).toBe('From the second.')
  expect(restartOf(parts[at] ?? { type: 'raw', rawValue: null })).toEqual({
    type: 'guildhall-restart',
    from: { provider: 'own', model: 'local-chat', reason: 'cut' },
    to: { provider: 'openai', model: 'gpt-5.1' },
  })
  // What was open is ended before it.
  expect(parts.slice(0, at).filter((part) => part.type === 'text-end')).toHaveLength(1)
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
  expect(await tried()).toEqual([
    ['own', 'failed', 'cut'],
    ['openai', 'ok', 'cut'],
  ])
  const [first, second] = await lab.attemptsOf(run.id)
  expect(first).toMatchObject({ tokensEstimated: true })
  expect(first?.tokensOut).toBeGreaterThan(0)
  expect(second).toMatchObject({ tokensIn: 9, tokensOut: 4, tokensEstimated: false })
  expect(language.answered()).toMatchObject({ provider: 'openai', attempts: 2 })
  expect((await lab.stepsOf(run.id))[0]?.status).toBe('ok')
})

for (const [model, mayRestart] of [
  ['restarts', false],
  ['stops', true],
] as const)
  test(`an answer of ${model} ends with an error for a reader who ${mayRestart ? 'would follow' : 'could not follow'}`, async () => {
    lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half ']), 'cut')
    const { language, tried, run } = await start(model, { mayRestart })
    const parts = await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
    expect(wordsOf(parts)).toBe('Half ')
    expect(parts.find((part) => part.type === 'error')).toMatchObject({ error: { type: 'answer-cut' } })
    expect(await tried()).toEqual([['own', 'failed', 'cut']])
    expect((await lab.stepsOf(run.id))[0]?.status).toBe('failed')
  })

test('a reader who leaves while the answer begins again stops the second provider', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half ']), 'cut')
  lab.openai.clearFixtures()
  lab.openai.onMessage(/[\s\S]*/, { content: 'late' }, { chaos: { latencyMs: 350 } })
  const { language, tried, run } = await start('restarts', { mayRestart: true })
  const reader = (await language.doStream({ prompt: prompt() })).stream.getReader()
  while (true) {
    const { value } = await reader.read()
    if (value?.type === 'text-delta' && value.delta !== '') break
  }
  setTimeout(() => void reader.cancel('left'), 100)
  await reader.read().catch(() => undefined)
  await run.end('cancelled')
  expect(await tried()).toEqual([
    ['own', 'failed', 'cut'],
    ['openai', 'cancelled', 'cancelled'],
  ])
  expect(settled).toHaveLength(1)
})

test('the first token has as long as the route says', async () => {
  lab.own.answer = (_request, response) => void setTimeout(() => void whole(response), 1_500)
  const { language, tried } = await start('impatient')
  const parts = await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('From the second.')
  expect(await tried()).toEqual([
    ['own', 'failed', 'timeout'],
    ['openai', 'ok', 'timeout'],
  ])
})

test('slower than usual: the second is asked as well, the faster one answers, the other is stopped and charged', async () => {
  lab.own.answer = (_request, response) => void whole(response)
  for (let call = 0; call < 20; call++) {
    const { language } = await start('hedges')
    await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  }
  expect(lab.openai.getRequests()).toHaveLength(0)
  const stopped = lab.own.aborted
  lab.own.answer = (_request, response) => void setTimeout(() => void whole(response), 2_500)
  const { language, tried, run } = await start('hedges')
  const parts = await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  expect(wordsOf(parts)).toBe('From the second.')
  expect(await tried()).toEqual([
    ['own', 'cancelled', 'hedged'],
    ['openai', 'ok', 'hedged'],
  ])
  expect((await lab.attemptsOf(run.id))[0]).toMatchObject({ tokensEstimated: true })
  await expect.poll(() => lab.own.aborted).toBe(stopped + 1)
})

test('all cooling down: a typed 503 with the time until the soonest, and who failed and how', async () => {
  lab.own.answer = (_request, response) => void response.writeHead(429, { 'retry-after': '20' }).end('{}')
  const first = await start('alone')
  await expect(first.language.doGenerate({ prompt: prompt() })).rejects.toMatchObject({
    type: 'providers-unavailable',
    extensions: { attempts: [{ provider: 'own', model: 'local-chat', reason: 'rate_limited', status: 429 }] },
  })
  const second = await start('alone')
  const started = performance.now()
  const refused: unknown = await Promise.resolve(second.language.doGenerate({ prompt: prompt() })).catch(
    (error: unknown) => error,
  )
  expect(refused).toMatchObject({
    status: 503,
    type: 'all-targets-cooling-down',
    extensions: { attempts: [{ provider: 'own', reason: 'circuit_open' }] },
  })
  expect(performance.now() - started).toBeLessThan(500)
  const { headers } = refused as { headers: Record<string, string> }
  expect(Number(headers['retry-after'])).toBeGreaterThan(15)
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(20)
  expect(lab.own.requests).toHaveLength(1)
})

test('a route of one target does not lock itself out: it is tried before its cooldown is over', async () => {
  lab.own.answer = (_request, response) => void response.writeHead(500).end('{}')
  for (let call = 0; call < 2; call++) {
    const { language } = await start('alone')
    await expect(language.doGenerate({ prompt: prompt() })).rejects.toMatchObject({ status: 503 })
  }
  lab.own.answer = (_request, response) => void whole(response)
  const { language, tried } = await start('alone')
  expect(wordsOf(await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream))).toBe('From the first.')
  expect(await tried()).toEqual([['own', 'ok', null]])
})

test('limits are asked before a call and told once after it what it came to', async () => {
  const { language, tried } = await start('cheap')
  await language.doGenerate({ prompt: prompt(), maxOutputTokens: 100 })
  expect(admitted).toEqual([{ requested: 'cheap', tokens: expect.any(Number) }])
  expect(admitted[0]?.tokens).toBeGreaterThan(100)
  // 9 x 1.25 USD and 4 x 10 USD per million.
  expect(settled).toEqual([{ tokens: 13, costMicros: 51 }])
  expect(language.answered()).toMatchObject({ limits: { 'x-ratelimit-limit-requests': '60' }, costMicros: 51 })
  expect(await tried()).toEqual([['openai', 'ok', null]])
})

test('attempts that may have cost are part of what the limits are told', async () => {
  lab.own.answer = (_request, response) => void setTimeout(() => void whole(response), 1_500)
  const { language } = await start('impatient')
  await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  expect(settled).toHaveLength(1)
  // Nobody knows what the local model costs.
  expect(settled[0]?.costMicros).toBeNull()
  expect(settled[0]?.tokens).toBeGreaterThan(13)
})

test('a spent budget asks the cheaper route instead', async () => {
  lab.own.answer = (_request, response) => void whole(response)
  downgradeTo = 'cheap'
  const { language, run } = await start('stops')
  await language.doGenerate({ prompt: prompt() })
  expect(language.answered()).toMatchObject({ provider: 'openai', route: 'cheap' })
  expect((await lab.stepsOf(run.id))[0]?.facts).toMatchObject({ downgradedFrom: 'stops' })
  expect(lab.own.requests).toHaveLength(0)
})

test('a route without payloads leaves no words in the journal', async () => {
  lab.own.answer = (_request, response) => void whole(response)
  const { language, run } = await start('private')
  await Array.fromAsync((await language.doStream({ prompt: prompt() })).stream)
  expect((await lab.stepsOf(run.id))[0]).toMatchObject({ inputHash: null, outputHash: null, status: 'ok' })
})
