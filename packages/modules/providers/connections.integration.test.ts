import { startTestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { generateText, streamText } from 'ai'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { providersModule } from './index.ts'
import { providerKinds } from './kinds.ts'
import { connectProvider } from './operations/connect-provider.ts'
import { getProviderChain } from './operations/get-provider-chain.ts'
import { listProviders } from './operations/list-providers.ts'
import { removeProvider } from './operations/remove-provider.ts'
import { testProvider } from './operations/test-provider.ts'
import { updateProviderChain } from './operations/update-provider-chain.ts'
import { chatChunks, sendEvents } from './testing/own-upstream.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

let lab: ProviderLab
beforeAll(async () => {
  lab = await startProviderLab()
})
afterAll(() => lab.stop())
beforeEach(() => {
  lab.reset(lab.app.agency)
  lab.openai.onMessage(/[\s\S]*/, { content: 'ready', usage: { input_tokens: 9, output_tokens: 1, total_tokens: 10 } })
})

const provider = async (kind: string, caller: Parameters<typeof lab.app.run>[2]) =>
  (await lab.app.run(listProviders, {}, caller)).items.find((item) => item.kind === kind)

test('without any key every kind is listed as not configured', async () => {
  const { items } = await lab.app.run(listProviders, {}, lab.app.as('viewer', lab.app.clients[0]))
  expect(items.map((item) => [item.kind, item.configured])).toEqual(providerKinds.map((kind) => [kind, 'none']))
})

test('kinds that need more than a key say what, and where they are follows from it', async () => {
  const { app } = lab
  const tenant = app.clients[1]
  const owner = app.as('owner', tenant)
  const connect = (input: z.input<typeof connectProvider.input>) => app.run(connectProvider, input, owner)
  const apiKey = 'sk-more-than-a-key-1234'
  const refusals: [input: z.input<typeof connectProvider.input>, field: string][] = [
    [{ kind: 'azure', apiKey, models: ['desk'] }, 'settings.resource'],
    [{ kind: 'azure', apiKey, settings: { resource: 'desk' } }, 'models'],
    [{ kind: 'azure', apiKey, settings: { resource: 'evil.example/' }, models: ['desk'] }, 'settings.resource'],
    [{ kind: 'bedrock', apiKey }, 'settings.region'],
    [{ kind: 'bedrock', apiKey, settings: { region: 'evil.example/#' } }, 'settings.region'],
    [{ kind: 'bedrock', apiKey, baseUrl: 'https://bedrock.example.com' }, 'settings.region'],
    [{ kind: 'ollama', models: ['llama3.3'] }, 'baseUrl'],
    [{ kind: 'vllm', baseUrl: lab.own.url }, 'models'],
    [{ kind: 'mistral' }, 'apiKey'],
  ]
  for (const [input, field] of refusals) await expect(connect(input)).rejects.toMatchObject({ errors: [{ field }] })

  await connect({ kind: 'azure', apiKey, settings: { resource: 'desk' }, models: ['desk-gpt', 'desk-whisper-1'] })
  await connect({ kind: 'bedrock', apiKey, settings: { region: 'eu-central-1', accessKeyId: 'AKIAEXAMPLEEXAMPLE' } })
  await connect({ kind: 'vllm', baseUrl: lab.own.url, models: ['small'] })
  expect(await provider('azure', owner)).toMatchObject({
    configured: 'here',
    baseUrl: 'https://desk.openai.azure.com/openai',
    settings: { resource: 'desk' },
    models: [
      { id: 'desk-gpt', capabilities: ['text'] },
      { id: 'desk-whisper-1', capabilities: ['transcription'] },
    ],
  })
  expect(await provider('bedrock', owner)).toMatchObject({
    baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
    last4: '1234',
  })
  expect(await provider('vllm', owner)).toMatchObject({ configured: 'here', last4: null })
  // The key goes to no other resource than the one that it was entered for.
  await expect(connect({ kind: 'azure', settings: { resource: 'other' } })).rejects.toMatchObject({
    errors: [{ field: 'apiKey' }],
  })
  for (const kind of ['azure', 'bedrock', 'vllm']) await app.run(removeProvider, { kind }, owner)
})

test('a client uses its agency’s key without ever seeing it, and its own instead once it has one', async () => {
  const { app, own } = lab
  const [alpha, beta] = app.clients
  own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(['Hello.'], { finish: 'stop', done: true }), 'end')
  await lab.connect(app.agency, ['own', 'openai'])
  expect(await provider('own', app.as('owner', app.agency))).toMatchObject({
    configured: 'here',
    last4: '1234',
    state: 'untested',
  })
  const inherited = await provider('own', app.as('owner', alpha))
  expect(inherited).toMatchObject({ configured: 'inherited', last4: '1234', baseUrl: null })
  expect(JSON.stringify(inherited)).not.toContain('sk-own')

  const keyUsedFor = async (tenant: typeof alpha) => {
    const ctx = app.context(app.as('member', tenant))
    const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'key' })
    const model = await ctx.services.providers.languageModel(ctx, { model: 'own/local-chat', run })
    await streamText({ model, prompt: `Hello ${Math.random()}`, maxRetries: 0 }).text
    await run.end('ok')
    return own.requests.at(-1)?.headers.authorization
  }
  expect(await keyUsedFor(alpha)).toBe('Bearer sk-own-agency-1234')
  await lab.connect(alpha, ['own'])
  expect(await keyUsedFor(alpha)).toBe('Bearer sk-own-alpha-1234')
  expect(await keyUsedFor(beta)).toBe('Bearer sk-own-agency-1234')
  expect(await provider('own', app.as('owner', alpha))).toMatchObject({ configured: 'here' })

  await app.run(removeProvider, { kind: 'own' }, app.as('admin', alpha))
  expect(await keyUsedFor(alpha)).toBe('Bearer sk-own-agency-1234')
})

