import { newId, type Context, type TransactionContext } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { agencyGrants, memberships } from '@guildhall/modules/identity'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportRuns } from './endpoints/export-runs.ts'
import { payloads, runs, runsModule, type AttemptRecord } from './index.ts'
import { expirePayloads } from './jobs/expire-payloads.ts'
import { markInterrupted } from './leases.ts'
import { getPayload } from './operations/get-payload.ts'
import { getRun } from './operations/get-run.ts'
import { giveFeedback } from './operations/give-feedback.ts'
import { listRuns } from './operations/list-runs.ts'
import { summariseUsage } from './operations/summarise-usage.ts'

let app: TestRuntime
let ctx: Context
beforeAll(async () => {
  app = await startTestRuntime({ modules: [runsModule] })
  ctx = app.context(app.as('owner', app.clients[0]))
})
afterAll(() => app.stop())

const journal = () => app.runtime.services.runs
const owner = () => app.as('owner', app.clients[0])
const asAgency = <T>(work: (tx: TransactionContext) => Promise<T>) =>
  app.context(app.as('owner', app.agency)).transaction(work)
const attempt = (values: Partial<AttemptRecord> = {}): AttemptRecord => ({
  provider: 'openai',
  model: 'gpt-5.1',
  outcome: 'ok',
  startedAt: new Date(),
  ms: 12.4,
  firstTokenMs: 3.2,
  costMicros: 250,
  ...values,
})

test('a run is visible from its first moment, with its steps and attempts when they end', async () => {
  const run = await journal().start(ctx, {
    kind: 'chat',
    title: 'What is the price?',
    input: { question: 'What is the price?' },
  })
  const [running] = (await app.run(listRuns, { status: 'running' }, owner())).items
  expect(running).toMatchObject({ id: run.id, status: 'running', ms: null, costMicros: 0 })

  await run.step({ kind: 'retrieval', name: 'search', input: 'price' }, async (step) => {
    step.facts({ passages: 3 })
    step.output(['a', 'b', 'c'])
  })
  const open = await run.openStep({ kind: 'model', name: 'answer', input: { prompt: 'Hello' } })
  open.attempt(
    attempt({
      provider: 'google',
      outcome: 'failed',
      reason: 'rate_limited',
      status: 429,
      costMicros: 0,
    }),
  )
  open.attempt(attempt({ reason: 'rate_limited', tokens: { input: 100, output: 20, cached: 30, reasoning: 5 } }))
  await open.end('ok')
  const totals = await run.end('ok', { output: 'It is 5 euros.' })
  expect(totals).toMatchObject({
    tokensIn: 100,
    tokensOut: 20,
    costMicros: 250,
    costComplete: true,
    provider: 'openai',
    model: 'gpt-5.1',
  })

  const detail = await app.run(getRun, { id: run.id }, owner())
  expect(detail.run).toMatchObject({
    status: 'ok',
    attempts: 2,
    fallbackReason: 'rate_limited',
    tokensCached: 30,
    actor: { name: 'Test Person' },
  })
  expect(detail.steps.map((step) => [step.kind, step.status, step.attempts.length])).toEqual([
    ['retrieval', 'ok', 0],
    ['model', 'ok', 2],
  ])
  expect(detail.steps[0]?.facts).toEqual({ passages: 3 })
  expect(detail.steps[1]?.attempts[1]).toMatchObject({
    provider: 'openai',
    ms: 12,
    firstTokenMs: 3,
    tokensIn: 100,
    tokensReasoning: 5,
  })
})

test('ending twice writes once and says the same', async () => {
  const run = await journal().start(ctx, { kind: 'chat', title: 'x' })
  expect(await run.end('ok')).toEqual(await run.end('failed', { error: 'too late' }))
  expect((await app.run(getRun, { id: run.id }, owner())).run.status).toBe('ok')
})

test('a run waits for the attempt of a stream that is just being stopped, and leaves no step open', async () => {
  const run = await journal().start(ctx, { kind: 'chat', title: 'stopped' })
  const stopped = await run.openStep({ kind: 'model', name: 'stopped' })
  await run.openStep({ kind: 'tool', name: 'forgotten' })
  setTimeout(() => {
    stopped.attempt(attempt({ outcome: 'cancelled', costMicros: 33 }))
    void stopped.end('cancelled')
  }, 50)
  expect(await run.end('cancelled')).toMatchObject({ costMicros: 33 })
  const { steps } = await app.run(getRun, { id: run.id }, owner())
  expect(steps.map((step) => step.status)).toEqual(['cancelled', 'interrupted'])
})

