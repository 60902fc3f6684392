import { newId, openBroadcast, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { runAttempts, runs, runsModule, runSteps, type AttemptRecord } from '@guildhall/modules/runs'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeMonth as closeOne } from './close-month.ts'
import { exportUsage } from './endpoints/export-usage.ts'
import { bookUsage, ledgerModule, type NewUsage } from './index.ts'
import { bookMissing } from './operations/book-missing.ts'
import { closeMonth } from './operations/close-month.ts'
import { correctEntry } from './operations/correct-entry.ts'
import { createPrice } from './operations/create-price.ts'
import { deleteMargin } from './operations/delete-margin.ts'
import { deletePrice } from './operations/delete-price.ts'
import { getProfit } from './operations/get-profit.ts'
import { getUsage } from './operations/get-usage.ts'
import { listAnomalies } from './operations/list-anomalies.ts'
import { listEntries } from './operations/list-entries.ts'
import { listMargins } from './operations/list-margins.ts'
import { listMissingPrices } from './operations/list-missing-prices.ts'
import { listMonths } from './operations/list-months.ts'
import { listPrices } from './operations/list-prices.ts'
import { reverseEntry } from './operations/reverse-entry.ts'
import { setMargin } from './operations/set-margin.ts'
import { verifyMonth } from './operations/verify-month.ts'
import { rememberPrices } from './price-book.ts'
import { usageGroupings } from './usage-by.ts'

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({ modules: [ledgerModule, runsModule] })
})
afterAll(() => app.stop())

let clock: Date | null = null
afterEach(() => void (clock = null))

const agency = () => app.as('owner', app.agency)
const context = (tenant: Tenant) => app.context(app.as('owner', tenant))
/** Sets the time of the whole installation. */
function at(moment: string): void {
  clock = new Date(moment)
  app.runtime.now = () => clock ?? new Date()
}

const attempt = (values: Partial<AttemptRecord> = {}): AttemptRecord => ({
  provider: 'openai',
  model: 'gpt-5.1',
  outcome: 'ok',
  startedAt: app.runtime.now(),
  ms: 12,
  costMicros: 250,
  priceVersion: 'test',
  tokens: { input: 100, output: 20, cached: 0 },
  ...values,
})

/** A run with one step and its attempts, through the journal. */
async function record(tenant: Tenant, ...attempts: Partial<AttemptRecord>[]): Promise<string> {
  const { totals } = await app.runtime.services.runs.record(context(tenant), { kind: 'chat', title: 'x' }, (run) =>
    run.step({ kind: 'model', name: 'model' }, async (step) => {
      for (const each of attempts) step.attempt(attempt(each))
    }),
  )
  return totals.runId
}

const entriesOf = async (runId: string, client: Tenant) =>
  (await app.run(listEntries, { runId }, app.as('viewer', client))).items.toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** As the operator of the database could, behind the application's back. */
const behindItsBack = (statement: ReturnType<typeof sql>, tenant: Tenant) =>
  app.runtime.database.within({ tenantId: tenant.id }, (db) => db.execute(statement))

test('every attempt is an entry with the id of the attempt, whatever came of it', async () => {
  at('2025-01-10T12:00:00Z')
  const runId = await record(
    app.clients[0],
    { outcome: 'failed', costMicros: 0, reason: 'rate_limited' },
    { outcome: 'cancelled', costMicros: 40, tokens: { input: 100, output: 3, cached: 0, estimated: true } },
    { source: 'cached', costMicros: 0 },
    { kind: 'embedding', costMicros: null, priceVersion: null, tokens: { input: 9, output: 0, cached: 0 } },
  )
  const entries = await entriesOf(runId, app.clients[0])
  const facts = entries.map((entry) => [entry.kind, entry.outcome, entry.source, entry.costMicros, entry.estimated])
  expect(facts.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['chat', 'cancelled', 'fresh', 40, true],
    ['chat', 'failed', 'fresh', 0, false],
    ['chat', 'ok', 'cached', 0, false],
    ['embedding', 'ok', 'fresh', null, false],
  ])
  const attempts = await context(app.clients[0]).transaction((tx) =>
    tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId)),
  )
  expect(attempts.map((row) => row.id).toSorted()).toEqual(entries.map((entry) => entry.id))
  expect(entries[0]).toMatchObject({ month: '2025-01', actorName: 'Test Person', entry: 'usage' })
})

