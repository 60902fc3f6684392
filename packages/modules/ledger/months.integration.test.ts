import { newId, type Tenant } from '@guildhall/kernel'
import { runAttempts } from '@guildhall/modules/runs'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeMonth as closeOne } from './close-month.ts'
import { bookUsage } from './index.ts'
import { bookMissing } from './operations/book-missing.ts'
import { closeMonth } from './operations/close-month.ts'
import { correctEntry } from './operations/correct-entry.ts'
import { listMonths } from './operations/list-months.ts'
import { verifyMonth } from './operations/verify-month.ts'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

/** As the operator of the database could, behind the application's back. */
const behindItsBack = (statement: ReturnType<typeof sql>, tenant: Tenant) =>
  lab.app.runtime.database.within({ tenantId: tenant.id }, (db) => db.execute(statement))

describe('a month', () => {
  test('is closed after its end and the grace after it, with the sums of its entries', async () => {
    lab.at('2025-05-20T12:00:00Z')
    await lab.record(lab.app.clients[0], { costMicros: 1000 }, { outcome: 'failed', costMicros: 0 })
    await lab.record(lab.app.clients[1], { costMicros: null })
    lab.at('2025-06-01T01:59:59Z')
    await expect(lab.app.run(closeMonth, { month: '2025-05' }, lab.agency())).rejects.toMatchObject({ status: 409 })
    lab.at('2025-06-01T02:00:00Z')
    const closed = await lab.app.run(closeMonth, { month: '2025-05' }, lab.agency())
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
    expect(await lab.app.run(closeMonth, { month: '2025-05' }, lab.agency())).toEqual(closed)
    const months = await lab.app.run(listMonths, {}, lab.agency())
    expect(months.items.find((each) => each.month === '2025-05')).toMatchObject({
      state: 'closed',
      mayClose: false,
      entries: 3,
    })
  })

  test('that is closed takes nothing further: late calls and corrections count in the next open one', async () => {
    lab.at('2025-06-03T12:00:00Z')
    const late = lab.usage({ occurredAt: new Date('2025-05-31T23:00:00Z'), costMicros: 11 })
    await lab.book(lab.app.clients[0], [late])
    expect((await lab.entriesOf(late.runId, lab.app.clients[0]))[0]).toMatchObject({ month: '2025-06' })
    const corrected = await lab.app.run(
      correctEntry,
      { id: late.id, client: 'alpha', costMicros: 12, note: 'One more' },
      lab.agency(),
    )
    expect(corrected).toMatchObject({ month: '2025-06', costMicros: 1 })
    expect(await lab.sumOf(lab.app.clients[0], '2025-05')).toMatchObject({ costMicros: 1000 })
    expect(await lab.sumOf(lab.app.clients[0], '2025-06')).toMatchObject({ costMicros: 12 })
    const verified = await lab.app.run(verifyMonth, { month: '2025-05' }, lab.agency())
    expect(verified).toMatchObject({ unchanged: true })
    expect(verified.tenants.every((each) => each.digest === each.closedDigest && each.differingRuns === 0)).toBe(true)
    lab.at('2025-08-01T12:00:00Z')
    await lab.app.run(closeMonth, { month: '2025-06' }, lab.agency())
    const later = lab.usage({ occurredAt: new Date('2025-05-30T23:00:00Z') })
    await lab.book(lab.app.clients[0], [later])
    expect((await lab.entriesOf(later.runId, lab.app.clients[0]))[0]).toMatchObject({ month: '2025-07' })
  })

  test('is not closed while ledger and runs differ, and the runs are listed', async () => {
    lab.at('2025-09-10T12:00:00Z')
    const runId = await lab.record(lab.app.clients[0], { costMicros: 5 })
    const missing = lab.usage({ costMicros: 9 })
    await lab.book(lab.app.clients[0], [missing])
    const lost = lab.usage({ costMicros: 3 })
    // An entry without an attempt, and an attempt without its entry.
    await lab.context(lab.app.clients[0]).transaction((tx) => bookUsage(tx, [lost]))
    await lab.context(lab.app.clients[0]).transaction(async (tx) => {
      const [row] = await tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId))
      if (row) await tx.db.insert(runAttempts).values({ ...row, id: newId(), costMicros: 1 })
    })
    lab.at('2025-10-02T12:00:00Z')
    const refusal = await lab.app.run(closeMonth, { month: '2025-09' }, lab.agency()).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ status: 409, type: 'ledger-differs', extensions: { differing: 2 } })
    expect(JSON.stringify(refusal)).toContain(runId)
    expect(JSON.stringify(refusal)).toContain(lost.runId)
    expect(JSON.stringify(refusal)).not.toContain(missing.runId)
    const months = await lab.app.run(listMonths, {}, lab.agency())
    expect(months.items.find((each) => each.month === '2025-09')).toMatchObject({ state: 'open', closed: [] })
  })

  test('whose runs are older than the ledger is closed once their calls are booked', async () => {
    lab.at('2025-04-20T12:00:00Z')
    const runId = await lab.record(lab.app.clients[1], { costMicros: 5 })
    await lab.context(lab.app.clients[1]).transaction(async (tx) => {
      const [row] = await tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId))
      if (row) await tx.db.insert(runAttempts).values({ ...row, id: newId(), costMicros: 8, source: 'cached' })
    })
    const before = await lab.sumOf(lab.app.clients[1], '2025-04')
    lab.at('2025-10-02T12:00:00Z')
    await expect(lab.app.run(closeMonth, { month: '2025-04' }, lab.agency())).rejects.toMatchObject({
      type: 'ledger-differs',
    })
    expect(await lab.app.run(bookMissing, { month: '2025-04' }, lab.agency())).toMatchObject({
      booked: 1,
      costMicros: 8,
    })
    expect(await lab.app.run(bookMissing, { month: '2025-04' }, lab.agency())).toMatchObject({ booked: 0 })
    expect((await lab.sumOf(lab.app.clients[1], '2025-04')).costMicros).toBe(before.costMicros + 8)
    await lab.app.run(closeMonth, { month: '2025-04' }, lab.agency())
    expect((await lab.entriesOf(runId, lab.app.clients[1])).map((entry) => entry.source).toSorted()).toEqual([
      'cached',
      'fresh',
    ])
  })

  test('that was changed behind the application’s back is found out by its digest', async () => {
    lab.at('2025-11-10T12:00:00Z')
    const one = lab.usage({ costMicros: 100 })
    const other = lab.usage({ costMicros: 200 })
    await lab.book(lab.app.clients[1], [one, other])
    lab.at('2025-12-02T12:00:00Z')
    await lab.app.run(closeMonth, { month: '2025-11' }, lab.agency())
    await expect(
      behindItsBack(sql`update usage_entries set cost_micros = 1 where id = ${one.id}`, lab.app.clients[1]),
    ).rejects.toThrow()
    // Two wrongs that keep the sum: written by a further entry, since the application cannot change one.
    await behindItsBack(
      sql`insert into usage_entries select (jsonb_populate_record(e, jsonb_build_object('id', ${newId()}::text, 'entry', 'correction', 'refers_to', e.id, 'cost_micros', 0))).* from usage_entries e where id = ${other.id}`,
      lab.app.clients[1],
    )
    const verified = await lab.app.run(verifyMonth, { month: '2025-11' }, lab.agency())
    expect(verified.unchanged).toBe(false)
    expect(verified.tenants.filter((each) => !each.unchanged).map((each) => each.client?.slug)).toEqual(['beta'])
  })

  test('that is being closed loses no entry and counts none twice, whatever books into it meanwhile', async () => {
    lab.at('2026-01-15T12:00:00Z')
    await lab.book(lab.app.clients[0], [lab.usage()])
    lab.at('2026-02-03T12:00:00Z')
    const during = new Date('2026-01-31T22:00:00Z')
    const entries = Array.from({ length: 40 }, () => lab.usage({ occurredAt: during, costMicros: 10 }))
    const client = lab.app.as('owner', lab.app.clients[0])
    const closings: Promise<unknown>[] = []
    const bookings = entries.map(async (entry, index) => {
      if (index % 10 === 5)
        closings.push(
          lab.app.context(client).transaction((tx) => closeOne(tx, lab.app.runtime.services.journal, '2026-01')),
        )
      await lab.book(lab.app.clients[0], [entry])
    })
    await Promise.all(bookings)
    await Promise.all(closings)
    const january = await lab.sumOf(lab.app.clients[0], '2026-01')
    const february = await lab.sumOf(lab.app.clients[0], '2026-02')
    expect(january.costMicros + february.costMicros).toBe(7 + 400)
    const closed = (await lab.app.run(listMonths, {}, client)).items.find((each) => each.month === '2026-01')
    expect(closed?.closed[0]).toMatchObject({ costMicros: january.costMicros, entries: january.calls })
    await lab.app.run(closeMonth, { month: '2026-01' }, lab.agency())
    expect(await lab.app.run(verifyMonth, { month: '2026-01' }, lab.agency())).toMatchObject({ unchanged: true })
  })
})
