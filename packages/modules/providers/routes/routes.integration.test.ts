import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProviderRoute } from '../operations/create-provider-route.ts'
import { deleteProviderRoute } from '../operations/delete-provider-route.ts'
import { getProviderRoute } from '../operations/get-provider-route.ts'
import { listProviderRoutes } from '../operations/list-provider-routes.ts'
import { testProviderRoute } from '../operations/test-provider-route.ts'
import { updateProviderRoute } from '../operations/update-provider-route.ts'
import { startProviderLab, type ProviderLab } from '../testing/provider-lab.ts'

let lab: ProviderLab
beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.agency, ['google', 'openai'])
})
afterAll(() => lab.stop())
beforeEach(() => {
  lab.reset(lab.app.agency)
  lab.google.onMessage(/[\s\S]*/, { content: 'From Google.', usage })
  lab.openai.onMessage(/[\s\S]*/, { content: 'From OpenAI.', usage })
})

const usage = { input_tokens: 50, output_tokens: 7, promptTokenCount: 50, candidatesTokenCount: 7, totalTokenCount: 57 }
const google = { provider: 'google', model: 'gemini-2.5-flash' }
const openai = { provider: 'openai', model: 'gpt-5.1' }
const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]

async function ask(model: string, options: { projectId?: string } = {}) {
  const { ctx } = lab
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: model, ...options })
  const language = await ctx.services.providers.languageModel(ctx, { model, run })
  const result = await language.doGenerate({ prompt })
  await run.end('ok')
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { text, run, answered: language.answered() }
}

test('a route answers under its name, and its calls carry it', async () => {
  const { app } = lab
  const owner = app.as('owner', app.clients[0])
  const route = await app.run(createProviderRoute, { alias: 'fast', targets: [google, { ...openai, rank: 2 }] }, owner)
  expect(route).toMatchObject({ alias: 'fast', version: 1, inherited: false, rules: { attempts: 3, hedge: false } })
  const { text, run, answered } = await ask('fast')
  expect(text).toBe('From Google.')
  // 50 x 0.30 USD and 7 x 2.50 USD per million.
  expect(answered).toMatchObject({ provider: 'google', route: 'fast', attempts: 1, costMicros: 33, cache: null })
  expect(answered?.overheadMs).toBeGreaterThan(0)
  const [attempt] = await lab.attemptsOf(run.id)
  expect(attempt).toMatchObject({ provider: 'google', priceVersion: expect.stringContaining('genai-prices') })

  const changed = await app.run(updateProviderRoute, { id: route.id, targets: [openai], version: 1 }, owner)
  expect(changed).toMatchObject({ version: 2, targets: [{ ...openai, rank: 1, weight: 1 }], rules: route.rules })
  expect((await ask('fast')).text).toBe('From OpenAI.')
  await expect(app.run(updateProviderRoute, { id: route.id, title: 'x', version: 1 }, owner)).rejects.toMatchObject({
    status: 409,
    errors: [{ field: 'version', message: 'is 2 now' }],
  })
  await app.run(deleteProviderRoute, { id: route.id }, owner)
  await expect(ask('fast')).rejects.toMatchObject({ status: 404, type: 'model-not-found' })
})

test('the project’s route comes before the client’s, the client’s before the agency’s', async () => {
  const { app } = lab
  const projectId = '0199a000-0000-7000-8000-000000000001'
  const client = app.as('owner', app.clients[0])
  const agencys = await app.run(createProviderRoute, { alias: 'best', targets: [google] }, app.as('owner', app.agency))
  expect((await ask('best')).text).toBe('From Google.')
  const own = await app.run(createProviderRoute, { alias: 'best', targets: [openai] }, client)
  expect((await ask('best')).text).toBe('From OpenAI.')
  const projects = await app.run(createProviderRoute, { alias: 'best', targets: [google], projectId }, client)
  expect((await ask('best', { projectId })).text).toBe('From Google.')
  expect((await ask('best')).text).toBe('From OpenAI.')

  const { items } = await app.run(listProviderRoutes, {}, app.as('viewer', app.clients[0]))
  expect(items.filter(({ alias }) => alias === 'best').map(({ id, inherited }) => [id, inherited])).toEqual(
    expect.arrayContaining([
      [own.id, false],
      [projects.id, false],
      [agencys.id, true],
    ]),
  )
  expect(await app.run(getProviderRoute, { id: agencys.id }, client)).toMatchObject({ inherited: true })
  // What is the agency's is changed by the agency, and the other client's is out of sight.
  await expect(app.run(deleteProviderRoute, { id: agencys.id }, client)).rejects.toMatchObject({ status: 404 })
  await expect(app.run(getProviderRoute, { id: own.id }, app.as('owner', app.clients[1]))).rejects.toMatchObject({
    status: 404,
  })
})

