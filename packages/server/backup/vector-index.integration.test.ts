import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@guildhall/kernel/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'
import { query } from './testing/awkward-store.ts'

/** The index of pgvector as far as a backup meets it: a table beside the embeddings with a key that points at them. */
const vectorIndex = `
  create schema gh_vectors authorization gh_owner;
  set role gh_owner;
  create table gh_vectors.chunk_vectors (tenant_id uuid, chunk_id uuid, model text, vector text,
    foreign key (tenant_id, chunk_id, model) references public.chunk_embeddings on delete cascade);
  alter table gh_vectors.chunk_vectors enable row level security;
  alter table gh_vectors.chunk_vectors force row level security;`

const ids = { tenant: '019a0000-0000-7000-8000-000000000001', chunk: '019a0000-0000-7000-8000-000000000002' }
const embedding = `
  set session_replication_role = replica;
  insert into tenants (id, kind, agency_id, slug, name) values ('${ids.tenant}', 'agency', '${ids.tenant}', 'a', 'A');
  insert into knowledge_bases (tenant_id, id, key, title, created_at, updated_at) values ('${ids.tenant}', '${ids.tenant}', 'b', 'B', now(), now());
  insert into knowledge_sources (tenant_id, id, base_id, kind, title, identity, content_hash, size, state, created_at, queued_at)
    values ('${ids.tenant}', '${ids.tenant}', '${ids.tenant}', 'text', 'S', 'key:s', 'h', 1, 'ready', now(), now());
  insert into knowledge_chunks (tenant_id, id, source_id, base_id, ordinal, text, prefix_length, heading_path, locator, marks, tokens)
    values ('${ids.tenant}', '${ids.chunk}', '${ids.tenant}', '${ids.tenant}', 0, 'T', 0, '[]', '{}', '[]', 1);
  insert into chunk_embeddings (tenant_id, chunk_id, source_id, base_id, model, dims, vector)
    values ('${ids.tenant}', '${ids.chunk}', '${ids.tenant}', '${ids.tenant}', 'm', 1, '\\x0000803f')`
const indexed = `insert into gh_vectors.chunk_vectors values ('${ids.tenant}', '${ids.chunk}', 'm', '[1]')`

let folder: string
let plain: TestDatabase
let withIndex: TestDatabase
const log = { info: () => undefined, warn: () => undefined }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guildhall-vectors-'))
  plain = await createTestDatabase()
  withIndex = await createTestDatabase()
  await query(withIndex.adminUrl, vectorIndex)
})
afterAll(async () => {
  await Promise.all([plain.drop(), withIndex.drop()])
  await rm(folder, { recursive: true, force: true })
})

const places = (name: string) => ({
  filesDir: join(folder, `${name}-files`),
  keysDir: join(folder, `${name}-keys`),
  log,
})

test('a backup of a store with pgvector leaves the index out and goes into a store without it, and back', async () => {
  await query(withIndex.adminUrl, `${embedding}; ${indexed}`)
  const out = join(folder, 'with.tar.zst')
  const made = await createBackup({ connection: { connectionString: withIndex.adminUrl }, out, ...places('a') })
  expect(made.rows).toBeGreaterThanOrEqual(5)
  await restoreBackup({ connection: { connectionString: plain.adminUrl }, from: out, ...places('b') })
  expect(await query(plain.adminUrl, `select encode(vector, 'hex') as vector from chunk_embeddings`)).toEqual([
    { vector: '0000803f' },
  ])
  expect(await query(plain.adminUrl, `select to_regnamespace('gh_vectors') as index`)).toEqual([{ index: null }])

  const back = join(folder, 'without.tar.zst')
  await createBackup({ connection: { connectionString: plain.adminUrl }, out: back, ...places('b') })
  // The index of what was there before is of no use: the next start makes it again from the restored embeddings.
  await restoreBackup({
    connection: { connectionString: withIndex.adminUrl },
    from: back,
    force: true,
    ...places('a'),
  })
  expect(await query(withIndex.adminUrl, `select to_regnamespace('gh_vectors') as index`)).toEqual([{ index: null }])
  expect(await query(withIndex.adminUrl, 'select count(*)::int as n from chunk_embeddings')).toEqual([{ n: 1 }])
})