test('failing work leaves a failed step and run, and its error goes on to the caller', async () => {
  const id = newId()
  const failing = journal().record(ctx, { kind: 'analysis', title: `failing ${id}` }, (run) =>
    run.step({ kind: 'engine', name: 'metrics' }, () => Promise.reject(new Error('no transcript'))),
  )
  await expect(failing).rejects.toThrow('no transcript')
  const [row] = (await app.run(listRuns, { q: id }, owner())).items
  expect(row).toMatchObject({ status: 'failed', error: 'no transcript' })
  const { steps } = await app.run(getRun, { id: row?.id ?? '' }, owner())
  expect(steps[0]).toMatchObject({ status: 'failed', error: 'no transcript' })
})

test('an unknown price stays null and makes the sum "at least"', async () => {
  const { totals } = await journal().record(ctx, { kind: 'chat', title: 'unknown price' }, (run) =>
    run.step({ kind: 'model', name: 'model' }, async (step) => {
      step.attempt(attempt({ costMicros: 40 }))
      step.attempt(attempt({ costMicros: null }))
    }),
  )
  expect([totals.costMicros, totals.costComplete]).toEqual([40, false])
})

test('a payload is stored once, sealed, and read through its run only', async () => {
  const content = { text: 'the same words', bytes: new Uint8Array([1, 2, 3]) }
  const first = await journal().record(ctx, { kind: 'chat', title: 'one', input: content }, async () => 'done')
  const second = await journal().record(ctx, { kind: 'chat', title: 'two', input: content }, async () => 'done')
  const { run } = await app.run(getRun, { id: first.totals.runId }, owner())
  const hash = run.inputHash ?? ''
  expect((await app.run(getRun, { id: second.totals.runId }, owner())).run.inputHash).toBe(hash)
  const stored = await ctx.transaction((tx) => tx.db.select().from(payloads).where(eq(payloads.hash, hash)))
  expect(stored).toHaveLength(1)
  expect(stored[0]?.sealed).not.toContain('words')

  const payload = await app.run(getPayload, { id: run.id, hash }, owner())
  expect(payload.content).toMatchObject({ text: 'the same words', bytes: { bytes: 3 } })
  const other = await journal().start(ctx, { kind: 'chat', title: 'other' })
  await expect(app.run(getPayload, { id: other.id, hash }, owner())).rejects.toMatchObject({ status: 404 })
})

test('a payload over the limit is named, not kept, and says so', async () => {
  const { totals } = await journal().record(
    ctx,
    { kind: 'chat', title: 'large', input: 'x'.repeat(1_100_000) },
    async () => null,
  )
  const { run } = await app.run(getRun, { id: totals.runId }, owner())
  await expect(app.run(getPayload, { id: run.id, hash: run.inputHash ?? '' }, owner())).rejects.toMatchObject({
    status: 410,
    type: 'payload-gone',
  })
})

test('what outlived its retention is deleted, the run stays', async () => {
  const { totals } = await journal().record(ctx, { kind: 'chat', title: 'old', input: 'soon gone' }, async () => null)
  const { run } = await app.run(getRun, { id: totals.runId }, owner())
  const hash = run.inputHash ?? ''
  await ctx.transaction((tx) =>
    tx.db
      .update(payloads)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(payloads.hash, hash)),
  )
  await expirePayloads.run({}, ctx)
  expect(await ctx.transaction((tx) => tx.db.select().from(payloads).where(eq(payloads.hash, hash)))).toEqual([])
  await expect(app.run(getPayload, { id: run.id, hash }, owner())).rejects.toMatchObject({ status: 410 })
  expect((await app.run(getRun, { id: run.id }, owner())).run.title).toBe('old')
})

