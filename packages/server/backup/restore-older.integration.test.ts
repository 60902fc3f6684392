import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateDatabase } from '@guildhall/kernel'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createDatabase,
  dropDatabase,
  startEmbeddedPostgres,
  type DatabaseUrls,
  type EmbeddedPostgres,
} from '../postgres/index.ts'
import { createBackup, restoreBackup, type RestoreOptions } from './index.ts'
import { protections, query } from './testing/awkward-store.ts'

const quiet = { info: () => undefined, warn: () => undefined }
const steps = [
  `create type mood as enum ('calm', 'cross');
   --> statement-breakpoint
   create table jobs (id int primary key);
   create table people (id int primary key, full_name text not null, mood mood not null default 'calm');
   alter table people enable row level security;
   create policy people_mine on people using (false)`,
  `create function first_word(value text) returns text language sql immutable as $$ select split_part(value, ' ', 1) $$;
   --> statement-breakpoint
   alter table people add column first_name text;
   update people set first_name = first_word(full_name);
   alter table people alter column first_name set not null;
   alter type mood add value 'merry'`,
  `create table notes (id int primary key, person int not null references people)`,
]

let root: string
let folder: string
let postgres: EmbeddedPostgres
let target: DatabaseUrls
let archive: string
let count = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gh-restore-'))
  postgres = await startEmbeddedPostgres({ dataDir: join(root, 'data'), log: quiet })
})
afterAll(async () => {
  await postgres.stop()
  await rm(root, { recursive: true, force: true })
})
beforeEach(async () => {
  folder = join(root, `case-${++count}`)
  archive = join(folder, 'backup.tar.zst')
  await mkdir(folder)
  await dropDatabase(postgres, 'target')
  target = await createDatabase(postgres, 'target')
})

/** The migrations that a version with so many of them is shipped with. */
async function version(migrations: number, changed = ''): Promise<string> {
  const place = await mkdtemp(join(folder, 'migrations-'))
  await mkdir(join(place, 'meta'))
  const entries = steps
    .slice(0, migrations)
    .map((_, idx) => ({ idx, when: idx + 1, tag: `000${idx}`, breakpoints: true }))
  await writeFile(join(place, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  for (const { idx, tag } of entries) await writeFile(join(place, `${tag}.sql`), `${String(steps[idx])}${changed}`)
  return place
}

/** A store of an older version, with a row, and its backup. */
async function makeBackup(migrations: number): Promise<void> {
  await dropDatabase(postgres, 'source')
  const source = await createDatabase(postgres, 'source')
  await migrateDatabase({ url: source.ownerUrl, folder: await version(migrations), tables: [] })
  await query(
    source.adminUrl,
    `create table gh_auth.session (id int, token text); insert into gh_auth.session values (1, 't')`,
  )
  const columns = migrations === 1 ? '(id, full_name)' : '(id, full_name, first_name)'
  await query(
    source.adminUrl,
    `insert into people ${columns} values (7, 'Ada Example'${migrations === 1 ? '' : `, 'Ada'`})`,
  )
  await mkdir(join(folder, 'files'))
  await createBackup({
    connection: { connectionString: source.adminUrl },
    filesDir: join(folder, 'files'),
    keysDir: join(folder, 'keys'),
    out: archive,
    log: quiet,
  })
}

async function installVersion(migrations: number): Promise<string> {
  const shipped = await version(migrations)
  await migrateDatabase({ url: target.ownerUrl, folder: shipped, tables: [] })
  await query(target.adminUrl, `create table if not exists gh_auth.session (id int, token text, device text)`)
  return shipped
}

function restore(shipped: string, more: Partial<RestoreOptions> = {}) {
  return restoreBackup({
    connection: { connectionString: target.adminUrl },
    filesDir: join(folder, 'new/files'),
    keysDir: join(folder, 'new/keys'),
    from: archive,
    migrations: {
      folder: shipped,
      migrateForward: async () => {
        await migrateDatabase({ url: target.ownerUrl, folder: shipped, tables: [] })
      },
    },
    log: quiet,
    ...more,
  })
}

const people = () => query(target.adminUrl, 'select * from people order by id')

test('a backup of an older version is restored and its rows are migrated to this one', async () => {
  await makeBackup(1)
  const shipped = await installVersion(3)
  const before = await protections(target.adminUrl)
  expect(await restore(shipped)).toMatchObject({ migrated: true, rows: 3 })
  expect(await people()).toEqual([{ id: 7, full_name: 'Ada Example', mood: 'calm', first_name: 'Ada' }])
  expect(await protections(target.adminUrl)).toEqual(before)
  expect(await query(target.adminUrl, 'select count(*)::int as n from drizzle.__drizzle_migrations')).toEqual([
    { n: 3 },
  ])
  expect(await query(target.adminUrl, 'select * from gh_auth.session')).toEqual([{ id: 1, token: 't', device: null }])
  // The owner of the tables can migrate them again: they are not the superuser's.
  await query(target.ownerUrl, 'alter table people add column later int')
})

test('a backup of this version is restored without a migration', async () => {
  await makeBackup(3)
  const shipped = await installVersion(3)
  expect(await restore(shipped)).toMatchObject({ migrated: false })
  expect(await people()).toEqual([{ id: 7, full_name: 'Ada Example', mood: 'calm', first_name: 'Ada' }])
})

test('a backup of a newer version is refused before anything is changed, with what to do', async () => {
  await makeBackup(3)
  const shipped = await installVersion(2)
  await query(target.adminUrl, `insert into people values (1, 'Mine', 'cross', 'Mine')`)
  await expect(restore(shipped, { force: true })).rejects.toMatchObject({
    problem: 'other-version',
    message: expect.stringMatching(
      /made by a newer version.*3 migrations, this version knows 2.*Install that version/s,
    ),
  })
  expect(await people()).toHaveLength(1)
})

test('a backup whose migrations are not ours is refused', async () => {
  await makeBackup(1)
  await installVersion(2)
  const other = await version(2, '\n-- edited')
  await expect(restore(other)).rejects.toMatchObject({
    problem: 'other-version',
    message: expect.stringMatching(/do not follow from each other/),
  })
})

test('a restore of an older backup that fails leaves the tables of this version and their rows', async () => {
  await makeBackup(1)
  const shipped = await installVersion(3)
  await query(
    target.adminUrl,
    `insert into people values (1, 'Mine', 'merry', 'Mine'); insert into notes values (1, 1);
     alter table gh_auth.session add constraint impossible check (id < 0)`,
  )
  await expect(restore(shipped, { force: true })).rejects.toMatchObject({ code: '23514' })
  expect(await people()).toEqual([{ id: 1, full_name: 'Mine', mood: 'merry', first_name: 'Mine' }])
  expect(await query(target.adminUrl, 'select * from notes')).toEqual([{ id: 1, person: 1 }])
})
