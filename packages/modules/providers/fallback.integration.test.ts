import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { generateText, streamText } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

let lab: ProviderLab
beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.clients[0], ['google', 'openai', 'anthropic'])
})
afterAll(() => lab.stop())
beforeEach(() => lab.reset(lab.app.clients[0]))

const usage = {
  input_tokens: 50,
  output_tokens: 7,
  prompt_tokens: 50,
  completion_tokens: 7,
  total_tokens: 57,
  promptTokenCount: 50,
  candidatesTokenCount: 7,
  totalTokenCount: 57,
}
const anything = /[\s\S]*/
const failing = (status: number, retryAfter?: number) => ({
  error: { message: `status ${status}`, type: 'test' },
  status,
  ...(retryAfter === undefined ? {} : { retryAfter }),
})

async function ask(
  question = `How are you at ${Math.random()}?`,
  passages?: { id: string; title: string; text: string }[],
) {
  const { ctx } = lab
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: question })
  const model = await ctx.services.providers.languageModel(ctx, {
    model: 'default',
    run,
    ...(passages ? { passages } : {}),
  })
  const settle = async () => {
    const totals = await run.end('ok')
    return { totals, attempts: await lab.attemptsOf(run.id), row: await lab.runOf(run.id), answered: model.answered() }
  }
  return { run, model, question, settle }
}

const tried = (attempts: { provider: string; outcome: string; reason: string | null }[]) =>
  attempts.map(({ provider, outcome, reason }) => [provider, outcome, reason])

test('the first of the chain answers, with its tokens and its price', async () => {
  lab.google.onMessage(anything, { content: 'I am well.', usage })
  const { model, question, settle } = await ask()
  expect((await generateText({ model, prompt: question, maxRetries: 0 })).text).toBe('I am well.')
  const { attempts, answered, totals } = await settle()
  expect(tried(attempts)).toEqual([['google', 'ok', null]])
  expect(answered).toMatchObject({
    provider: 'google',
    model: 'gemini-2.5-flash',
    source: 'fresh',
    fallbackReason: null,
  })
  expect(totals).toMatchObject({ tokensIn: 50, tokensOut: 7, costComplete: true })
  // 50 x 0.30 USD and 7 x 2.50 USD per million.
  expect(totals.costMicros).toBe(33)
})

for (const status of [500, 503, 529])
  test(`a ${status} is retried at the same target, then the next one answers`, async () => {
    lab.google.onMessage(anything, failing(status))
    lab.openai.onMessage(anything, { content: 'Instead.', usage })
    const { model, question, settle } = await ask()
    expect(await streamText({ model, prompt: question, maxRetries: 0 }).text).toBe('Instead.')
    const { attempts, answered, row } = await settle()
    expect(attempts.map((attempt) => [attempt.provider, attempt.status])).toEqual([
      ['google', status],
      ['google', status],
      ['google', status],
      ['openai', null],
    ])
    expect(answered?.fallbackReason).toBe(status === 529 ? 'overloaded' : 'server_error')
    expect(row).toMatchObject({
      provider: 'openai',
      model: 'gpt-5.1',
      attempts: 4,
      fallbackReason: answered?.fallbackReason,
    })
  })

test('a 429 without Retry-After is retried with backoff and may succeed', async () => {
  let calls = 0
  lab.google.onMessage(anything, () => (++calls < 3 ? failing(429, 0) : { content: 'At last.', usage }))
  const { model, question, settle } = await ask()
  expect((await generateText({ model, prompt: question, maxRetries: 0 })).text).toBe('At last.')
  const { attempts, answered } = await settle()
  expect(tried(attempts)).toEqual([
    ['google', 'failed', 'rate_limited'],
    ['google', 'failed', 'rate_limited'],
    ['google', 'ok', null],
  ])
  expect(answered?.fallbackReason).toBeNull()
})

test('a short Retry-After is waited for', async () => {
  let calls = 0
  lab.google.onMessage(anything, () => (++calls < 2 ? failing(429, 1) : { content: 'After a second.', usage }))
  const { model, question, settle } = await ask()
  const started = performance.now()
  expect((await generateText({ model, prompt: question, maxRetries: 0 })).text).toBe('After a second.')
  expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
  await settle()
})

