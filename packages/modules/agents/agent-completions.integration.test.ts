import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import type { AgentCompletion, AgentCompletionPart, AgentTurn } from '@guildhall/modules/providers'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runs, runsModule } from '@guildhall/modules/runs'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentsModule } from './index.ts'
import { archiveAgent } from './operations/archive-agent.ts'
import { createAgent } from './operations/create-agent.ts'
import { publishAgent } from './operations/publish-agent.ts'
import { gatewayOf, says } from './testing/gateway-of.ts'
import { knowledgeOf, passage } from './testing/knowledge-of.ts'

const base = crypto.randomUUID()
const prices = passage(base, 'Price list', 'A cut costs 25 euros.')
const gateway = gatewayOf()
let app: TestRuntime
let agentId: string
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, agentsModule],
    services: { knowledge: knowledgeOf({ [base]: [prices] }), providers: gateway },
  })
  const draft = { instructions: 'Answer.', knowledgeBaseIds: [base], guardrails: { refuseTopics: ['politics'] } }
  const made = await app.run(createAgent, { name: 'Clerk', draft }, app.as('member', app.clients[0]))
  agentId = made.id
  await app.run(publishAgent, { id: agentId }, app.as('admin', app.clients[0]))
  await app.run(createAgent, { name: 'Unpublished', draft }, app.as('member', app.clients[0]))
})
afterAll(() => app.stop())

const ctx = (tenant = app.clients[0]) => app.context(app.as('member', tenant))
const completions = () => {
  const { agentCompletions } = app.runtime.services
  if (!agentCompletions) throw new Error('not offered')
  return agentCompletions
}
const ask = (messages: AgentTurn[], options: { slug?: string; signal?: AbortSignal } = {}) =>
  completions().complete(ctx(), {
    slug: options.slug ?? 'clerk',
    messages,
    stream: true,
    signal: options.signal ?? new AbortController().signal,
  })
const user = (text: string): AgentTurn => ({ role: 'user', text })

async function partsOf(completion: AgentCompletion) {
  const parts: AgentCompletionPart[] = []
  for await (const part of completion.parts) parts.push(part)
  const text = parts.map((part) => (part.type === 'text' ? part.delta : '')).join('')
  return { text, end: parts.find((part) => part.type === 'end') }
}

const runOf = async (id: string) => {
  const [run] = await ctx().transaction(({ db }) => db.select().from(runs).where(eq(runs.id, id)))
  return run
}

test('the published agents of the tenant are listed', async () => {
  expect(await completions().list(ctx())).toMatchObject([{ slug: 'clerk', name: 'Clerk' }])
  expect(await completions().list(ctx(app.clients[1]))).toEqual([])
})

test('a completion has the text with its markers, the passages behind them, and its run', async () => {
  gateway.play(says('It costs 25 euros [1', '] [4].'))
  const completion = await ask([
    { role: 'system', text: 'Answer in one line.' },
    user('Hello'),
    { role: 'assistant', text: 'Hello!' },
    user('What does a cut cost?'),
  ])
  const { text, end } = await partsOf(completion)
  expect(text).toBe('It costs 25 euros [1].')
  expect(end).toMatchObject({
    finishReason: 'stop',
    totals: { runId: completion.runId, tokensOut: 20 },
    answered: { provider: 'test', source: 'fresh' },
    citations: [{ marker: '[1]', title: 'Price list', quote: 'A cut costs 25 euros.', sourceId: prices.sourceId }],
  })
  expect(await runOf(completion.runId)).toMatchObject({ kind: 'completion', status: 'ok', agentId, agentVersion: 1 })
  const [system, ...turns] = gateway.calls[0]?.prompt ?? []
  expect(JSON.stringify(system)).toContain('Answer in one line.')
  expect(turns.map((turn) => turn.role)).toEqual(['user', 'assistant', 'user'])
})

test('a declined topic ends as filtered content', async () => {
  const { text, end } = await partsOf(await ask([user('Talk about politics')]))
  expect(text).toContain('politics')
  expect(end).toMatchObject({ finishReason: 'content-filter', answered: null, citations: [] })
})

test('an agent that is not there, not published, archived or of another tenant is not found', async () => {
  await expect(ask([user('Hi')], { slug: 'nobody' })).rejects.toMatchObject({ status: 404 })
  await expect(ask([user('Hi')], { slug: 'unpublished' })).rejects.toMatchObject({ status: 404 })
  const theirs = { slug: 'clerk', messages: [user('Hi')], stream: false, signal: new AbortController().signal }
  await expect(completions().complete(ctx(app.clients[1]), theirs)).rejects.toMatchObject({ status: 404 })
  await app.run(archiveAgent, { id: agentId }, app.as('admin', app.clients[0]))
  await expect(ask([user('Hi')])).rejects.toMatchObject({ status: 404 })
  await app.run(archiveAgent, { id: agentId, archived: false }, app.as('admin', app.clients[0]))
})

test('a conversation that does not end with a question is refused by field', async () => {
  await expect(ask([{ role: 'assistant', text: 'Hello' }])).rejects.toMatchObject({
    status: 400,
    errors: [{ field: 'messages' }],
  })
})

test('a fault is thrown to the reader, and the run says why', async () => {
  gateway.play(
    says('Beg', async () => {
      throw new Error('exploded')
    }),
  )
  const completion = await ask([user('Hi')])
  await expect(partsOf(completion)).rejects.toMatchObject({ status: 502, type: 'answer-failed' })
  expect(await runOf(completion.runId)).toMatchObject({ status: 'failed' })
})

test('a reader who leaves stops the answer, as does the end of the request', async () => {
  gateway.play(says('Beginning', () => new Promise(() => undefined)))
  const left = await ask([user('Hi')])
  for await (const part of left.parts) {
    expect(part).toEqual({ type: 'text', delta: 'Beginning' })
    break
  }
  await expect.poll(async () => (await runOf(left.runId))?.status).toBe('cancelled')
  const request = new AbortController()
  const cut = await ask([user('Hi')], { signal: request.signal })
  request.abort()
  await expect(partsOf(cut)).rejects.toMatchObject({ type: 'answer-stopped' })
  expect(await runOf(cut.runId)).toMatchObject({ status: 'cancelled' })
})
