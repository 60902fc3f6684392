import { newId } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordsModule } from './index.ts'
import { createRecord } from './operations/create-record.ts'
import { listRemovedRecords } from './operations/list-removed.ts'
import { removeRecord } from './operations/remove-record.ts'
import { restoreRecord } from './operations/restore-record.ts'
import { collectionsOf, deals } from './testing/deals.ts'

let app: TestRuntime
const at = { projectId: newId(), collection: 'deals' }
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [recordsModule],
    services: { collections: collectionsOf([at.projectId], deals) },
  })
})
afterAll(() => app.stop())

const member = () => app.as('member', app.clients[0])
const removed = (more: { q?: string; limit?: number; cursor?: string } = {}, caller = member()) =>
  app.run(listRemovedRecords, { ...at, ...more }, caller)
const titles = async (more = {}) => (await removed(more)).items.map((record) => record.title)

async function addAndRemove(name: string): Promise<string> {
  const { id } = await app.run(createRecord, { ...at, data: { name } }, member())
  await app.run(removeRecord, { ...at, id }, member())
  return id
}

it('lists removed records with who removed them, last removed first, until they are restored', async () => {
  const kept = await app.run(createRecord, { ...at, data: { name: 'Kept' } }, member())
  const first = await addAndRemove('First')
  await addAndRemove('Second')
  const page = await removed()
  expect(page.total).toBe(2)
  expect(page.items.map((record) => record.title)).toEqual(['Second', 'First'])
  expect(page.items[1]).toMatchObject({ id: first, version: 2, removedBy: { type: 'user', name: 'Test Person' } })
  expect(page.items.map((record) => record.id)).not.toContain(kept.id)

  await app.run(restoreRecord, { ...at, id: first }, member())
  expect(await titles()).toEqual(['Second'])
  await app.run(removeRecord, { ...at, id: first }, member())
  // Removed twice, listed once.
  expect(await titles()).toEqual(['First', 'Second'])
})

it('is searched by title and read page by page', async () => {
  for (const name of ['100 % off', '100 days', 'Third']) await addAndRemove(name)
  expect(await titles({ q: '100 %' })).toEqual(['100 % off'])
  const all = await titles()
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await removed({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...page.items.map((record) => record.title))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(all)
  const noSuchDay = Buffer.from(JSON.stringify(['2026-02-31T00:00:00.000Z', at.projectId])).toString('base64url')
  for (const wrong of ['nonsense', Buffer.from('["x","y"]').toString('base64url'), noSuchDay])
    await expect(removed({ cursor: wrong })).rejects.toMatchObject({ status: 400, errors: [{ field: 'cursor' }] })
})

it('shows another tenant nothing', async () => {
  expect((await removed({}, app.as('owner', app.clients[1]))).items).toEqual([])
})
