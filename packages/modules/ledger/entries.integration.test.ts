import { runAttempts } from '@guildhall/modules/runs'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

test('every attempt is an entry with the id of the attempt, whatever came of it', async () => {
  lab.at('2025-01-10T12:00:00Z')
  const runId = await lab.record(
    lab.app.clients[0],
    { outcome: 'failed', costMicros: 0, reason: 'rate_limited' },
    { outcome: 'cancelled', costMicros: 40, tokens: { input: 100, output: 3, cached: 0, estimated: true } },
    { source: 'cached', costMicros: 0 },
    { kind: 'embedding', costMicros: null, priceVersion: null, tokens: { input: 9, output: 0, cached: 0 } },
  )
  const entries = await lab.entriesOf(runId, lab.app.clients[0])
  const facts = entries.map((entry) => [entry.kind, entry.outcome, entry.source, entry.costMicros, entry.estimated])
  expect(facts.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['chat', 'cancelled', 'fresh', 40, true],
    ['chat', 'failed', 'fresh', 0, false],
    ['chat', 'ok', 'cached', 0, false],
    ['embedding', 'ok', 'fresh', null, false],
  ])
  const attempts = await lab
    .context(lab.app.clients[0])
    .transaction((tx) => tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId)))
  expect(attempts.map((row) => row.id).toSorted()).toEqual(entries.map((entry) => entry.id))
  expect(entries[0]).toMatchObject({ month: '2025-01', actorName: 'Test Person', entry: 'usage' })
})

test('writing again after a crash books nothing twice, also at the same time', async () => {
  lab.at('2025-02-10T12:00:00Z')
  const entries = [lab.usage(), lab.usage(), lab.usage({ costMicros: null })]
  await Promise.all(Array.from({ length: 5 }, () => lab.book(lab.app.clients[0], entries)))
  expect(await lab.sumOf(lab.app.clients[0], '2025-02')).toMatchObject({ calls: 3, costMicros: 14, unpriced: 1 })
})