test('a long Retry-After is not waited for: the next target answers, and the limited one is left alone', async () => {
  lab.google.onMessage(anything, failing(429, 30))
  lab.openai.onMessage(anything, { content: 'At once.', usage })
  const first = await ask()
  const started = performance.now()
  expect((await generateText({ model: first.model, prompt: first.question, maxRetries: 0 })).text).toBe('At once.')
  expect(performance.now() - started).toBeLessThan(1000)
  expect(tried((await first.settle()).attempts)).toEqual([
    ['google', 'failed', 'rate_limited'],
    ['openai', 'ok', 'rate_limited'],
  ])

  const second = await ask()
  await generateText({ model: second.model, prompt: second.question, maxRetries: 0 })
  expect(tried((await second.settle()).attempts)).toEqual([
    ['google', 'failed', 'circuit_open'],
    ['openai', 'ok', 'circuit_open'],
  ])
  expect(lab.google.getRequests()).toHaveLength(1)
})

test('a refused key opens its circuit and the next target answers', async () => {
  lab.google.onMessage(anything, failing(401))
  lab.openai.onMessage(anything, { content: 'With another key.', usage })
  for (const expected of ['key_rejected', 'circuit_open']) {
    const { model, question, settle } = await ask()
    await generateText({ model, prompt: question, maxRetries: 0 })
    expect(tried((await settle()).attempts)).toEqual([
      ['google', 'failed', expected],
      ['openai', 'ok', expected],
    ])
  }
  expect(lab.google.getRequests()).toHaveLength(1)
})

test('a server that answers nothing in time is given up, and the time is charged as an estimate', async () => {
  lab.google.onMessage(anything, { content: 'Too late.' }, { chaos: { latencyMs: 3_000 } })
  lab.openai.onMessage(anything, { content: 'In time.', usage })
  const { model, question, settle } = await ask()
  expect(await streamText({ model, prompt: question, maxRetries: 0 }).text).toBe('In time.')
  const { attempts } = await settle()
  expect(tried(attempts)).toEqual([
    ['google', 'failed', 'timeout'],
    ['openai', 'ok', 'timeout'],
  ])
  expect(attempts[0]).toMatchObject({ tokensEstimated: true })
  expect(attempts[0]?.costMicros).toBeGreaterThan(0)
})

test('a request that every provider would refuse is not sent to the next one', async () => {
  lab.google.onMessage(anything, failing(400))
  lab.openai.onMessage(anything, { content: 'never', usage })
  const { model, question, run } = await ask()
  await expect(generateText({ model, prompt: question, maxRetries: 0 })).rejects.toMatchObject({
    status: 400,
    type: 'provider-refused-request',
  })
  expect(lab.openai.getRequests()).toHaveLength(0)
  await run.end('failed')
})

test('a prompt that is too long for one model goes to the next', async () => {
  lab.google.onMessage(anything, {
    error: { message: 'The input token count exceeds the maximum number of tokens allowed' },
    status: 400,
  })
  lab.openai.onMessage(anything, { content: 'It fits.', usage })
  const { model, question, settle } = await ask()
  expect((await generateText({ model, prompt: question, maxRetries: 0 })).text).toBe('It fits.')
  expect(tried((await settle()).attempts)).toEqual([
    ['google', 'failed', 'context_length'],
    ['openai', 'ok', 'context_length'],
  ])
})

test('a stream cut before its first token is replaced without a trace', async () => {
  lab.google.onMessage(anything, { content: 'never seen' }, { truncateAfterChunks: 0, latency: 10 })
  lab.openai.onMessage(anything, { content: 'Whole answer.', usage })
  const { model, question, settle } = await ask()
  const result = streamText({ model, prompt: question, maxRetries: 0 })
  expect(await result.text).toBe('Whole answer.')
  expect(await result.finishReason).toBe('stop')
  const { attempts } = await settle()
  expect(attempts.at(-1)).toMatchObject({ provider: 'openai', outcome: 'ok' })
  expect(attempts.slice(0, -1).every((attempt) => attempt.provider === 'google' && attempt.outcome === 'failed')).toBe(
    true,
  )
})

// The Responses API sends four events before its first words.
for (const [provider, events] of [
  ['google', 4],
  ['openai', 9],
  ['anthropic', 4],
] as const)
  test(`a stream of ${provider} cut in the middle is an error, never another provider's words`, async () => {
    const order = (['google', 'openai', 'anthropic'] as const).filter((name) => name !== provider)
    for (const name of order) lab[name].onMessage(anything, failing(404))
    lab[provider].onMessage(
      anything,
      { content: 'one two three four five six seven eight nine ten' },
      { truncateAfterChunks: events, latency: 25, chunkSize: 6 },
    )
    const { ctx } = lab
    const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'cut' })
    const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run })
    const { stream } = await model.doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: `count ${Math.random()}` }] }],
    })
    const parts: LanguageModelV4StreamPart[] = await Array.fromAsync(stream)
    const text = parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')
    expect(text.length).toBeGreaterThan(0)
    expect('one two three four five six seven eight nine ten'.startsWith(text)).toBe(true)
    expect(parts.find((part) => part.type === 'error')).toMatchObject({ error: { type: 'answer-cut', status: 502 } })
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'error' } })
    const attempts = await lab.attemptsOf(run.id)
    expect(attempts.at(-1)).toMatchObject({ provider, outcome: 'failed', tokensEstimated: true })
    expect(attempts.at(-1)?.costMicros).toBeGreaterThan(0)
    const [step] = await lab.stepsOf(run.id)
    expect(step?.status).toBe('failed')
    await run.end('failed')
  })