const usage = (values: Partial<NewUsage> = {}): NewUsage => ({
  id: newId(),
  runId: newId(),
  occurredAt: app.runtime.now(),
  kind: 'chat',
  outcome: 'ok',
  source: 'fresh',
  provider: 'openai',
  model: 'gpt-5.1',
  route: null,
  actor: { type: 'user', id: 'u', name: 'U' },
  projectId: null,
  agentId: null,
  tokens: { input: 10, output: 5, cached: 0, cacheWrite: 0, reasoning: 0, estimated: false },
  costMicros: 7,
  priceVersion: 'test',
  ...values,
})

/** Usage with the run, step and attempt that it stands for, written as the journal does. */
async function book(tenant: Tenant, entries: readonly NewUsage[]): Promise<void> {
  await context(tenant).transaction(async (tx) => {
    for (const entry of entries) {
      const { runId, occurredAt: startedAt, provider, model, outcome } = entry
      const place = { tenantId: tenant.id, startedAt, ms: 1 }
      const stepId = newId()
      await tx.db
        .insert(runs)
        .values({
          ...place,
          id: runId,
          kind: 'chat',
          title: 'x',
          status: 'ok',
          actorType: 'user',
          actorId: 'u',
          actorName: 'U',
          requestId: newId(),
          processId: newId(),
        })
        .onConflictDoNothing()
      await tx.db
        .insert(runSteps)
        .values({ ...place, id: stepId, runId, position: 0, kind: 'model', name: 'm', status: 'ok' })
      await tx.db
        .insert(runAttempts)
        .values({
          ...place,
          id: entry.id,
          runId,
          stepId,
          position: 0,
          provider,
          model,
          outcome,
          tokensIn: entry.tokens.input,
          tokensOut: entry.tokens.output,
          costMicros: entry.costMicros,
        })
        .onConflictDoNothing()
    }
    await bookUsage(tx, entries)
  })
}

const sumOf = async (tenant: Tenant, month: string) =>
  (await app.run(getUsage, { month, groupBy: 'kind' }, app.as('viewer', tenant))).total

test('writing again after a crash books nothing twice, also at the same time', async () => {
  at('2025-02-10T12:00:00Z')
  const entries = [usage(), usage(), usage({ costMicros: null })]
  await Promise.all(Array.from({ length: 5 }, () => book(app.clients[0], entries)))
  expect(await sumOf(app.clients[0], '2025-02')).toMatchObject({ calls: 3, costMicros: 14, unpriced: 1 })
})

describe('a correction', () => {
  test('is an entry of its own that holds the difference, and says who and why', async () => {
    at('2025-03-10T12:00:00Z')
    const one = usage({ costMicros: 500 })
    await book(app.clients[0], [one])
    const first = await app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 300, note: 'Credit note 7' },
      agency(),
    )
    expect(first).toMatchObject({
      entry: 'correction',
      refersTo: one.id,
      costMicros: -200,
      tokensIn: 0,
      month: '2025-03',
      note: 'Credit note 7',
      bookedByName: 'Test Person',
    })
    const second = await app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 450, tokensIn: 12, note: 'Credit note was wrong' },
      agency(),
    )
    expect(second).toMatchObject({ costMicros: 150, tokensIn: 2, tokensOut: 0 })
    expect(await sumOf(app.clients[0], '2025-03')).toMatchObject({ calls: 1, costMicros: 450, tokensIn: 12 })
    const back = await app.run(reverseEntry, { id: one.id, client: 'alpha', note: 'Never happened' }, agency())
    expect(back).toMatchObject({ entry: 'reversal', costMicros: -450, tokensIn: -12, tokensOut: -5 })
    expect(await sumOf(app.clients[0], '2025-03')).toMatchObject({ costMicros: 0, tokensIn: 0, tokensOut: 0 })
  })

  test('made several times at once comes to what was said last, not to a sum of all', async () => {
    at('2025-03-11T12:00:00Z')
    const one = usage({ costMicros: 500, kind: 'speech' })
    await book(app.clients[1], [one])
    await Promise.all(
      [100, 100, 100, 100].map((costMicros) =>
        app.run(correctEntry, { id: one.id, client: 'beta', costMicros, note: 'In parallel' }, agency()),
      ),
    )
    expect(await sumOf(app.clients[1], '2025-03')).toMatchObject({ costMicros: 100 })
  })

  test('gives an unknown cost a value, and is refused for what is not a call of that client', async () => {
    at('2025-04-10T12:00:00Z')
    const one = usage({ costMicros: null, priceVersion: null })
    await book(app.clients[0], [one])
    expect(await sumOf(app.clients[0], '2025-04')).toMatchObject({ unpriced: 1 })
    const done = await app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 70, note: 'From the invoice' },
      agency(),
    )
    expect(await sumOf(app.clients[0], '2025-04')).toMatchObject({ unpriced: 0, costMicros: 70 })
    await expect(
      app.run(correctEntry, { id: one.id, client: 'alpha', note: 'Nothing to correct' }, agency()),
    ).rejects.toMatchObject({ status: 400, errors: [{ field: 'costMicros' }] })
    for (const [id, client] of [
      [one.id, 'beta'],
      [done.id, 'alpha'],
      [one.id, undefined],
    ] as const)
      await expect(
        app.run(correctEntry, { id, client, costMicros: 1, note: 'Not theirs' }, agency()),
      ).rejects.toMatchObject({ status: 404 })
    await expect(
      app.run(
        correctEntry,
        { id: one.id, client: 'alpha', costMicros: 1, note: 'x y z' },
        app.as('owner', app.otherAgency),
      ),
    ).rejects.toMatchObject({ status: 404 })
  })
})