test('a client cannot remove, and another agency cannot see, what is the agency’s', async () => {
  const { app } = lab
  await expect(app.run(removeProvider, { kind: 'openai' }, app.as('owner', app.clients[0]))).rejects.toMatchObject({
    status: 404,
  })
  expect(await provider('openai', app.as('owner', app.otherAgency))).toMatchObject({ configured: 'none' })
  const other = app.context(app.as('owner', app.otherAgency))
  expect(await other.services.providers.hasGenerativeModel(other)).toBe(false)
})

test('a key is stored sealed, and is in no output, audit row or payload', async () => {
  const { app } = lab
  const key = 'sk-very-secret-key-0001'
  const output = await app.run(
    connectProvider,
    { kind: 'anthropic', apiKey: key, baseUrl: `${lab.anthropic.url}/v1` },
    app.as('owner', app.agency),
  )
  expect(output).toEqual({ kind: 'anthropic', last4: '0001' })
  const ctx = app.context(app.as('owner', app.agency))
  const dump = await ctx.transaction(async ({ db }) => {
    const found: string[] = []
    const tables = ['provider_connections', 'audit_events', 'payloads', 'outbox_events']
    for (const table of tables) {
      const { rows } = await db.execute(sql.raw(`select to_jsonb(t)::text as row from ${table} t`))
      found.push(...rows.map((row) => String(row['row'])))
    }
    return found.join('\n')
  })
  expect(dump).toContain('anthropic')
  expect(dump).not.toContain('very-secret')
})

test('a stored key does not follow a changed address', async () => {
  const { app } = lab
  const owner = app.as('owner', app.agency)
  const moved = app.run(connectProvider, { kind: 'anthropic', baseUrl: 'https://collector.example.com/v1' }, owner)
  await expect(moved).rejects.toMatchObject({ status: 400, errors: [{ field: 'apiKey' }] })
  await app.run(connectProvider, { kind: 'anthropic', models: ['claude-haiku-4-5'] }, owner)
  expect((await provider('anthropic', owner))?.models[0]?.id).toBe('claude-haiku-4-5')
})

