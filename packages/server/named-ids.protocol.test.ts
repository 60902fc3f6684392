import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startServer, type RunningServer } from './testing/start-server.ts'

let server: RunningServer
/** Ids at the first and at the second client. */
let here: Ids
let there: Ids
beforeAll(async () => {
  server = await startServer()
  here = await clientWithProject('here')
  there = await clientWithProject('there')
}, 60_000)
afterAll(() => server.stop())

interface Ids {
  client: string
  project: string
  agent: string
  key: string
}
const WithId = z.object({ id: z.string() })

async function send(method: string, path: string, body: unknown, client?: string): Promise<Response> {
  return server.request(path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    ...(client === undefined ? {} : { client }),
  })
}

async function made(method: string, path: string, body: unknown, client?: string): Promise<string> {
  const response = await send(method, path, body, client)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${text}`)
  return WithId.parse(JSON.parse(text)).id
}

async function clientWithProject(slug: string): Promise<Ids> {
  const client = await made('POST', '/api/clients', { name: slug, slug })
  const project = await made('POST', '/api/projects', { blueprint: 'sales-call-coach', name: 'Coach' }, slug)
  const agents = await (await server.request('/api/agents', { client: slug })).json()
  const [agent] = z.object({ items: z.array(WithId) }).parse(agents).items
  const key = await made('POST', '/api/api-keys', { name: 'key' }, slug)
  return { client, project, agent: agent?.id ?? '', key }
}

const Refusal = z.object({ status: z.literal(400), errors: z.array(z.object({ field: z.string() })) })

/** The fields that a refusal names. */
async function refusedFields(response: Response): Promise<string[]> {
  return Refusal.parse(await response.json()).errors.map(({ field }) => field)
}

const nobody = '0199a000-0000-7000-8000-000000000001'

describe('what a budget, a policy or a route names', () => {
  it('is taken when it is there', async () => {
    for (const [scope, scopeId] of [
      ['project', here.project],
      ['agent', here.agent],
      ['key', here.key],
    ])
      expect((await send('PUT', '/api/budgets', { scope, scopeId, monthlyMicros: 1 }, 'here')).status).toBe(200)
    const ofClient = { scope: 'client', scopeId: here.client, monthlyMicros: 1 }
    expect((await send('PUT', '/api/budgets', ofClient)).status).toBe(200)
    const policy = { projectId: here.project, agentId: here.agent, allowed: ['default', 'openai/gpt-*'] }
    expect((await send('POST', '/api/api-keys', { name: 'limited', policy }, 'here')).status).toBe(201)
  })

  it('is refused by its field when it is unknown, or somebody else’s', async () => {
    for (const [scope, others] of [
      ['project', there.project],
      ['agent', there.agent],
      ['key', there.key],
      ['user', 'nobody'],
    ])
      for (const scopeId of [nobody, others, 'x'])
        expect(
          await refusedFields(await send('PUT', '/api/budgets', { scope, scopeId, monthlyMicros: 1 }, 'here')),
        ).toEqual(['scopeId'])
    expect(
      await refusedFields(await send('PUT', '/api/budgets', { scope: 'client', scopeId: nobody, monthlyMicros: 1 })),
    ).toEqual(['scopeId'])
    const policy = {
      projectId: there.project,
      agentId: nobody,
      userId: 'nobody',
      allowed: ['default', 'fsat', 'opnai/*'],
    }
    for (const attempt of [
      send('POST', '/api/api-keys', { name: 'limited', policy }, 'here'),
      send('PATCH', `/api/api-keys/${here.key}`, { policy }, 'here'),
    ])
      expect(await refusedFields(await attempt)).toEqual([
        'policy.projectId',
        'policy.agentId',
        'policy.userId',
        'policy.allowed.1',
        'policy.allowed.2',
      ])
  })

  it('is refused when it is a model or route that nobody could be asked by', async () => {
    const downgrade = { scope: 'tenant', monthlyMicros: 1, whenSpent: 'downgrade' }
    for (const downgradeTo of ['cheap', 'openai/gpt-5.1'])
      expect(await refusedFields(await send('PUT', '/api/budgets', { ...downgrade, downgradeTo }, 'here'))).toEqual([
        'downgradeTo',
      ])
    await made('PUT', '/api/budgets', { ...downgrade, downgradeTo: 'default' }, 'here')
  })

  it('is refused when a route is for the project of another client, or asks a connection that is not there', async () => {
    const route = { alias: 'fast', targets: [{ provider: 'openai', model: 'gpt-5.1' }] }
    for (const projectId of [nobody, there.project])
      expect(await refusedFields(await send('POST', '/api/provider-routes', { ...route, projectId }, 'here'))).toEqual([
        'projectId',
      ])
    await made('POST', '/api/provider-routes', { ...route, projectId: here.project }, 'here')
    const targets = [{ provider: 'opnai', model: 'gpt-5.1' }]
    expect(await refusedFields(await send('POST', '/api/provider-routes', { alias: 'slow', targets }, 'here'))).toEqual(
      ['targets.0.provider'],
    )
  })
})

const Entries = z.object({ items: z.array(z.object({ projectId: z.string().nullable() })) })
const Key = z.object({ key: z.string() })
const newKey = async (policy: object) =>
  Key.parse(await (await send('POST', '/api/api-keys', { name: 'limited', policy }, 'here')).json()).key

describe('a key with limits', () => {
  it('is shown the models that it may name, and is refused all others', async () => {
    const key = await newKey({ allowed: ['guildhall/*', 'openai/gpt-*'] })
    const listed = await (await server.request('/v1/models', { key })).json()
    const { data } = z.object({ data: z.array(WithId) }).parse(listed)
    const names = data.map(({ id }) => id).filter((id) => !id.startsWith('agent:'))
    expect(names).toEqual(['guildhall/extractive'])
    const body = JSON.stringify({ model: 'default', messages: [{ role: 'user', content: 'Hello' }] })
    const headers = { 'content-type': 'application/json' }
    const refused = await server.request('/v1/chat/completions', { method: 'POST', key, body, headers })
    expect(refused.status).toBe(403)
    expect((await server.request('/v1/models/default', { key })).status).toBe(404)
  })

  it('made for one project counts for no other, and reaches no other client', async () => {
    const key = await newKey({ projectId: here.project })
    const body = JSON.stringify({
      model: 'guildhall/extractive',
      messages: [{ role: 'user', content: 'We are open from nine to five. When are you open?' }],
    })
    const headers = { 'content-type': 'application/json' }
    const answered = await server.request('/v1/chat/completions', { method: 'POST', key, body, headers })
    expect(answered.status).toBe(200)
    const runId = answered.headers.get('x-guildhall-run')
    await expect
      .poll(async () => {
        const entries = await server.request(`/api/ledger/entries?runId=${String(runId)}`, { client: 'here' })
        return Entries.parse(await entries.json()).items.map(({ projectId }) => projectId)
      })
      .toEqual([here.project])
    const elsewhere = await server.request('/v1/chat/completions', {
      method: 'POST',
      key,
      body,
      headers,
      client: 'there',
    })
    expect(elsewhere.status).toBe(404)
  })
})
