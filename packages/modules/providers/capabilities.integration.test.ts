import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectProvider } from './operations/connect-provider.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

let lab: ProviderLab
beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.clients[0], ['google', 'openai', 'anthropic'])
})
afterAll(() => lab.stop())
beforeEach(() => lab.reset(lab.app.clients[0]))

const start = (ctx = lab.ctx) => ctx.services.runs.start(ctx, { kind: 'test', title: 'capability' })
const withoutKeys = () => lab.app.context(lab.app.as('owner', lab.app.otherAgency))
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('a text becomes a vector of length 1, by the first provider that embeds', async () => {
  lab.google.onEmbedding('one', { embedding: [3, 4] })
  const run = await start()
  const found = await lab.ctx.services.providers.embed(lab.ctx, ['one'], run)
  expect(found?.model).toBe('google/gemini-embedding-001')
  expect([...(found?.vectors[0] ?? [])].map((value) => Number(value.toFixed(3)))).toEqual([0.6, 0.8])
  const totals = await run.end('ok')
  expect(totals.tokensIn).toBeGreaterThan(0)
  expect(await lab.attemptsOf(run.id)).toMatchObject([
    { provider: 'google', model: 'gemini-embedding-001', outcome: 'ok' },
  ])
})

test('more texts than a request holds are sent in several, and their order stays', async () => {
  await lab.connect(lab.app.agency, ['openai'])
  const ctx = lab.app.context(lab.app.as('owner', lab.app.agency))
  lab.openai.onEmbedding('text 99', { embedding: [0, 2] })
  lab.openai.onEmbedding(/[\s\S]*/, { embedding: [1, 0] })
  const run = await start(ctx)
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`)
  const found = await ctx.services.providers.embed(ctx, texts, run)
  expect(found?.model).toBe('openai/text-embedding-3-small')
  expect(found?.vectors).toHaveLength(100)
  expect(lab.openai.getRequests()).toHaveLength(2)
  expect(await run.end('ok')).toMatchObject({ provider: 'openai', model: 'text-embedding-3-small' })
})

test('who has no provider gets no vectors, no search, and is told what to configure for the rest', async () => {
  const ctx = withoutKeys()
  const run = await start(ctx)
  expect(await ctx.services.providers.embed(ctx, ['one'], run)).toBeNull()
  expect(await ctx.services.providers.searchWeb(ctx, 'barbers', run)).toBeNull()
  const audio = { bytes: new Uint8Array([1]), mediaType: 'audio/wav', filename: 'call.wav' }
  await expect(ctx.services.providers.transcribe(ctx, audio, run)).rejects.toMatchObject({
    status: 424,
    type: 'not-configured',
  })
  await expect(ctx.services.providers.generateImage(ctx, { prompt: 'A shop' }, run)).rejects.toMatchObject({
    status: 424,
    type: 'not-configured',
  })
  await run.end('ok')
})

test('an image comes with its type, told by its bytes; a failed provider is passed over', async () => {
  lab.google.onImage(/[\s\S]*/, { image: { b64Json: pixel } })
  lab.openai.onImage('A shop', { image: { b64Json: pixel } })
  const run = await start()
  const image = await lab.ctx.services.providers.generateImage(lab.ctx, { prompt: 'A shop', size: '1024x1024' }, run)
  expect(image.mediaType).toBe('image/png')
  expect(Buffer.from(image.bytes).toString('base64')).toBe(pixel)
  expect(['google', 'openai']).toContain(image.provider)
  await run.end('ok')
  const [step] = await lab.stepsOf(run.id)
  expect(step).toMatchObject({ kind: 'model', name: 'image', status: 'ok' })
})

const segment = (id: number, start: number, end: number, text: string) => ({
  id,
  seek: 0,
  start,
  end,
  text,
  tokens: [1],
  temperature: 0,
  avg_logprob: -0.1,
  compression_ratio: 1,
  no_speech_prob: 0,
})

test('a recording becomes text with times, charged by its length', async () => {
  const { app, own } = lab
  const [, beta] = app.clients
  own.answer = (_request, response) => {
    const segments = [segment(0, 0, 1.5, 'Good morning.'), segment(1, 1.5, 4, 'How can I help?')]
    const body = {
      task: 'transcribe',
      text: 'Good morning. How can I help?',
      language: 'english',
      duration: 60,
      segments,
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  await app.run(connectProvider, { kind: 'openai', apiKey: 'sk-audio-1234', baseUrl: own.url }, app.as('owner', beta))
  const ctx = app.context(app.as('owner', beta))
  const run = await start(ctx)
  const audio = { bytes: new Uint8Array([82, 73, 70, 70]), mediaType: 'audio/wav', filename: 'call.wav' }
  const heard = await ctx.services.providers.transcribe(ctx, audio, run)
  expect(heard).toMatchObject({ text: 'Good morning. How can I help?', provider: 'openai', model: 'whisper-1' })
  expect(heard.segments).toEqual([
    { start: 0, end: 1.5, text: 'Good morning.' },
    { start: 1.5, end: 4, text: 'How can I help?' },
  ])
  const sent = own.requests.at(-1)
  expect(sent?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(sent?.body).toContain('verbose_json')
  // One minute at 0.36 USD an hour.
  expect(await run.end('ok')).toMatchObject({ costMicros: 6000, costComplete: true })
})

test('a web search goes to the first of the chain that searches, with the next one behind it', async () => {
  lab.google.onMessage(/[\s\S]*/, { error: { message: 'down' }, status: 500 })
  lab.openai.onMessage(/[\s\S]*/, {
    content: 'Barbers earn more.',
    webSearches: ['barber prices'],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  })
  const run = await start()
  const found = await lab.ctx.services.providers.searchWeb(lab.ctx, 'What do barbers charge?', run)
  expect(found).toMatchObject({
    text: 'Barbers earn more.',
    answered: { provider: 'openai', fallbackReason: 'server_error' },
  })
  await run.end('ok')
  expect((await lab.attemptsOf(run.id)).map((attempt) => attempt.provider)).toEqual([
    'google',
    'google',
    'google',
    'openai',
  ])
})