describe('a month', () => {
  test('is closed after its end and the grace after it, with the sums of its entries', async () => {
    at('2025-05-20T12:00:00Z')
    await record(app.clients[0], { costMicros: 1000 }, { outcome: 'failed', costMicros: 0 })
    await record(app.clients[1], { costMicros: null })
    at('2025-06-01T01:59:59Z')
    await expect(app.run(closeMonth, { month: '2025-05' }, agency())).rejects.toMatchObject({ status: 409 })
    at('2025-06-01T02:00:00Z')
    const closed = await app.run(closeMonth, { month: '2025-05' }, agency())
    const alpha = closed.tenants.find((each) => each.client?.slug === 'alpha')
    expect(alpha).toMatchObject({
      entries: 2,
      costMicros: 1000,
      unpriced: 0,
      tokensIn: 200,
      closedByName: 'Test Person',
    })
    expect(closed.tenants.find((each) => each.client?.slug === 'beta')).toMatchObject({ entries: 1, unpriced: 1 })
    expect(closed.tenants).toHaveLength(3)
    expect(await app.run(closeMonth, { month: '2025-05' }, agency())).toEqual(closed)
    const months = await app.run(listMonths, {}, agency())
    expect(months.items.find((each) => each.month === '2025-05')).toMatchObject({
      state: 'closed',
      mayClose: false,
      entries: 3,
    })
  })

  test('that is closed takes nothing further: late calls and corrections count in the next open one', async () => {
    at('2025-06-03T12:00:00Z')
    const late = usage({ occurredAt: new Date('2025-05-31T23:00:00Z'), costMicros: 11 })
    await book(app.clients[0], [late])
    expect((await entriesOf(late.runId, app.clients[0]))[0]).toMatchObject({ month: '2025-06' })
    const corrected = await app.run(
      correctEntry,
      { id: late.id, client: 'alpha', costMicros: 12, note: 'One more' },
      agency(),
    )
    expect(corrected).toMatchObject({ month: '2025-06', costMicros: 1 })
    expect(await sumOf(app.clients[0], '2025-05')).toMatchObject({ costMicros: 1000 })
    expect(await sumOf(app.clients[0], '2025-06')).toMatchObject({ costMicros: 12 })
    const verified = await app.run(verifyMonth, { month: '2025-05' }, agency())
    expect(verified).toMatchObject({ unchanged: true })
    expect(verified.tenants.every((each) => each.digest === each.closedDigest && each.differingRuns === 0)).toBe(true)
    at('2025-08-01T12:00:00Z')
    await app.run(closeMonth, { month: '2025-06' }, agency())
    const later = usage({ occurredAt: new Date('2025-05-30T23:00:00Z') })
    await book(app.clients[0], [later])
    expect((await entriesOf(later.runId, app.clients[0]))[0]).toMatchObject({ month: '2025-07' })
  })

  test('is not closed while ledger and runs differ, and the runs are listed', async () => {
    at('2025-09-10T12:00:00Z')
    const runId = await record(app.clients[0], { costMicros: 5 })
    const missing = usage({ costMicros: 9 })
    await book(app.clients[0], [missing])
    const lost = usage({ costMicros: 3 })
    // An entry without an attempt, and an attempt without its entry.
    await context(app.clients[0]).transaction((tx) => bookUsage(tx, [lost]))
    await context(app.clients[0]).transaction(async (tx) => {
      const [row] = await tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId))
      if (row) await tx.db.insert(runAttempts).values({ ...row, id: newId(), costMicros: 1 })
    })
    at('2025-10-02T12:00:00Z')
    const refusal = await app.run(closeMonth, { month: '2025-09' }, agency()).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ status: 409, type: 'ledger-differs', extensions: { differing: 2 } })
    expect(JSON.stringify(refusal)).toContain(runId)
    expect(JSON.stringify(refusal)).toContain(lost.runId)
    expect(JSON.stringify(refusal)).not.toContain(missing.runId)
    const months = await app.run(listMonths, {}, agency())
    expect(months.items.find((each) => each.month === '2025-09')).toMatchObject({ state: 'open', closed: [] })
  })

  test('whose runs are older than the ledger is closed once their calls are booked', async () => {
    at('2025-04-20T12:00:00Z')
    const runId = await record(app.clients[1], { costMicros: 5 })
    await context(app.clients[1]).transaction(async (tx) => {
      const [row] = await tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId))
      if (row) await tx.db.insert(runAttempts).values({ ...row, id: newId(), costMicros: 8, source: 'cached' })
    })
    const before = await sumOf(app.clients[1], '2025-04')
    at('2025-10-02T12:00:00Z')
    await expect(app.run(closeMonth, { month: '2025-04' }, agency())).rejects.toMatchObject({ type: 'ledger-differs' })
    expect(await app.run(bookMissing, { month: '2025-04' }, agency())).toMatchObject({ booked: 1, costMicros: 8 })
    expect(await app.run(bookMissing, { month: '2025-04' }, agency())).toMatchObject({ booked: 0 })
    expect((await sumOf(app.clients[1], '2025-04')).costMicros).toBe(before.costMicros + 8)
    await app.run(closeMonth, { month: '2025-04' }, agency())
    expect((await entriesOf(runId, app.clients[1])).map((entry) => entry.source).toSorted()).toEqual([
      'cached',
      'fresh',
    ])
  })

  test('that was changed behind the application’s back is found out by its digest', async () => {
    at('2025-11-10T12:00:00Z')
    const one = usage({ costMicros: 100 })
    const other = usage({ costMicros: 200 })
    await book(app.clients[1], [one, other])
    at('2025-12-02T12:00:00Z')
    await app.run(closeMonth, { month: '2025-11' }, agency())
    await expect(
      behindItsBack(sql`update usage_entries set cost_micros = 1 where id = ${one.id}`, app.clients[1]),
    ).rejects.toThrow()
    // Two wrongs that keep the sum: written by a further entry, since the application cannot change one.
    await behindItsBack(
      sql`insert into usage_entries select (jsonb_populate_record(e, jsonb_build_object('id', ${newId()}::text, 'entry', 'correction', 'refers_to', e.id, 'cost_micros', 0))).* from usage_entries e where id = ${other.id}`,
      app.clients[1],
    )
    const verified = await app.run(verifyMonth, { month: '2025-11' }, agency())
    expect(verified.unchanged).toBe(false)
    expect(verified.tenants.filter((each) => !each.unchanged).map((each) => each.client?.slug)).toEqual(['beta'])
  })

  test('that is being closed loses no entry and counts none twice, whatever books into it meanwhile', async () => {
    at('2026-01-15T12:00:00Z')
    await book(app.clients[0], [usage()])
    at('2026-02-03T12:00:00Z')
    const during = new Date('2026-01-31T22:00:00Z')
    const entries = Array.from({ length: 40 }, () => usage({ occurredAt: during, costMicros: 10 }))
    const client = app.as('owner', app.clients[0])
    const closings: Promise<unknown>[] = []
    const bookings = entries.map(async (entry, index) => {
      if (index % 10 === 5)
        closings.push(app.context(client).transaction((tx) => closeOne(tx, app.runtime.services.journal, '2026-01')))
      await book(app.clients[0], [entry])
    })
    await Promise.all(bookings)
    await Promise.all(closings)
    const january = await sumOf(app.clients[0], '2026-01')
    const february = await sumOf(app.clients[0], '2026-02')
    expect(january.costMicros + february.costMicros).toBe(7 + 400)
    const closed = (await app.run(listMonths, {}, client)).items.find((each) => each.month === '2026-01')
    expect(closed?.closed[0]).toMatchObject({ costMicros: january.costMicros, entries: january.calls })
    await app.run(closeMonth, { month: '2026-01' }, agency())
    expect(await app.run(verifyMonth, { month: '2026-01' }, agency())).toMatchObject({ unchanged: true })
  })
})

