import { auditEvents, newId } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import Papa from 'papaparse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportAudit } from './endpoints/export-audit.ts'
import { auditModule } from './index.ts'
import { listAuditEvents } from './operations/list-audit-events.ts'

let app: TestRuntime
const formula = '=HYPERLINK("https://evil.example","click")'

beforeAll(async () => {
  app = await startTestRuntime({ modules: [auditModule] })
  const [alpha] = app.clients
  await app.runtime.database.within({ tenantId: alpha.id }, async (db) => {
    for (let day = 1; day <= 9; day++)
      await db.insert(auditEvents).values({
        id: newId(),
        tenantId: alpha.id,
        at: new Date(`2026-03-0${day}T12:00:00Z`),
        action: day % 2 === 0 ? 'members.remove' : 'files.remove',
        actorType: 'user',
        actorId: `user-${day % 3}`,
        actorName: day === 9 ? formula : 'Test, Person',
        targets: [{ type: 'user', id: `target-${day}`, name: '@name' }],
        outcome: day === 8 ? 'failed' : 'ok',
        requestId: newId(),
      })
  })
})
afterAll(() => app.stop())

const admin = () => app.as('admin', app.clients[0])
const exported = async (query: string, caller = admin()) => {
  const response = await exportAudit.run(
    new Request(`http://localhost/api/audit/export?${query}`),
    app.context(caller),
    {},
  )
  return { text: await response.text(), headers: response.headers }
}

const ids = async (filters: object) =>
  (await app.run(listAuditEvents, { ...filters }, admin())).items.map((event) => event.targets[0]?.id)

test('the trail is read newest first and narrowed by action, area, actor, outcome and time', async () => {
  expect(await ids({ limit: 2 })).toEqual(['target-9', 'target-8'])
  expect(await ids({ action: 'members.remove' })).toHaveLength(4)
  expect(await ids({ action: 'members.' })).toHaveLength(4)
  expect(await ids({ actorId: 'user-0', outcome: 'ok,failed' })).toEqual(['target-9', 'target-6', 'target-3'])
  expect(await ids({ outcome: 'failed' })).toEqual(['target-8'])
  expect(await ids({ from: '2026-03-03T00:00:00Z', to: '2026-03-05T00:00:00Z' })).toEqual(['target-4', 'target-3'])
})

test('it is for admins, and for one tenant at a time', async () => {
  await expect(app.run(listAuditEvents, {}, app.as('member', app.clients[0]))).rejects.toMatchObject({ status: 403 })
  expect((await app.run(listAuditEvents, {}, app.as('owner', app.clients[1]))).items).toEqual([])
  expect((await exported('format=json', app.as('owner', app.clients[1]))).text).toBe('[]\n')
})

test('the CSV is what a spreadsheet reads, and runs nothing in it', async () => {
  const { text, headers } = await exported('format=csv')
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="audit-alpha-\d{4}-\d\d-\d\d\.csv"$/)
  const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  expect(errors).toEqual([])
  expect(data).toHaveLength(9)
  expect(data[0]).toMatchObject({
    at: '2026-03-01T12:00:00.000Z',
    actorName: 'Test, Person',
    targets: 'user:target-1 (@name)',
  })
  expect(data[8]?.['actorName']).toBe(`'${formula}`)
})

test('the JSON holds the same events, and both follow the filters', async () => {
  const { text } = await exported('format=json&action=members.remove')
  const events: unknown = JSON.parse(text)
  expect(events).toHaveLength(4)
  expect(text).not.toContain('tenantId')
  expect(() =>
    exportAudit.run(new Request('http://localhost/api/audit/export?outcome=odd'), app.context(admin()), {}),
  ).toThrow(/outcome/)
})

test('a trail longer than one read is exported whole', async () => {
  const [, beta] = app.clients
  await app.runtime.database.within({ tenantId: beta.id }, (db) =>
    db.insert(auditEvents).values(
      Array.from({ length: 2300 }, () => ({
        id: newId(),
        tenantId: beta.id,
        action: 'a.b',
        actorType: 'user',
        actorId: 'u',
        actorName: 'U',
        outcome: 'ok' as const,
        requestId: 'r',
      })),
    ),
  )
  const { text } = await exported('format=csv', app.as('admin', beta))
  expect(text.trim().split('\r\n')).toHaveLength(2301)
})
