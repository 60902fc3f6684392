import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newId, systemCaller } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule, ledgerSchema } from '@guildhall/modules/ledger'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runAttempts, runs, runsModule, runSteps, type AttemptRecord } from '../index.ts'
import { getRun } from '../operations/get-run.ts'

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({ modules: [ledgerModule, runsModule] })
})
afterAll(() => app.stop())

const attempt = (): AttemptRecord => ({
  provider: 'openai',
  model: 'gpt-5.1',
  outcome: 'ok',
  startedAt: new Date(),
  ms: 12.4,
  firstTokenMs: 3.2,
  tokens: { input: 100, output: 20, cached: 40, reasoning: 5 },
  costMicros: 300,
  priceVersion: 'list 1',
  route: 'fast',
})

test('a deferred run is in the journal and the ledger a moment after its end, with all that a run has', async () => {
  const ctx = app.context(app.as('owner', app.clients[0]))
  const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: 'Hello', input: 'q', deferred: true })
  const step = await run.openStep({ kind: 'model', name: 'completion', input: 'q' })
  step.attempt({ ...attempt(), outcome: 'failed', costMicros: 0, reason: 'timeout', error: 'no answer' })
  step.attempt(attempt())
  step.output([{ type: 'text', text: 'Hi' }])
  step.facts({ requested: 'fast' })
  await step.end('ok')
  const totals = await run.end('ok', { output: 'Hi' })
  expect(totals).toMatchObject({
    tokensIn: 200,
    tokensOut: 40,
    costMicros: 300,
    costComplete: true,
    provider: 'openai',
  })

  const found = await vi.waitFor(() => app.run(getRun, { id: run.id }, ctx.caller))
  expect(found).toMatchObject({
    run: { status: 'ok', title: 'Hello', tokensIn: 200, costMicros: 300 },
    steps: [
      {
        name: 'completion',
        status: 'ok',
        facts: { requested: 'fast' },
        attempts: [{ reason: 'timeout' }, { firstTokenMs: 3 }],
      },
    ],
  })
  const entries = await ctx.transaction(({ db }) =>
    db.select().from(ledgerSchema.usageEntries).where(eq(ledgerSchema.usageEntries.runId, run.id)),
  )
  expect(entries.map((entry) => [entry.outcome, entry.costMicros, entry.route, entry.tokensCached])).toEqual([
    ['failed', 0, 'fast', 40],
    ['ok', 300, 'fast', 40],
  ])
})

test('many at once are all there, each once', async () => {
  const ctx = app.context(app.as('owner', app.clients[1]))
  const one = async (at: number) => {
    const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: String(at), input: at, deferred: true })
    await run.step({ kind: 'model', name: 'completion' }, async (step) => step.attempt(attempt()))
    await run.end('ok')
  }
  await Promise.all(Array.from({ length: 900 }, (_, at) => one(at)))
  const count = () =>
    ctx.transaction(async ({ db }) => ({
      runs: (await db.select({ id: runs.id }).from(runs).where(eq(runs.tenantId, ctx.tenant.id))).length,
      steps: (await db.select({ id: runSteps.id }).from(runSteps)).length,
      attempts: (await db.select({ id: runAttempts.id }).from(runAttempts)).length,
    }))
  await vi.waitFor(async () => expect(await count()).toEqual({ runs: 900, steps: 900, attempts: 900 }), 10_000)
})

test('what the database cannot hold is replaced, and holds up nobody', async () => {
  const ctx = app.context(app.as('owner', app.clients[0]))
  const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: 'a\u0000b\ud83d', deferred: true })
  await run.step({ kind: 'model', name: 'x' }, async (step) => step.facts({ requested: 'no\u0000body' }))
  await run.end('failed', { error: 'half \udc00' })
  const found = await vi.waitFor(() => app.run(getRun, { id: run.id }, ctx.caller))
  expect(found).toMatchObject({
    run: { title: 'a\uFFFDb\uFFFD', error: 'half \uFFFD' },
    steps: [{ facts: { requested: 'no\uFFFDbody' } }],
  })
})

test('a call of somebody who has been removed is kept aside, and the calls beside it are written', async () => {
  const ctx = app.context(app.as('owner', app.clients[0]))
  const gone = app.context(systemCaller({ ...ctx.tenant, id: newId() }, 'Removed'))
  const lost = await gone.services.runs.start(gone, { kind: 'completion', title: 'lost', deferred: true })
  await lost.end('ok')
  const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: 'kept', deferred: true })
  await run.end('ok')
  await vi.waitFor(() => app.run(getRun, { id: run.id }, ctx.caller))
  const refused = await vi.waitFor(() => readFile(join(app.runtime.config.dataDir, 'journal', 'refused.jsonl'), 'utf8'))
  expect(
    refused
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual([lost.id])
})