describe('prices', () => {
  test('that were entered hold for the agency and all its clients, a client’s own before them', async () => {
    at('2026-03-05T12:00:00Z')
    const asked = { listedAs: null, baseUrl: null, provider: 'own', model: 'local-chat', at: app.runtime.now() }
    const used = { input: 1000, output: 100, cached: 0, cacheWrite: 0 }
    const cost = async (tenant: Tenant) =>
      (await app.runtime.services.ledger.prices(context(tenant))).price(asked, used).costMicros
    expect(await cost(app.clients[0])).toBeNull()
    const all = await app.run(
      createPrice,
      { provider: 'own', model: 'local*', prices: { input: 1, output: 2 }, validFrom: '2026-03-01T00:00:00Z' },
      agency(),
    )
    await app.run(
      createPrice,
      { client: 'beta', provider: '*', model: 'local-chat', prices: { input: 3, output: 3 } },
      agency(),
    )
    expect([await cost(app.agency), await cost(app.clients[0]), await cost(app.clients[1])]).toEqual([1200, 1200, 3300])
    expect(await cost(app.otherAgency)).toBeNull()
    const { items } = await app.run(listPrices, {}, agency())
    expect(items.map((each) => [each.model, each.client?.slug ?? null])).toEqual([
      ['local-chat', 'beta'],
      ['local*', null],
    ])
    await app.run(deletePrice, { id: all.id }, agency())
    expect(await cost(app.clients[0])).toBeNull()
    await expect(app.run(deletePrice, { id: all.id }, agency())).rejects.toMatchObject({ status: 404 })
  })

  test('are kept in memory, and a change is known to every process that listens', async () => {
    at('2026-03-06T12:00:00Z')
    const broadcast = await openBroadcast({ url: app.database.appUrl, onError: () => undefined })
    try {
      const prices = rememberPrices({ ...app.runtime, broadcast })
      const ctx = context(app.clients[0])
      const asked = { listedAs: null, baseUrl: null, provider: 'own', model: 'kept', at: new Date('2026-03-07') }
      const used = { input: 1000, output: 0, cached: 0, cacheWrite: 0 }
      expect((await prices(ctx)).price(asked, used).costMicros).toBeNull()
      // From memory: no promise to wait for.
      expect(prices(ctx)).not.toBeInstanceOf(Promise)
      const made = await app.run(createPrice, { provider: 'own', model: 'kept', prices: { input: 5 } }, agency())
      await expect.poll(async () => (await prices(ctx)).price(asked, used).costMicros).toBe(5000)
      await app.run(deletePrice, { id: made.id }, agency())
      await expect.poll(async () => (await prices(ctx)).price(asked, used).costMicros).toBeNull()
    } finally {
      await broadcast.close()
    }
  })

  test('that are missing are listed until they are entered, and the calls of open months are corrected', async () => {
    at('2026-03-20T12:00:00Z')
    const unknown = { provider: 'own', model: 'new-model', costMicros: null, priceVersion: null }
    const cached = { input: 1000, output: 100, cached: 400, cacheWrite: 0, reasoning: 0, estimated: false }
    await book(app.clients[0], [usage({ ...unknown, tokens: cached }), usage(unknown)])
    await book(app.agency, [usage(unknown)])
    await book(app.clients[1], [
      usage({
        ...unknown,
        kind: 'transcription',
        units: { audioSeconds: 12.5 },
        tokens: { ...cached, input: 0, output: 0, cached: 0 },
      }),
    ])
    const missing = async () =>
      (await app.run(listMissingPrices, {}, agency())).items.filter((each) => each.model === 'new-model')
    expect(await missing()).toMatchObject([
      { kind: 'chat', calls: 3, tokensIn: 1020, tokensCached: 400, clients: ['Agency', 'Alpha'] },
      { kind: 'transcription', calls: 1, audioSeconds: 12.5, clients: ['Beta'] },
    ])
    const prices = { input: 2, output: 4, cacheRead: 0.5, perAudioSecond: 0.0001 }
    const entered = await app.run(
      createPrice,
      { provider: 'own', model: 'new-model', prices, correctOpenMonths: true, note: 'Price list of March' },
      agency(),
    )
    expect(entered.corrections).toEqual({ corrected: 4, costMicros: 600 * 2 + 200 + 400 + 2 * 40 + 1250, left: 0 })
    expect(await missing()).toEqual([])
    const again = await app.run(
      createPrice,
      { provider: 'own', model: 'new-model', prices, correctOpenMonths: true },
      agency(),
    )
    expect(again.corrections).toMatchObject({ corrected: 0 })
    const { items } = await app.run(
      listEntries,
      { entry: 'correction', model: 'new-model' },
      app.as('viewer', app.clients[0]),
    )
    expect(items[0]).toMatchObject({ note: 'Price list of March', priceVersion: `override ${entered.id}` })
  })

  test('must say something, and end after they begin', async () => {
    const refused = [
      { prices: {} },
      { prices: { input: 1 }, validFrom: '2026-02-01T00:00:00Z', validTo: '2026-01-01T00:00:00Z' },
      { prices: { input: -1 } },
      { prices: { input: 1 }, model: 'a*b' },
    ]
    for (const input of refused)
      await expect(app.run(createPrice, { provider: 'own', model: 'm', ...input }, agency())).rejects.toMatchObject({
        status: 400,
      })
  })
})