test('the deletion is queued durably for the day after the payloads expire', async () => {
  const due = await ctx.transaction((tx) =>
    tx.db.execute(sql`select run_at, key from jobs where name = 'runs.expire-payloads'`),
  )
  expect(due.rows).toHaveLength(1)
  const days = (new Date(String(due.rows[0]?.run_at)).getTime() - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(89.9)
})

test('runs of a dead process become interrupted with what they have cost; those of a living one are left alone', async () => {
  const dead = await journal().start(ctx, { kind: 'chat', title: 'dead' })
  const living = await journal().start(ctx, { kind: 'chat', title: 'living' })
  const open = await dead.openStep({ kind: 'model', name: 'first' })
  open.attempt(attempt({ costMicros: 70 }))
  await open.end('ok')
  await dead.openStep({ kind: 'model', name: 'second' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await ctx.transaction((tx) =>
    tx.db
      .update(runs)
      .set({ leaseUntil: new Date(Date.now() - 1000) })
      .where(eq(runs.id, dead.id)),
  )
  expect(await markInterrupted(app.runtime)).toBe(1)
  const after = await app.run(getRun, { id: dead.id }, owner())
  expect(after.run).toMatchObject({ status: 'interrupted', costMicros: 70, costComplete: false })
  expect(after.steps.map((step) => step.status)).toEqual(['ok', 'interrupted'])
  expect((await app.run(getRun, { id: living.id }, owner())).run.status).toBe('running')
  await living.end('cancelled')
})

test('feedback is one word per person, replaced by the next', async () => {
  const run = await journal().start(ctx, { kind: 'chat', title: 'rated' })
  await run.end('ok')
  await app.run(giveFeedback, { id: run.id, rating: 'down', comment: 'wrong price' }, owner())
  await app.run(giveFeedback, { id: run.id, rating: 'up' }, owner())
  const { run: rated } = await app.run(getRun, { id: run.id }, owner())
  expect(rated.allFeedback).toMatchObject([{ rating: 'up', comment: null, actorName: 'Test Person' }])
  expect(rated.feedback).toEqual({ rating: 'up', comment: null })
  await expect(
    app.run(giveFeedback, { id: run.id, rating: 'up' }, app.as('viewer', app.clients[0])),
  ).rejects.toMatchObject({ status: 403 })
})

test('another tenant sees neither run nor payload nor may it leave feedback', async () => {
  const run = await journal().start(ctx, { kind: 'chat', title: 'secret', input: 'secret' })
  await run.end('ok')
  const hash = (await app.run(getRun, { id: run.id }, owner())).run.inputHash ?? ''
  for (const tenant of [app.clients[1], app.agency, app.otherAgency]) {
    const stranger = app.as('owner', tenant)
    await expect(app.run(getRun, { id: run.id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(getPayload, { id: run.id, hash }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(giveFeedback, { id: run.id, rating: 'up' }, stranger)).rejects.toMatchObject({ status: 404 })
    expect((await app.run(listRuns, {}, stranger)).items).toEqual([])
  }
})

test('usage adds up to one total whatever it is grouped by, and the agency sees its clients and no others', async () => {
  const beta = app.context(app.as('owner', app.clients[1]))
  await journal().record(beta, { kind: 'chat', title: 'beta' }, (run) =>
    run.step({ kind: 'model', name: 'model' }, async (step) =>
      step.attempt(attempt({ provider: 'google', model: 'gemini', costMicros: 1000 })),
    ),
  )
  const foreign = app.context(app.as('owner', app.otherAgency))
  await journal().record(foreign, { kind: 'chat', title: 'foreign' }, (run) =>
    run.step({ kind: 'model', name: 'model' }, async (step) => step.attempt(attempt({ costMicros: 9_000_000 }))),
  )
  const period = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 1000).toISOString() }
  const agency = app.as('admin', app.agency)
  const groupings = ['day', 'agent', 'model', 'provider', 'client'] as const
  const summaries = await Promise.all(
    groupings.map((groupBy) => app.run(summariseUsage, { groupBy, ...period }, agency)),
  )
  const costs = summaries.map((summary) => summary.total.costMicros)
  expect(new Set(costs).size).toBe(1)
  expect(costs[0]).toBeLessThan(9_000_000)
  expect(summaries[4]?.rows.map((group) => group.label).toSorted()).toEqual(['Alpha', 'Beta'])
  expect(summaries[3]?.rows.find((group) => group.key === 'google')).toMatchObject({ costMicros: 1000 })

  const own = await app.run(summariseUsage, { groupBy: 'client', ...period }, app.as('owner', app.clients[1]))
  expect(own.rows.map((group) => group.label)).toEqual(['Beta'])
  const member = await app.run(summariseUsage, { groupBy: 'client', ...period }, app.as('member', app.agency))
  expect(member.rows).toEqual([])
})

test('every day of the period is listed, also the empty ones', async () => {
  const summary = await app.run(summariseUsage, { from: '2026-01-01T00:00:00Z', to: '2026-01-04T00:00:00Z' }, owner())
  expect(summary.rows.map((group) => [group.key, group.runs])).toEqual([
    ['2026-01-01', 0],
    ['2026-01-02', 0],
    ['2026-01-03', 0],
  ])
  await expect(
    app.run(summariseUsage, { from: '2026-01-04T00:00:00Z', to: '2026-01-01T00:00:00Z' }, owner()),
  ).rejects.toMatchObject({ status: 400 })
})

test('an agency lists the runs of its clients when it asks for them', async () => {
  const agency = app.as('owner', app.agency)
  const all = await app.run(listRuns, { scope: 'agency', limit: 200 }, agency)
  expect(new Set(all.items.map((run) => run.client?.slug))).toEqual(new Set(['alpha', 'beta']))
  expect((await app.run(listRuns, {}, agency)).items).toEqual([])
})

describe('agency staff who is neither owner nor admin', () => {
  const staff = { id: 'staff-1', name: 'Staff', email: 'staff@example.test' }
  const seen = async (scope: 'agency' | 'tenant' = 'agency') => {
    const list = await app.run(listRuns, { scope, limit: 200 }, app.as('viewer', app.agency, staff))
    return [...new Set(list.items.map((run) => run.client?.slug))]
  }
  const employ = (tenant = app.agency) =>
    app.context(app.as('owner', tenant)).transaction(async ({ db }) => {
      await db.insert(memberships).values({ tenantId: tenant.id, userId: staff.id, role: 'viewer', ...staff })
    })
  const grant = (clientId: string | null) =>
    asAgency(async ({ db, tenant }) => {
      await db
        .insert(agencyGrants)
        .values({ id: newId(), tenantId: tenant.id, userId: staff.id, clientId, role: 'viewer', grantedBy: 'test' })
    })
  const revoke = () =>
    asAgency(async ({ db }) => {
      await db.delete(agencyGrants).where(eq(agencyGrants.userId, staff.id))
    })

  test('sees the runs of the clients with a grant in lists, sums and export, and no others', async () => {
    await employ()
    expect(await seen()).toEqual([])
    await grant(app.clients[1].id)
    expect(await seen()).toEqual(['beta'])
    expect(await seen('tenant')).toEqual([])
    const caller = app.as('viewer', app.agency, staff)
    const usage = await app.run(summariseUsage, { groupBy: 'client' }, caller)
    expect(usage.rows.map((group) => group.label)).toEqual(['Beta'])
    const request = new Request('http://guildhall.test/api/runs/export?scope=agency')
    const exported = await (await exportRuns.run(request, app.context(caller), {})).text()
    expect(exported).toContain(',Beta,')
    expect(exported).not.toContain(',Alpha,')
    await revoke()
    expect(await seen()).toEqual([])
  })

  test('sees all clients with a grant for all, of this agency alone', async () => {
    await employ(app.otherAgency)
    await grant(null)
    expect(new Set(await seen())).toEqual(new Set(['alpha', 'beta']))
    const elsewhere = app.as('viewer', app.otherAgency, staff)
    expect(
      (await app.run(listRuns, { scope: 'agency', kind: 'chat' }, elsewhere)).items.map((run) => run.title),
    ).toEqual(['foreign'])
  })

  test('sees nothing of the clients after leaving the agency, whatever grants are left', async () => {
    await asAgency(async ({ db }) => {
      await db.delete(memberships).where(eq(memberships.userId, staff.id))
    })
    expect(await seen()).toEqual([])
  })
})

test('the export holds every run that fits the filters and cannot start a formula', async () => {
  await (await journal().start(ctx, { kind: 'export-test', title: '=cmd()' })).end('ok')
  const response = await exportRuns.run(
    new Request('http://guildhall.test/api/runs/export?kind=export-test'),
    app.context(owner()),
    {},
  )
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^id,client,kind,title,status/)
  expect(lines[1]).toContain(`'=cmd()`)
})
