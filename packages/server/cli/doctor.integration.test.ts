import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTestDatabase, type TestDatabase } from '@guildhall/kernel/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
let dataDir: string
const main = new URL('../main.ts', import.meta.url).pathname

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'gh-doctor-'))
})
afterAll(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

/** What the command prints about an external database. */
async function doctor(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'doctor'], {
    env: {
      PATH: process.env['PATH'],
      GUILDHALL_DATA_DIR: dataDir,
      DATABASE_URL: database.appUrl,
      DATABASE_DIRECT_URL: database.adminUrl,
    },
  })
  return stdout
}

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(statement)
  await client.end()
}

test('says which statement lets searches of an external database use their indexes, until it was run', async () => {
  await asSuperuser('alter function ts_match_vq(tsvector, tsquery) not leakproof')
  const statement = /a superuser of the database runs: (ALTER FUNCTION .*;)/.exec(await doctor())?.[1]
  expect(statement).toBeDefined()
  await asSuperuser(statement ?? '')
  expect(await doctor()).toMatch(/ok\s+Text search\s+uses its indexes/)
})
