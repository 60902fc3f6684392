import type { Context } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runAttempts, runs, runsModule } from '@guildhall/modules/runs'
import { generateText, streamText } from 'ai'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { providersModule, type Passage } from './index.ts'

let app: TestRuntime
let ctx: Context
beforeAll(async () => {
  app = await startTestRuntime({ modules: [ledgerModule, limitsModule, runsModule, providersModule] })
  ctx = app.context(app.as('owner', app.clients[0]))
})
afterAll(() => app.stop())

const passages: Passage[] = [
  { id: 'p1', title: 'Opening hours', text: 'The shop is open from nine to six. On Sundays it is closed.' },
  { id: 'p2', title: 'Prices', text: 'A haircut costs 25 euros. A shave costs 15 euros.', locator: { page: 2 } },
]

test('without a provider the answer is a quotation with its marker, at no cost, and the run says so', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'price' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run, passages })
  const { text, finishReason, usage } = await generateText({
    model,
    prompt: 'What does a haircut cost?',
    maxRetries: 0,
  })
  expect(text).toBe('A haircut costs 25 euros. [2]')
  expect(finishReason).toBe('stop')
  expect(usage.totalTokens).toBe(0)
  expect(model.answered()).toMatchObject({
    provider: 'guildhall',
    model: 'guildhall/extractive',
    source: 'extractive',
    fallbackReason: 'no_provider',
    attempts: 1,
  })
  const totals = await run.end('ok')
  expect(totals).toMatchObject({
    provider: 'guildhall',
    model: 'guildhall/extractive',
    costMicros: 0,
    costComplete: true,
  })
  const [row] = await ctx.transaction((tx) => tx.db.select().from(runs).where(eq(runs.id, run.id)))
  expect(row).toMatchObject({ fallbackReason: 'no_provider', attempts: 1 })
})

test('the quotation streams too, and says what it rests on', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'hours' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run, passages })
  const result = streamText({ model, prompt: 'When is the shop open?', maxRetries: 0 })
  expect(await result.text).toContain('nine to six. [1]')
  expect((await result.providerMetadata)?.['guildhall']).toMatchObject({
    source: 'extractive',
    citations: [{ passageId: 'p1' }],
  })
  await run.end('ok')
  const attempts = await ctx.transaction((tx) => tx.db.select().from(runAttempts).where(eq(runAttempts.runId, run.id)))
  expect(attempts).toMatchObject([{ provider: 'guildhall', outcome: 'ok', costMicros: 0, reason: 'no_provider' }])
})

test('what the passages do not say is refused, not invented', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'unknown' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run, passages })
  const { text } = await generateText({ model, prompt: 'Who won the chess championship in 1972?', maxRetries: 0 })
  expect(text).toMatch(/^No answer found in/)
})

test('without passages the conversation itself is searched', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: 'raw' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run })
  const instructions = 'You work for a barbershop. The deposit for a wedding booking is 40 euros.'
  const { text } = await generateText({
    model,
    instructions,
    prompt: 'How much is the deposit for a wedding booking?',
    maxRetries: 0,
  })
  expect(text).toBe('The deposit for a wedding booking is 40 euros.')
})

test('a JSON answer is not faked by quoting: it says what to configure', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'analysis', title: 'json' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run, passages })
  const asked = model.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Analyse' }] }],
    responseFormat: { type: 'json' },
  })
  await expect(asked).rejects.toMatchObject({ status: 424, type: 'not-configured' })
  await run.end('failed')
})

test('there is no generative model until a key is there', async () => {
  expect(await ctx.services.providers.hasGenerativeModel(ctx)).toBe(false)
})

test('a model that nobody has is a 404 that lists what there is', async () => {
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'unknown model' })
  await expect(ctx.services.providers.languageModel(ctx, { model: 'nonsense', run })).rejects.toMatchObject({
    status: 404,
    type: 'model-not-found',
  })
})
