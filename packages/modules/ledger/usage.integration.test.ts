import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exportUsage } from './endpoints/export-usage.ts'
import { bookUsage } from './index.ts'
import { getUsage } from './operations/get-usage.ts'
import { listAnomalies } from './operations/list-anomalies.ts'
import { usageGroupings } from './usage-by.ts'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

test('usage adds up to one total whatever it is grouped by, for a month and for a period', async () => {
  lab.at('2026-04-10T12:00:00Z')
  await lab.record(lab.app.clients[0], { costMicros: 100 }, { provider: 'google', model: 'gemini', costMicros: 11 })
  await lab.record(lab.app.clients[1], { costMicros: 1000, kind: 'image', route: 'best' })
  const period = { from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' }
  for (const range of [{ month: '2026-04' }, period]) {
    const all = await Promise.all(
      usageGroupings.map((groupBy) => lab.app.run(getUsage, { groupBy, ...range }, lab.agency())),
    )
    for (const each of all) {
      expect(each.total).toEqual(all[0]?.total)
      expect(each.rows.reduce((sum, row) => sum + row.costMicros, 0)).toBe(1111)
    }
  }
  const day = await lab.app.run(getUsage, { month: '2026-04' }, lab.agency())
  expect(day.rows).toHaveLength(10)
  const one = await lab.app.run(getUsage, { month: '2026-04', groupBy: 'client', client: 'beta' }, lab.agency())
  expect(one.rows.map((row) => [row.label, row.costMicros])).toEqual([['Beta', 1000]])
  const own = await lab.app.run(
    getUsage,
    { month: '2026-04', groupBy: 'client' },
    lab.app.as('viewer', lab.app.clients[0]),
  )
  expect(own.rows.map((row) => row.label)).toEqual(['Alpha'])
  await expect(
    lab.app.run(getUsage, { month: '2026-04', client: 'beta' }, lab.app.as('viewer', lab.app.clients[0])),
  ).rejects.toMatchObject({ status: 404 })
})

test('a jump in spending and a provider that fails are told in words, with a link', async () => {
  const days = Array.from({ length: 28 }, (_, day) => new Date(Date.UTC(2026, 6, 1 + day, 9)))
  lab.at('2026-07-29T15:00:00Z')
  await lab.book(
    lab.app.clients[0],
    days.flatMap((occurredAt) => [
      lab.usage({ occurredAt, costMicros: 2_000_000 }),
      lab.usage({ occurredAt, costMicros: 10 }),
    ]),
  )
  const quiet = await lab.app.run(listAnomalies, {}, lab.agency())
  expect(quiet.items.filter((item) => item.kind !== 'price-missing')).toEqual([])
  await lab.book(lab.app.clients[0], [lab.usage({ costMicros: 30_000_000 })])
  await lab.book(
    lab.app.clients[1],
    Array.from({ length: 25 }, () => lab.usage({ outcome: 'failed', costMicros: 0 })),
  )
  const { items } = await lab.app.run(listAnomalies, {}, lab.agency())
  expect(items.find((item) => item.kind === 'spend-jump')).toMatchObject({
    title: 'Alpha spent far more than usual today',
    client: 'alpha',
    link: '/clients/alpha/runs?from=2026-07-29T00:00:00.000Z',
  })
  expect(items.find((item) => item.kind === 'provider-errors')).toMatchObject({ severity: 'error' })
})

test('the export holds every entry, streams it, and tells an unknown cost from none', async () => {
  lab.at('2026-08-10T12:00:00Z')
  const entries = [
    ...Array.from({ length: 1005 }, () => lab.usage({ costMicros: 0 })),
    lab.usage({ costMicros: null, model: '=cmd()' }),
  ]
  await lab.context(lab.app.clients[0]).transaction((tx) => bookUsage(tx, entries))
  const response = await exportUsage.run(
    new Request('http://guildhall.test/api/ledger/export?month=2026-08&client=alpha'),
    lab.app.context(lab.agency()),
    {},
  )
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines).toHaveLength(1007)
  expect(lines[0]).toMatch(/^id,entry,refers_to,client,month/)
  expect(lines.filter((line) => line.includes(`'=cmd()`))).toHaveLength(1)
  expect(lines.filter((line) => line.endsWith(',0,test,,'))).toHaveLength(1005)
  expect(lines.filter((line) => line.endsWith(',,test,,'))).toHaveLength(1)
})
