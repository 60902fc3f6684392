import { watchStatements } from '@guildhall/kernel/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchKnowledge } from './operations/search-knowledge.ts'
import { addText, newBase, settled, startKnowledge, type KnowledgeRuntime } from './testing/start-knowledge.ts'

let app: KnowledgeRuntime
let baseId: string
const watch = watchStatements(() => app.database.appUrl)

beforeAll(async () => {
  app = await startKnowledge()
  const [tenant] = app.clients
  const ctx = app.context(app.as('member', tenant))
  baseId = await newBase(ctx, 'manuals')
  const source = await addText(ctx, baseId, 'Manual', 'The vacuum pump needs oil every month.')
  await settled(ctx, source)
  const admin = new pg.Client({ connectionString: app.database.adminUrl })
  await admin.connect()
  // Passages of the same source, each with a word of its own.
  await admin.query(
    `with made as (
       insert into knowledge_chunks select * from (
         select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'ordinal', n, 'text', 'Part number ' || n))).*
         from knowledge_chunks c, generate_series(1, 20000) n where c.source_id = $1 and c.ordinal = 0) copies
       returning tenant_id, id, base_id, ordinal)
     insert into chunk_terms (tenant_id, chunk_id, base_id, terms)
     select tenant_id, id, base_id, to_tsvector('simple', 'part number filler' || ordinal) from made`,
    [source],
  )
  await admin.query('analyze chunk_terms')
  await admin.query('analyze knowledge_chunks')
  await admin.end()
})
afterAll(() => app.stop())

test('a search of knowledge uses the index of its terms under row-level security', async () => {
  const [tenant] = app.clients
  let found: string[] = []
  const plans = await watch.plansOf('@@', tenant, async () => {
    const { passages } = await app.run(
      searchKnowledge,
      { baseIds: [baseId], query: 'vacuum oil' },
      app.as('member', tenant),
    )
    found = passages.map((passage) => passage.text)
  })
  expect(found[0]).toContain('vacuum pump')
  expect(plans).toHaveLength(1)
  expect(plans[0]).toContain('Bitmap Index Scan on chunk_terms_terms')
})
