import { createTestDatabase } from '@guildhall/kernel/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPgvector, type PgvectorStore } from '../testing/start-pgvector.ts'
import { isRecentVersion, prepareVectorIndex } from './prepare-vector-index.ts'

let store: PgvectorStore
beforeAll(async () => {
  store = await startPgvector()
}, 120_000)
afterEach(() =>
  store.administer(
    'drop schema if exists gh_vectors cascade; drop extension if exists vector cascade; drop schema if exists elsewhere cascade',
  ),
)
afterAll(() => store.stop())

/** Every object of the index with its number, which a new one of the same name does not have. */
const objects = () =>
  store.administer<{ name: string; oid: string }>(
    `select relname as name, oid::text from pg_class where relnamespace = to_regnamespace('gh_vectors') order by relname`,
  )
const settings = () =>
  store.administer(`select obj_description('gh_vectors'::regnamespace, 'pg_namespace')::jsonb as settings`)

describe('a server with pgvector', () => {
  it('gets the extension, the table and an index per length, with the operator class for vectors of length 1', async () => {
    expect(await store.prepare()).toEqual({ state: 'ready', version: expect.stringMatching(/^0\.8/) })
    const indexes = await store.administer<{ definition: string }>(
      `select indexdef as definition from pg_indexes where schemaname = 'gh_vectors' and indexname like 'nearest%' order by length(indexname), indexname`,
    )
    const definitions = indexes.map(({ definition }) => definition)
    expect(definitions).toHaveLength(9)
    expect(definitions[0]).toMatch(
      /USING hnsw \(\(\(vector\)::vector\(256\)\) vector_ip_ops\) WITH \(ef_construction='128'\) WHERE \(dims = 256\)/,
    )
    expect(definitions.at(-1)).toMatch(
      /\(\(\(vector\)::halfvec\(3072\)\) halfvec_ip_ops\) WITH .* WHERE \(dims = 3072\)/,
    )
  })

  it('is left as it is the second time', async () => {
    await store.prepare({ dims: [8, 16] })
    const before = await objects()
    expect(before.length).toBeGreaterThan(3)
    expect(await store.prepare({ dims: [8, 16] })).toMatchObject({ state: 'ready' })
    expect(await objects()).toEqual(before)
  })

  it('gets an index for a length that is new, and another limit, beside what is there', async () => {
    await store.prepare({ dims: [8], from: 100 })
    const before = await objects()
    await store.prepare({ dims: [8, 16], from: 200 })
    expect((await objects()).filter(({ name }) => name !== 'nearest_16')).toEqual(before)
    expect(await settings()).toEqual([{ settings: { layout: 1, from: 200 } }])
  })

  it.each([
    ['of another layout', `comment on schema gh_vectors is '{"layout":0,"from":1}'`],
    ['without its key', 'alter table gh_vectors.chunk_vectors drop constraint chunk_vectors_embedding'],
    ['without its vectors', 'drop extension vector cascade'],
  ])('gets a table %s anew', async (_what, statement) => {
    await store.prepare({ dims: [8] })
    const before = await objects()
    await store.administer(statement)
    expect(await store.prepare({ dims: [8] })).toMatchObject({ state: 'ready' })
    const after = await objects()
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    expect(after).not.toEqual(before)
  })

  it('may have the extension in a schema of its own', async () => {
    await store.administer('create schema elsewhere; create extension vector schema elsewhere')
    expect(await store.prepare({ dims: [8] })).toMatchObject({ state: 'ready' })
    expect(await store.administer(`select has_schema_privilege('gh_app', 'elsewhere', 'USAGE') as reached`)).toEqual([
      { reached: true },
    ])
  })
})

describe('a server that cannot be prepared', () => {
  it('is named with the remedy when its pgvector is too old, and nothing is made', async () => {
    await store.administer(
      `create extension vector; update pg_extension set extversion = '0.7.4' where extname = 'vector'`,
    )
    expect(await store.prepare()).toEqual({
      state: 'refused',
      warning: expect.stringMatching(/0\.7\.4 is older than 0\.8.*ALTER EXTENSION vector UPDATE/),
    })
    expect(await objects()).toEqual([])
  })

  it('is named with what the database said and does not stop the start', async () => {
    await store.administer('set default_transaction_read_only = on')
    try {
      expect(await store.prepare()).toEqual({
        state: 'refused',
        warning: expect.stringMatching(/read-only transaction.*CREATE EXTENSION IF NOT EXISTS vector/),
      })
    } finally {
      await store.administer('set default_transaction_read_only = off')
    }
    expect(await objects()).toEqual([])
  })

  it('is said to be without pgvector when it does not offer it', async () => {
    const database = await createTestDatabase()
    try {
      expect(await prepareVectorIndex({ url: database.ownerUrl })).toEqual({ state: 'absent' })
    } finally {
      await database.drop()
    }
  })

  it.each([
    ['0.8.0', true],
    ['0.10.1', true],
    ['1.0.0', true],
    ['0.7.4', false],
    ['0.5', false],
  ])('pgvector %s is recent enough: %s', (version, enough) => {
    expect(isRecentVersion(version)).toBe(enough)
  })
})