const refusals: [string, z.input<typeof connectProvider.input>, string][] = [
  [
    'a private address',
    { kind: 'openai-compatible', baseUrl: 'http://192.168.1.4:11434/v1', models: ['m'] },
    'baseUrl',
  ],
  [
    'the address of the machine itself',
    { kind: 'openai-compatible', baseUrl: 'http://localhost:11434/v1', models: ['m'] },
    'baseUrl',
  ],
  ['no address', { kind: 'openai-compatible', models: ['m'] }, 'baseUrl'],
  ['no model', { kind: 'openai-compatible', baseUrl: 'https://models.example.com/v1' }, 'models'],
  ['no key', { kind: 'huggingface' }, 'apiKey'],
  [
    'a name that is taken',
    { kind: 'openai-compatible', slug: 'google', baseUrl: 'https://models.example.com/v1', models: ['m'] },
    'slug',
  ],
  ['an unknown kind', { kind: 'acme', apiKey: 'sk-12345678' }, 'kind'],
]
for (const [what, input, field] of refusals)
  test(`${what} is refused, naming the field`, async () => {
    const attempt = lab.app.run(connectProvider, input, lab.app.as('owner', lab.app.agency))
    await expect(attempt).rejects.toMatchObject({ status: 400, errors: [{ field }] })
  })

test('members may use providers and not change them', async () => {
  const member = lab.app.as('member', lab.app.agency)
  await expect(lab.app.run(connectProvider, { kind: 'openai', apiKey: 'sk-12345678' }, member)).rejects.toMatchObject({
    status: 403,
  })
  await expect(lab.app.run(updateProviderChain, { targets: [] }, member)).rejects.toMatchObject({ status: 403 })
})

test('a test is a real call: it says how long it took, or why it failed, and leaves a run', async () => {
  const { app } = lab
  const owner = app.as('owner', app.agency)
  const good = await app.run(testProvider, { kind: 'openai' }, owner)
  expect(good).toMatchObject({ ok: true, model: 'gpt-5.1' })
  expect(good.detail).toContain('ready')
  expect(await provider('openai', owner)).toMatchObject({ state: 'ok', lastError: null })

  lab.openai.clearFixtures()
  lab.openai.onMessage(/[\s\S]*/, {
    error: { message: 'Incorrect API key provided', type: 'invalid_request_error' },
    status: 401,
  })
  const bad = await app.run(testProvider, { kind: 'openai' }, owner)
  expect(bad.ok).toBe(false)
  expect(bad.detail).toContain('key_rejected')
  expect(await provider('openai', owner)).toMatchObject({ state: 'failing' })
  const seenByClient = await provider('openai', app.as('owner', app.clients[0]))
  expect(seenByClient).toMatchObject({ state: 'failing', lastError: 'key_rejected' })
  await expect(app.run(testProvider, { kind: 'huggingface' }, owner)).rejects.toMatchObject({ status: 404 })
})

test('the chain: default order, the agency’s, the client’s own, and back', async () => {
  const { app } = lab
  const [alpha] = app.clients
  const client = app.as('owner', alpha)
  const agency = app.as('owner', app.agency)
  expect(await app.run(getProviderChain, {}, client)).toMatchObject({
    source: 'default',
    targets: [
      { provider: 'openai', model: 'gpt-5.1' },
      { provider: 'anthropic' },
      { provider: 'own', model: 'local-chat' },
    ],
  })
  await app.run(updateProviderChain, { targets: [{ provider: 'anthropic', model: 'claude-haiku-4-5' }] }, agency)
  expect(await app.run(getProviderChain, {}, client)).toMatchObject({
    source: 'agency',
    inherited: true,
    targets: [{ provider: 'anthropic', model: 'claude-haiku-4-5' }],
  })
  const own = await app.run(updateProviderChain, { targets: [{ provider: 'openai', model: 'gpt-5.1' }] }, client)
  expect(own).toMatchObject({ source: 'own', inherited: false })
  await app.run(updateProviderChain, { targets: [] }, client)
  expect(await app.run(getProviderChain, {}, client)).toMatchObject({ source: 'agency' })
  await expect(
    app.run(updateProviderChain, { targets: [{ provider: 'nowhere', model: 'm' }] }, client),
  ).rejects.toMatchObject({ status: 400, errors: [{ field: 'targets.0.provider' }] })
  await app.run(updateProviderChain, { targets: [] }, agency)
})