test('all down: the tenant’s own earlier answer, marked; another question: a quotation, marked', async () => {
  lab.google.onMessage(anything, { content: 'The haircut costs 25 euros.', usage })
  const question = 'What does a haircut cost today?'
  const first = await ask(question)
  await streamText({ model: first.model, prompt: question, maxRetries: 0 }).text
  await first.settle()

  lab.reset(lab.app.clients[0])
  for (const mock of [lab.google, lab.openai, lab.anthropic]) mock.onMessage(anything, failing(500))
  const again = await ask(question)
  const stream = streamText({ model: again.model, prompt: question, maxRetries: 0 })
  expect(await stream.text).toBe('The haircut costs 25 euros.')
  const cached = await again.settle()
  expect(cached.answered).toMatchObject({ provider: 'google', source: 'cached', fallbackReason: 'server_error' })
  expect(cached.attempts).toHaveLength(10)
  expect(cached.attempts.at(-1)).toMatchObject({ outcome: 'ok', costMicros: 0, tokensIn: 0 })
  expect(cached.totals.costMicros).toBe(0)

  const passages = [{ id: 'p', title: 'Prices', text: 'A haircut costs 27 euros.' }]
  const other = await ask('What is the price of a haircut?', passages)
  expect((await generateText({ model: other.model, prompt: other.question, maxRetries: 0 })).text).toBe(
    'A haircut costs 27 euros. [1]',
  )
  const quoted = await other.settle()
  expect(quoted.answered).toMatchObject({ provider: 'guildhall', source: 'extractive' })
  expect(quoted.row).toMatchObject({ provider: 'guildhall', model: 'guildhall/extractive', costMicros: 0 })
})

test('another tenant never gets the cached answer', async () => {
  const question = 'What is our secret recipe?'
  lab.google.onMessage(anything, { content: 'Butter.', usage })
  const mine = await ask(question)
  await generateText({ model: mine.model, prompt: question, maxRetries: 0 })
  await mine.settle()
  const other = lab.app.context(lab.app.as('owner', lab.app.clients[1]))
  const run = await other.services.runs.start(other, { kind: 'chat', title: question })
  const model = await other.services.providers.languageModel(other, { model: 'default', run })
  const { text } = await generateText({ model, prompt: question, maxRetries: 0 })
  expect(text).toMatch(/^No answer found/)
  expect(model.answered()?.source).toBe('extractive')
  await run.end('ok')
})

test('a dead target costs no time once its circuit is open', async () => {
  lab.google.onMessage(anything, failing(500))
  lab.openai.onMessage(anything, { content: 'Fine.', usage })
  for (let call = 0; call < 2; call++) {
    const { model, question, settle } = await ask()
    await generateText({ model, prompt: question, maxRetries: 0 })
    await settle()
  }
  const asked = lab.google.getRequests().length
  const { model, question, settle } = await ask()
  await generateText({ model, prompt: question, maxRetries: 0 })
  expect(tried((await settle()).attempts)).toEqual([
    ['google', 'failed', 'circuit_open'],
    ['openai', 'ok', 'circuit_open'],
  ])
  expect(lab.google.getRequests()).toHaveLength(asked)
})

test('when the caller leaves before the first token, nobody else is asked and the run says cancelled', async () => {
  lab.google.onMessage(anything, { content: 'late' }, { chaos: { latencyMs: 2_000 } })
  lab.openai.onMessage(anything, { content: 'never', usage })
  const { model, question, run } = await ask()
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 100)
  await expect(
    generateText({ model, prompt: question, maxRetries: 0, abortSignal: abort.signal }),
  ).rejects.toMatchObject({ name: 'AbortError' })
  expect(lab.openai.getRequests()).toHaveLength(0)
  expect(tried(await lab.attemptsOf(run.id))).toEqual([['google', 'cancelled', 'cancelled']])
  expect((await lab.stepsOf(run.id))[0]?.status).toBe('cancelled')
  await run.end('cancelled')
})