test('a name that is taken, a provider that is not known, and a target named twice are refused by field', async () => {
  const { app } = lab
  const owner = app.as('owner', app.clients[1])
  await app.run(createProviderRoute, { alias: 'once', targets: [google] }, owner)
  await expect(app.run(createProviderRoute, { alias: 'once', targets: [google] }, owner)).rejects.toMatchObject({
    status: 409,
    errors: [{ field: 'alias' }],
  })
  await expect(
    app.run(createProviderRoute, { alias: 'x', targets: [{ provider: 'nobody', model: 'm' }, google, google] }, owner),
  ).rejects.toMatchObject({ status: 400, errors: [{ field: 'targets.0.provider' }, { field: 'targets.2' }] })
  await expect(app.run(createProviderRoute, { alias: 'default', targets: [google] }, owner)).rejects.toMatchObject({
    status: 400,
    errors: [{ field: 'alias' }],
  })
})

test('inside a rank the weight decides, and the same run would get the same order', async () => {
  const { app } = lab
  const targets = [
    { ...google, weight: 1 },
    { ...openai, weight: 1 },
  ]
  await app.run(createProviderRoute, { alias: 'both', targets }, app.as('owner', app.clients[0]))
  const seen = new Set<string>()
  for (let call = 0; call < 20 && seen.size < 2; call++) seen.add((await ask('both')).text)
  expect(seen).toEqual(new Set(['From Google.', 'From OpenAI.']))
})

test('a test asks every target, tells what each said and cost, and who would answer', async () => {
  const { app } = lab
  const owner = app.as('owner', app.clients[0])
  const targets = [
    { provider: 'anthropic', model: 'claude-sonnet-5' },
    { ...google, rank: 2 },
    { ...openai, rank: 3 },
  ]
  const route = await app.run(createProviderRoute, { alias: 'tried', targets }, owner)
  lab.google.clearFixtures()
  lab.google.onMessage(/[\s\S]*/, { error: { message: 'no', type: 'test' }, status: 500 })
  const tested = await app.run(testProviderRoute, { id: route.id }, app.as('member', app.clients[0]))
  expect(tested.wouldAnswer).toEqual(openai)
  expect(tested.targets).toMatchObject([
    { provider: 'anthropic', ok: false, detail: 'no key is configured' },
    { provider: 'google', ok: false, detail: 'server_error' },
    { provider: 'openai', ok: true, detail: 'gpt-5.1 answered: From OpenAI.' },
  ])
  expect(tested.targets[2]?.costMicros).toBeGreaterThan(0)
  expect((await lab.attemptsOf(tested.runId ?? '')).map(({ provider }) => provider).toSorted()).toEqual([
    'google',
    'openai',
  ])
})

test('what a model is known to lack, or is too small for, passes it over', async () => {
  const { app } = lab
  await lab.connect(app.clients[0], ['own'])
  const targets = [
    { provider: 'openai', model: 'o1-mini' },
    { ...google, rank: 2 },
  ]
  await app.run(createProviderRoute, { alias: 'tools', targets }, app.as('owner', app.clients[0]))
  const { ctx } = lab
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'tools' })
  const language = await ctx.services.providers.languageModel(ctx, { model: 'tools', run })
  const tools = [{ type: 'function' as const, name: 'weather', inputSchema: { type: 'object' as const } }]
  await language.doGenerate({ prompt, tools })
  expect(language.answered()).toMatchObject({ provider: 'google', fallbackReason: 'lacks_capability' })
  const alone = await ctx.services.providers.languageModel(ctx, { model: 'openai/o1-mini', run })
  await expect(alone.doGenerate({ prompt, tools })).rejects.toMatchObject({ status: 400, type: 'no-suitable-model' })
  await run.end('ok')
})
