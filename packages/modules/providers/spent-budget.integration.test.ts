import type { Caller } from '@guildhall/kernel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProviderRoute } from './operations/create-provider-route.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

let lab: ProviderLab
let owner: Caller
beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.clients[0])
  owner = lab.app.as('owner', lab.app.clients[0])
})
afterAll(() => lab.stop())

/** An operation of another module, by its name. */
async function run(name: string, input: object, caller = owner): Promise<unknown> {
  const operation = lab.app.runtime.catalogue.operations.get(name)
  if (!operation) throw new Error(`There is no operation ${name}`)
  return lab.app.runtime.execute(operation, input, { caller })
}
const price = (provider: string, model: string, prices: object) =>
  run('ledger.create-price', { provider, model, prices }, lab.app.as('owner', lab.app.agency))

const start = () => lab.ctx.services.runs.start(lab.ctx, { kind: 'test', title: 'spent' })
const spent = { status: 402, type: 'budget-spent', extensions: { code: 'insufficient_quota' } }

test('speech costs what was agreed by the character, and is unknown before', async () => {
  lab.openai.onSpeech('Good morning', { audio: Buffer.from('sound').toString('base64') })
  const speech = { text: 'Good morning', voice: 'alloy', format: 'mp3' }
  const before = await start()
  await lab.ctx.services.mediaModels.speech(lab.ctx, 'openai/tts-1', speech, before)
  expect(await before.end('ok')).toMatchObject({ costMicros: 0, costComplete: false })
  expect(await lab.attemptsOf(before.id)).toMatchObject([{ costMicros: null, outcome: 'ok' }])
  await price('openai', 'tts-1', { perMillionCharacters: 15 })
  const after = await start()
  await lab.ctx.services.mediaModels.speech(lab.ctx, 'openai/tts-1', speech, after)
  expect(await after.end('ok')).toMatchObject({ costMicros: 180, costComplete: true })
})

test('a spent budget refuses whatever costs: words, pictures, speech, recordings, vectors', async () => {
  await price('openai', 'gpt-image-1*', { perImage: 0.04 })
  await run('budgets.put', { scope: 'tenant', monthlyMicros: 0 })
  const { mediaModels, providers } = lab.ctx.services
  const asked = await start()
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]
  const language = await providers.languageModel(lab.ctx, { model: 'openai/gpt-5.1', run: asked })
  await expect(language.doGenerate({ prompt })).rejects.toMatchObject(spent)
  await expect(
    mediaModels.images(lab.ctx, 'openai/gpt-image-1', { prompt: 'A hall', count: 1 }, asked),
  ).rejects.toMatchObject(spent)
  await expect(
    mediaModels.speech(lab.ctx, 'openai/tts-1', { text: 'Hello', voice: 'alloy', format: 'mp3' }, asked),
  ).rejects.toMatchObject(spent)
  await expect(
    mediaModels.transcription(
      lab.ctx,
      'openai/whisper-1',
      { bytes: new Uint8Array(1_000), mediaType: 'audio/mpeg', filename: 'a.mp3', granularities: [] },
      asked,
    ),
  ).rejects.toMatchObject(spent)
  await expect(providers.embed(lab.ctx, ['Hello'], asked)).rejects.toMatchObject(spent)
  await asked.end('failed')
  expect(await lab.attemptsOf(asked.id)).toEqual([])
})

test('a spent budget is not passed by way of a free target that fails, and lets in what is free all the way', async () => {
  await price('own', 'local-chat', { input: 0, output: 0 })
  const free = { provider: 'own', model: 'local-chat' }
  const targets = [free, { provider: 'openai', model: 'gpt-5.1', rank: 2 }]
  await lab.app.run(createProviderRoute, { alias: 'free-first', targets }, owner)
  lab.own.answer = (_request, response) => void response.writeHead(500).end()
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]
  const asked = await start()
  const first = await lab.ctx.services.providers.languageModel(lab.ctx, { model: 'free-first', run: asked })
  await expect(first.doGenerate({ prompt })).rejects.toMatchObject(spent)
  const alone = await lab.ctx.services.providers.languageModel(lab.ctx, { model: 'own/local-chat', run: asked })
  await expect(alone.doGenerate({ prompt })).rejects.not.toMatchObject({ status: 402 })
  await asked.end('failed')
})