test('usage adds up to one total whatever it is grouped by, for a month and for a period', async () => {
  at('2026-04-10T12:00:00Z')
  await record(app.clients[0], { costMicros: 100 }, { provider: 'google', model: 'gemini', costMicros: 11 })
  await record(app.clients[1], { costMicros: 1000, kind: 'image', route: 'best' })
  const period = { from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' }
  for (const range of [{ month: '2026-04' }, period]) {
    const all = await Promise.all(usageGroupings.map((groupBy) => app.run(getUsage, { groupBy, ...range }, agency())))
    for (const each of all) {
      expect(each.total).toEqual(all[0]?.total)
      expect(each.rows.reduce((sum, row) => sum + row.costMicros, 0)).toBe(1111)
    }
  }
  const day = await app.run(getUsage, { month: '2026-04' }, agency())
  expect(day.rows).toHaveLength(10)
  const one = await app.run(getUsage, { month: '2026-04', groupBy: 'client', client: 'beta' }, agency())
  expect(one.rows.map((row) => [row.label, row.costMicros])).toEqual([['Beta', 1000]])
  const own = await app.run(getUsage, { month: '2026-04', groupBy: 'client' }, app.as('viewer', app.clients[0]))
  expect(own.rows.map((row) => row.label)).toEqual(['Alpha'])
  await expect(
    app.run(getUsage, { month: '2026-04', client: 'beta' }, app.as('viewer', app.clients[0])),
  ).rejects.toMatchObject({ status: 404 })
})

describe('margins', () => {
  test('make cost a price and a profit, by client and month', async () => {
    at('2026-05-10T12:00:00Z')
    await book(app.clients[0], [usage({ costMicros: 12_000_001 })])
    await book(app.clients[1], [usage({ costMicros: 3 }), usage({ costMicros: null })])
    await book(app.agency, [usage({ costMicros: 500 })])
    await app.run(setMargin, { from: '2026-05', multiplierPermille: 1500 }, agency())
    await app.run(
      setMargin,
      {
        client: 'alpha',
        from: '2026-05',
        fixedMicros: 49_000_000,
        includedMicros: 10_000_000,
        multiplierPermille: 2000,
      },
      agency(),
    )
    const { rows, total } = await app.run(getProfit, { month: '2026-05' }, agency())
    const of = (slug: string | null) => rows.find((row) => (row.client?.slug ?? null) === slug)
    expect(of('alpha')).toMatchObject({ costMicros: 12_000_001, priceMicros: 53_000_002, profitMicros: 41_000_001 })
    expect(of('beta')).toMatchObject({ costMicros: 3, priceMicros: 5, profitMicros: 2, unpriced: 1 })
    expect(of(null)).toMatchObject({ costMicros: 500, priceMicros: null, profitMicros: -500 })
    expect(total).toMatchObject({
      costMicros: 12_000_504,
      priceMicros: 53_000_007,
      profitMicros: 40_999_503,
      unpriced: 1,
    })
    expect((await app.run(getProfit, { month: '2026-04' }, agency())).rows).toMatchObject([
      { costMicros: 1000, priceMicros: 1000, rule: null },
      { costMicros: 111, priceMicros: 111 },
    ])
  })

  test('of a closed month stay, and are the agency’s alone', async () => {
    at('2026-06-05T12:00:00Z')
    await app.run(closeMonth, { month: '2026-05' }, agency())
    for (const from of ['2026-05', '2026-01'])
      await expect(app.run(setMargin, { from, multiplierPermille: 9000 }, agency())).rejects.toMatchObject({
        status: 409,
      })
    const { items } = await app.run(listMargins, {}, agency())
    expect(items.map((each) => [each.client?.slug ?? null, each.from])).toHaveLength(2)
    await expect(app.run(deleteMargin, { id: items[0]?.id ?? '' }, agency())).rejects.toMatchObject({ status: 409 })
    const next = await app.run(setMargin, { client: 'beta', from: '2026-06' }, agency())
    await app.run(deleteMargin, { id: next.id }, agency())
    for (const caller of [app.as('owner', app.clients[0]), app.as('member', app.agency)])
      for (const work of [
        () => app.run(getProfit, {}, caller),
        () => app.run(listMargins, {}, caller),
        () => app.run(closeMonth, { month: '2026-05' }, caller),
        () => app.run(listPrices, {}, caller),
      ])
        await expect(work()).rejects.toMatchObject({
          status: expect.toSatisfy((status: number) => status === 403 || status === 400),
        })
    expect((await app.run(listMargins, {}, app.as('owner', app.otherAgency))).items).toEqual([])
  })
})

test('a jump in spending and a provider that fails are told in words, with a link', async () => {
  const days = Array.from({ length: 28 }, (_, day) => new Date(Date.UTC(2026, 6, 1 + day, 9)))
  at('2026-07-29T15:00:00Z')
  await book(
    app.clients[0],
    days.flatMap((occurredAt) => [usage({ occurredAt, costMicros: 2_000_000 }), usage({ occurredAt, costMicros: 10 })]),
  )
  const quiet = await app.run(listAnomalies, {}, agency())
  expect(quiet.items.filter((item) => item.kind !== 'price-missing')).toEqual([])
  await book(app.clients[0], [usage({ costMicros: 30_000_000 })])
  await book(
    app.clients[1],
    Array.from({ length: 25 }, () => usage({ outcome: 'failed', costMicros: 0 })),
  )
  const { items } = await app.run(listAnomalies, {}, agency())
  expect(items.find((item) => item.kind === 'spend-jump')).toMatchObject({
    title: 'Alpha spent far more than usual today',
    client: 'alpha',
    link: '/clients/alpha/runs?from=2026-07-29T00:00:00.000Z',
  })
  expect(items.find((item) => item.kind === 'provider-errors')).toMatchObject({ severity: 'error' })
})

test('the export holds every entry, streams it, and tells an unknown cost from none', async () => {
  at('2026-08-10T12:00:00Z')
  const entries = [
    ...Array.from({ length: 1005 }, () => usage({ costMicros: 0 })),
    usage({ costMicros: null, model: '=cmd()' }),
  ]
  await context(app.clients[0]).transaction((tx) => bookUsage(tx, entries))
  const response = await exportUsage.run(
    new Request('http://guildhall.test/api/ledger/export?month=2026-08&client=alpha'),
    app.context(agency()),
    {},
  )
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines).toHaveLength(1007)
  expect(lines[0]).toMatch(/^id,entry,refers_to,client,month/)
  expect(lines.filter((line) => line.includes(`'=cmd()`))).toHaveLength(1)
  expect(lines.filter((line) => line.endsWith(',0,test,,'))).toHaveLength(1005)
  expect(lines.filter((line) => line.endsWith(',,test,,'))).toHaveLength(1)
})
