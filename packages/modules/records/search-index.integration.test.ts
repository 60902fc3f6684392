import { newId } from '@guildhall/kernel'
import { startTestRuntime, watchStatements, type TestRuntime } from '@guildhall/kernel/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordsModule } from './index.ts'
import { listRecords } from './operations/list-records.ts'
import { collectionsOf, deals } from './testing/deals.ts'

const projectId = newId()
let app: TestRuntime
const watch = watchStatements(() => app.database.appUrl)

beforeAll(async () => {
  app = await startTestRuntime({
    modules: [recordsModule],
    services: { collections: collectionsOf([projectId], deals) },
  })
  const admin = new pg.Client({ connectionString: app.database.adminUrl })
  await admin.connect()
  await admin.query(
    `insert into records (tenant_id, id, project_id, collection, version, data, scalars, search, created_at, updated_at)
     select t, gen_random_uuid(), $2, 'deals', 1, jsonb_build_object('name', 'Deal ' || n), jsonb_build_object('name', 'Deal ' || n),
       to_tsvector('simple', 'deal word' || n), now(), now()
     from unnest($1::uuid[]) t, generate_series(1, 10000) n`,
    [app.clients.map((client) => client.id), projectId],
  )
  await admin.query('analyze records')
  await admin.end()
})
afterAll(() => app.stop())

test('a search of records uses the index of its words under row-level security', async () => {
  const [tenant] = app.clients
  const found: unknown[] = []
  const plans = await watch.plansOf('@@', tenant, async () => {
    const input = { projectId, collection: 'deals', q: 'word4711' }
    found.push(...(await app.run(listRecords, input, app.as('member', tenant))).items)
  })
  // The other client has the same word.
  expect(found).toHaveLength(1)
  // One for the page, one for the total.
  expect(plans).toHaveLength(2)
  for (const plan of plans) expect(plan).toContain('Bitmap Index Scan on records_search')
})
