import { startProcesses, type TestProcess, type TestProcesses } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProvidersModule } from '../module.ts'
import { connectProvider } from '../operations/connect-provider.ts'
import { createProviderRoute } from '../operations/create-provider-route.ts'
import { updateProviderRoute } from '../operations/update-provider-route.ts'
import { startOwnUpstream, type OwnUpstream } from '../testing/own-upstream.ts'

/** Two gateways on one database, as two servers of one installation. */
let app: TestProcesses
let upstreams: Record<'first' | 'second', OwnUpstream>
let one: TestProcess
let two: TestProcess

const says = (text: string): OwnUpstream['answer'] => {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
  const body = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage })
  return (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

beforeAll(async () => {
  upstreams = { first: await startOwnUpstream(), second: await startOwnUpstream() }
  const modules = () => [ledgerModule, limitsModule, runsModule, createProvidersModule({ backoffMs: 5 })]
  app = await startProcesses({
    modules: () => [modules(), modules()],
    env: { GUILDHALL_PRIVATE_HOSTS: '127.0.0.1' },
  })
  const [a, b] = app.processes
  if (!a || !b) throw new Error('two processes were asked for')
  one = a
  two = b
  for (const [slug, { url }] of Object.entries(upstreams)) {
    const input = { kind: 'openai-compatible', slug, baseUrl: url, models: ['m'] }
    await one.runtime.execute(connectProvider, input, { caller: app.as('owner', app.agency) })
  }
})
afterAll(async () => {
  await app.stop()
  await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop()))
})
beforeEach(() => {
  for (const [name, upstream] of Object.entries(upstreams)) {
    upstream.requests.length = 0
    upstream.answer = says(`From the ${name}.`)
  }
})

const first = { provider: 'first', model: 'm', rank: 1 }
const second = { provider: 'second', model: 'm', rank: 2 }

async function ask({ runtime }: TestProcess, model: string) {
  const ctx = runtime.context(app.as('owner', app.agency))
  const { value } = await ctx.services.runs.record(ctx, { kind: 'chat', title: model }, async (run) => {
    const language = await ctx.services.providers.languageModel(ctx, { model, run })
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: `Hello ${Math.random()}` }] }]
    const { content } = await language.doGenerate({ prompt })
    return {
      text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      answered: language.answered(),
    }
  })
  return value
}

test('a limit that one server has run into is left alone by the other, which asks nobody first', async () => {
  const input = { alias: 'fast', targets: [first, second] }
  await one.runtime.execute(createProviderRoute, input, { caller: app.as('owner', app.agency) })
  expect(await ask(two, 'fast')).toMatchObject({ text: 'From the first.' })
  upstreams.first.answer = (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end('{}')
  expect(await ask(one, 'fast')).toMatchObject({
    text: 'From the second.',
    answered: { fallbackReason: 'rate_limited' },
  })
  upstreams.first.requests.length = 0
  await expect.poll(async () => (await ask(two, 'fast')).answered?.fallbackReason).toBe('circuit_open')
  const asked = upstreams.first.requests.length
  expect(await ask(two, 'fast')).toMatchObject({ text: 'From the second.' })
  expect(upstreams.first.requests).toHaveLength(asked)
})

test('a key that is entered again on one server ends the cooldown on both', async () => {
  const input = { kind: 'openai-compatible', slug: 'first', baseUrl: upstreams.first.url, models: ['m'] }
  await one.runtime.execute(connectProvider, input, { caller: app.as('owner', app.agency) })
  await expect.poll(async () => (await ask(two, 'fast')).text).toBe('From the first.')
})

test('routes are remembered, and a change on one server holds on the other', async () => {
  const caller = app.as('owner', app.agency)
  const created = await one.runtime.execute(createProviderRoute, { alias: 'best', targets: [first] }, { caller })
  const id = (created as { id: string }).id
  expect(await ask(two, 'best')).toMatchObject({ text: 'From the first.' })
  await one.runtime.execute(updateProviderRoute, { id, targets: [second] }, { caller })
  // The server that changed it knows at once, the other when the notice has arrived.
  expect(await ask(one, 'best')).toMatchObject({ text: 'From the second.' })
  await expect.poll(async () => (await ask(two, 'best')).text).toBe('From the second.')
})

test('an answer that is kept under the rules of a route is given again by both, at no cost, until somebody wants a fresh one', async () => {
  const input = { alias: 'kept', targets: [first], rules: { cacheSeconds: 60 } }
  await one.runtime.execute(createProviderRoute, input, { caller: app.as('owner', app.agency) })
  const same = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'The same question' }] }]
  const askSame = async ({ runtime }: TestProcess, cacheControl: 'no-cache' | null = null) => {
    const ctx = runtime.context(app.as('owner', app.agency))
    const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'kept' })
    const language = await ctx.services.providers.languageModel(ctx, { model: 'kept', run, cacheControl })
    await language.doGenerate({ prompt: same })
    const totals = await run.end('ok')
    return { answered: language.answered(), totals }
  }
  expect((await askSame(one)).answered).toMatchObject({ source: 'fresh', cache: null })
  const again = await askSame(one)
  expect(again.answered).toMatchObject({ provider: 'first', source: 'cached', cache: { kind: 'exact', similarity: 1 } })
  expect(again.totals).toMatchObject({ costMicros: 0, costComplete: true, tokensIn: 0 })
  await expect.poll(async () => (await askSame(two)).answered?.source).toBe('cached')
  const asked = upstreams.first.requests.length
  expect((await askSame(one, 'no-cache')).answered).toMatchObject({ source: 'fresh' })
  expect(upstreams.first.requests).toHaveLength(asked + 1)
})
