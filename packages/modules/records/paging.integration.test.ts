import { newId, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordsModule } from './index.ts'
import { listRecords } from './operations/list-records.ts'
import { collectionsOf, deals } from './testing/deals.ts'

let app: TestRuntime
let alpha: Tenant
const projectIds = Array.from({ length: 200 }, () => newId())
let nextProject = 0
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [recordsModule],
    services: { collections: collectionsOf(projectIds, deals) },
  })
  ;[alpha] = app.clients
})
afterAll(() => app.stop())

describe('going through a list page by page', () => {
  it('meets each record exactly once and in order, while others are added and removed', async () => {
    const deal = fc.record(
      {
        name: fc.constantFrom('a', 'A', 'b', 'É', 'z', 'same'),
        value: fc.constantFrom(-1, 0, 0.1, 5, 1e21),
        priority: fc.boolean(),
        closesOn: fc.constantFrom('2026-01-01', '2026-01-02'),
        metAt: fc.constantFrom(
          '2026-01-01T00:00:00.000001Z',
          '2026-01-01T00:00:00.000002Z',
          '2026-01-01T02:00:00+02:00',
        ),
      },
      { requiredKeys: ['name'] },
    )
    const sorts = ['name', 'value', 'priority', 'closesOn', 'metAt', 'createdAt', 'updatedAt'].flatMap((sort) => [
      sort,
      `-${sort}`,
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.array(deal, { minLength: 1, maxLength: 25 }),
        fc.array(deal, { maxLength: 5 }),
        fc.constantFrom(...sorts),
        fc.integer({ min: 1, max: 7 }),
        async (initial, arriving, sort, limit) => {
          const at = { projectId: projectIds[nextProject++] ?? '', collection: 'deals' }
          const caller = app.as('member', alpha)
          const rows = initial.map((data) => ({ id: newId(), data }))
          const add = (more: { id: string; data: Record<string, unknown> }[]) =>
            app.context(caller).transaction((tx) => tx.services.records.createMany(tx, { ...at, rows: more }))
          await add(rows)
          const expected = (await app.run(listRecords, { ...at, sort, limit: 200 }, caller)).items.map(
            (record) => record.id,
          )
          expect(new Set(expected)).toEqual(new Set(rows.map((row) => row.id)))

          const met: string[] = []
          let cursor: string | undefined
          const late = arriving.map((data) => ({ id: newId(), data }))
          for (let page = 0; ; page++) {
            const { items, nextCursor } = await app.run(
              listRecords,
              { ...at, sort, limit, ...(cursor === undefined ? {} : { cursor }) },
              caller,
            )
            met.push(...items.map((record) => record.id))
            const arrival = late[page]
            if (arrival) await add([arrival])
            // A record that was met already disappears, also the one that the cursor points to.
            const last = items.at(-1)
            if (last && page % 3 === 1)
              await app.context(caller).transaction((tx) => tx.services.records.remove(tx, { ...at, id: last.id }))
            if (nextCursor === null) break
            cursor = nextCursor
          }
          const arrived = new Set(late.map((row) => row.id))
          expect(new Set(met).size).toBe(met.length)
          expect(met.filter((id) => !arrived.has(id))).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })
})