test('a target of the chain without a key is passed over, and the run says so', async () => {
  const { app } = lab
  const [alpha] = app.clients
  await app.run(
    updateProviderChain,
    {
      targets: [
        { provider: 'google', model: 'gemini-2.5-flash' },
        { provider: 'openai', model: 'gpt-5.1' },
      ],
    },
    app.as('owner', alpha),
  )
  const run = await lab.ctx.services.runs.start(lab.ctx, { kind: 'chat', title: 'no key' })
  const model = await lab.ctx.services.providers.languageModel(lab.ctx, { model: 'default', run })
  await generateText({ model, prompt: 'Hello', maxRetries: 0 })
  expect(model.answered()).toMatchObject({ provider: 'openai', fallbackReason: 'no_key' })
  await run.end('ok')
  expect(await lab.attemptsOf(run.id)).toMatchObject([
    { provider: 'google', reason: 'no_key', costMicros: 0 },
    { provider: 'openai', outcome: 'ok' },
  ])
  await app.run(updateProviderChain, { targets: [] }, app.as('owner', alpha))
})

test('health names each provider of the caller, its last error, and who answers instead', async () => {
  const { app } = lab
  lab.openai.clearFixtures()
  lab.openai.onMessage(/[\s\S]*/, { error: { message: 'Incorrect API key provided' }, status: 401 })
  await app.run(testProvider, { kind: 'openai' }, app.as('owner', app.agency))
  const module = app.runtime.catalogue.modules.find(({ name }) => name === 'providers')
  const reportsFor = async (tenant: typeof app.agency) =>
    (await module?.health?.(app.runtime, app.context(app.as('viewer', tenant)))) ?? []
  const openai = (await reportsFor(app.agency)).find((report) => report.name === 'provider:openai')
  expect(openai).toMatchObject({ state: 'down' })
  expect(openai?.lastError?.message).toContain('key_rejected')
  expect(openai?.detail).toContain('Anthropic answers instead')
  const inherited = (await reportsFor(app.clients[0])).find((report) => report.name === 'provider:openai')
  expect(inherited?.lastError?.message).toBe('key_rejected')
  expect(await reportsFor(app.otherAgency)).toMatchObject([{ name: 'providers', state: 'off' }])
})

test('a key of the configuration serves every tenant and is nobody’s to see', async () => {
  const app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, providersModule],
    env: {
      OPENAI_API_KEY: 'sk-environment-9999',
      AZURE_API_KEY: 'sk-environment-azure',
      AZURE_RESOURCE_NAME: 'desk',
      AZURE_DEPLOYMENTS: 'desk-gpt, desk-embedding',
      // Without its region it counts for nothing.
      AWS_BEARER_TOKEN_BEDROCK: 'sk-environment-bedrock',
    },
  })
  try {
    const { items } = await app.run(listProviders, {}, app.as('viewer', app.clients[0]))
    const openai = items.find((item) => item.kind === 'openai')
    expect(openai).toMatchObject({ configured: 'environment', last4: '9999', baseUrl: null })
    expect(JSON.stringify(items)).not.toContain('sk-environment')
    expect(items.find((item) => item.kind === 'azure')).toMatchObject({
      configured: 'environment',
      settings: {},
      models: [{ id: 'desk-gpt' }, { id: 'desk-embedding', capabilities: ['embedding'] }],
    })
    expect(items.find((item) => item.kind === 'bedrock')).toMatchObject({ configured: 'none' })
    const ctx = app.context(app.as('member', app.clients[0]))
    expect(await ctx.services.providers.hasGenerativeModel(ctx)).toBe(true)
  } finally {
    await app.stop()
  }
})
