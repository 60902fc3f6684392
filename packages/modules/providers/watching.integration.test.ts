import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProviderRoute } from './operations/create-provider-route.ts'
import { listProviderCalls } from './operations/list-provider-calls.ts'
import { listProviderCircuits } from './operations/list-provider-circuits.ts'
import { listProviderHealth } from './operations/list-provider-health.ts'
import type { WalkEvent } from './routes/walk-route.ts'
import { startProviderLab, type ProviderLab } from './testing/provider-lab.ts'

let lab: ProviderLab
let routeId: string
const google = { provider: 'google', model: 'gemini-2.5-flash' }
const openai = { provider: 'openai', model: 'gpt-5.1' }
const anthropic = { provider: 'anthropic', model: 'claude-sonnet-4-6' }
const usage = { input_tokens: 50, output_tokens: 7, promptTokenCount: 50, candidatesTokenCount: 7, totalTokenCount: 57 }

beforeAll(async () => {
  lab = await startProviderLab()
  await lab.connect(lab.app.agency, ['google', 'openai'])
  const targets = [anthropic, { ...google, rank: 2 }, { ...openai, rank: 3 }]
  const owner = lab.app.as('owner', lab.app.clients[0])
  routeId = (await lab.app.run(createProviderRoute, { alias: 'watched', targets, rules: { attempts: 1 } }, owner)).id
})
afterAll(() => lab.stop())
beforeEach(() => {
  lab.reset(lab.app.agency)
  lab.google.onMessage(/[\s\S]*/, { error: { message: 'not now', type: 'test' }, status: 503 })
  lab.openai.onMessage(/[\s\S]*/, { content: 'From OpenAI.', usage })
})

async function walk(): Promise<WalkEvent[]> {
  const { ctx } = lab
  const admin = ctx.services.providerAdministration
  const route = (await admin.routes(ctx)).find(({ id }) => id === routeId)
  if (!route) throw new Error('the route is not there')
  const events: WalkEvent[] = []
  await admin.walkRoute(ctx, route, 'Who answers?', {
    tell: (event) => void events.push(event),
    signal: new AbortController().signal,
  })
  return events
}

test('a walk tells who is passed over, who is asked, who fails and how, and who answers', async () => {
  const events = await walk()
  const short = events.flatMap((event) =>
    event.type === 'asking'
      ? [`asking ${event.target.provider}`]
      : event.type === 'attempt'
        ? [`${event.attempt.provider} ${event.attempt.outcome} ${event.attempt.reason}`]
        : [],
  )
  expect(events[0]).toMatchObject({ type: 'start', targets: [google, openai], missing: [anthropic] })
  expect(short).toEqual([
    'anthropic failed no_key',
    'asking google',
    expect.stringMatching(/^google failed (overloaded|server_error)$/),
    'asking openai',
    'openai ok no_key',
  ])
  expect(events.flatMap((event) => (event.type === 'text' ? [event.delta] : [])).join('')).toBe('From OpenAI.')
  expect(events.at(-1)).toMatchObject({ type: 'end', error: null, answered: { provider: 'openai', route: 'watched' } })
})

test('a walk that nobody answers ends with what happened', async () => {
  lab.openai.clearFixtures()
  lab.openai.onMessage(/[\s\S]*/, { error: { message: 'neither', type: 'test' }, status: 500 })
  const events = await walk()
  expect(events.at(-1)).toMatchObject({ type: 'end', answered: null, error: expect.stringContaining('openai') })
})

test('the circuit that failures open is listed with its reason and its time', async () => {
  const { app } = lab
  const list = () => app.run(listProviderCircuits, {}, app.as('viewer', app.clients[0]))
  expect((await list()).items).toEqual([])
  await walk()
  await walk()
  const { items } = await list()
  expect(items).toMatchObject([{ provider: 'google', state: 'open', reason: expect.any(String) }])
  expect(items[0]?.openForMs).toBeGreaterThan(1000)
  const [, , passedOver] = await walk()
  expect(passedOver).toMatchObject({ type: 'attempt', attempt: { provider: 'google', reason: 'circuit_open', ms: 0 } })
})

test('the latest calls of a route come with all attempts, to the client and to its agency, not to another client', async () => {
  const { app } = lab
  const events = await walk()
  const runId = events[0]?.type === 'start' ? events[0].runId : ''
  const listed = await app.run(listProviderCalls, { route: 'watched' }, app.as('viewer', app.clients[0]))
  expect(listed.items[0]).toMatchObject({ runId, route: 'watched', client: null })
  expect(listed.items[0]?.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    'anthropic failed',
    'google failed',
    'openai ok',
  ])
  const agencys = await app.run(listProviderCalls, {}, app.as('owner', app.agency))
  expect(agencys.items[0]).toMatchObject({ runId, client: { slug: app.clients[0].slug } })
  expect((await app.run(listProviderCalls, {}, app.as('owner', app.clients[1]))).items).toEqual([])
  expect((await app.run(listProviderCalls, { route: 'other' }, app.as('viewer', app.clients[0]))).items).toEqual([])
})

test('health counts what was sent, not what was passed over, and remembers the last failure', async () => {
  const { app } = lab
  await walk()
  const { items, from, to } = await app.run(listProviderHealth, {}, app.as('viewer', app.clients[0]))
  expect(Date.parse(to) - Date.parse(from)).toBe(3_600_000)
  expect(items.map(({ provider }) => provider)).toEqual(['google', 'openai'])
  const [failing, answering] = items
  expect(failing).toMatchObject({ p50Ms: null, lastFailure: { model: google.model, status: 503 } })
  expect(failing?.failed).toBe(failing?.calls)
  expect(answering?.calls).toBeGreaterThan(answering?.failed ?? 0)
  expect(answering?.p95Ms).toBeGreaterThanOrEqual(answering?.p50Ms ?? Infinity)
  expect(answering?.pieces).toHaveLength(12)
  expect(answering?.pieces.reduce((sum, piece) => sum + piece.calls, 0)).toBe(answering?.calls)
  const day = await app.run(listProviderHealth, { period: 'day' }, app.as('owner', app.agency))
  expect(day.items.find(({ provider }) => provider === 'google')).toMatchObject({
    lastFailure: { client: app.clients[0].slug },
  })
})
