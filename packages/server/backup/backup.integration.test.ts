import { execFileSync } from 'node:child_process'
import { rmdirSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Client } from 'pg'
import { extract, pack } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createDatabase,
  dropDatabase,
  startEmbeddedPostgres,
  type DatabaseUrls,
  type EmbeddedPostgres,
} from '../postgres/index.ts'
import { BackupError, createBackup, restoreBackup, type BackupOptions, type RestoreOptions } from './index.ts'
import { accounts, contents, protections, query, rows, schema } from './testing/awkward-store.ts'

const quiet = { info: () => undefined, warn: () => undefined }
let root: string
let postgres: EmbeddedPostgres
let source: DatabaseUrls
let target: DatabaseUrls
let folder: string
let count = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gh-backup-'))
  postgres = await startEmbeddedPostgres({ dataDir: join(root, 'data'), log: quiet })
  source = await createDatabase(postgres, 'source')
  await query(source.ownerUrl, schema)
  await query(source.authUrl, accounts)
  await query(source.adminUrl, rows)
})
afterAll(async () => {
  await postgres.stop()
  await rm(root, { recursive: true, force: true })
})

beforeEach(async () => {
  folder = join(root, `case-${++count}`)
  await mkdir(join(folder, 'files/aa'), { recursive: true })
  await writeFile(join(folder, 'files/aa/photo.bin'), Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 251)))
  await writeFile(join(folder, 'files/empty'), '')
  await writeFile(
    join(folder, 'files/ünï cödé "quoted" name, longer than a tar header has room for '.padEnd(220, 'x')),
    'long name',
  )
  await mkdir(join(folder, 'keys'))
  await writeFile(join(folder, 'keys/key-encryption-key'), 'secret', { mode: 0o600 })
  await dropDatabase(postgres, 'target')
  target = await createDatabase(postgres, 'target')
  await query(target.ownerUrl, schema)
  await query(target.authUrl, accounts)
})

function backup(more: Partial<BackupOptions> = {}) {
  const places = { filesDir: join(folder, 'files'), keysDir: join(folder, 'keys'), out: join(folder, 'backup.tar.zst') }
  return createBackup({ connection: { connectionString: source.adminUrl }, log: quiet, ...places, ...more })
}

function restore(more: Partial<RestoreOptions> = {}) {
  const places = {
    filesDir: join(folder, 'new/files'),
    keysDir: join(folder, 'new/keys'),
    from: join(folder, 'backup.tar.zst'),
  }
  return restoreBackup({ connection: { connectionString: target.adminUrl }, log: quiet, ...places, ...more })
}

async function problemOf(work: Promise<unknown>): Promise<BackupError> {
  const error = await work.then(
    () => new Error('it was done'),
    (reason: unknown) => reason,
  )
  if (error instanceof BackupError) return error
  throw error
}

/** Repacks an archive with changed members: what a careless or malicious hand would do. */
async function repack(path: string, change: (name: string, content: Buffer) => [string, Buffer][]): Promise<void> {
  const reader = extract()
  const members: [string, Buffer][] = []
  const unpack = createZstdDecompress()
  unpack.pipe(reader as never)
  unpack.end(await readFile(path))
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk)
    members.push(...change(entry.header.name, Buffer.concat(chunks)))
  }
  const writer = pack()
  for (const [name, content] of members) writer.entry({ name }, content)
  writer.finalize()
  const tar: Buffer[] = []
  for await (const chunk of writer as AsyncIterable<Buffer>) tar.push(chunk)
  await writeFile(path, zstdCompressSync(Buffer.concat(tar)))
}

describe('a backup that is restored', () => {
  test('brings back every value, file, sequence and protection exactly', async () => {
    const made = await backup()
    expect(made).toMatchObject({ files: 3, keys: 'excluded', warnings: [] })
    expect((await stat(made.path)).size).toBe(made.bytes)
    expect((await stat(made.path)).mode & 0o777).toBe(0o600)
    const before = await protections(target.adminUrl)
    const restored = await restore()
    expect(restored).toMatchObject({ tables: made.tables, rows: made.rows, files: 3, keys: 'absent' })
    expect(await contents(target.adminUrl)).toEqual(await contents(source.adminUrl))
    expect(await protections(target.adminUrl)).toEqual(before)
    for (const name of await readdir(join(folder, 'files'), { recursive: true })) {
      const path = join(folder, 'files', name)
      if ((await stat(path)).isFile())
        expect(await readFile(join(folder, 'new/files', name))).toEqual(await readFile(path))
    }
    expect(await query(target.appUrl, 'select * from secured')).toEqual([])
    expect(await query(target.adminUrl, `select nextval('receipts')::int as n`)).toEqual([{ n: 4712 }])
    expect(await query(target.adminUrl, `insert into nasty (label) values ('next') returning id::int`)).toEqual([
      { id: 6 },
    ])
    expect(
      await query(
        target.adminUrl,
        `select count(*)::int as n from nasty where search @@ to_tsquery('simple', 'größe')`,
      ),
    ).toEqual([{ n: 1 }])
  })

  test('is a tar archive that ordinary tools can list', async () => {
    await backup()
    await writeFile(join(folder, 'plain.tar'), zstdDecompressSync(await readFile(join(folder, 'backup.tar.zst'))))
    const names = execFileSync('tar', ['-tf', join(folder, 'plain.tar')], { encoding: 'utf8' }).split('\n')
    expect(names).toContain('files/aa/photo.bin')
    expect(names).toContain('tables/gh_auth.user/000001.copy')
    expect(names).not.toContain('keys/key-encryption-key')
  })

  test('holds the rows of one instant although others write meanwhile', async () => {
    const busy = await createDatabase(postgres, 'busy')
    await query(
      busy.ownerUrl,
      `create table a (n int, fill text); create table z (n int); insert into a select n, repeat('x', 1000) from generate_series(1, 30000) n; insert into z select generate_series(1, 30000)`,
    )
    const stop = new AbortController()
    const writer = (async () => {
      const client = new Client({ connectionString: busy.ownerUrl })
      await client.connect()
      while (!stop.signal.aborted)
        await client.query(
          'begin; insert into a select max(n) + 1 from a; insert into z select max(n) + 1 from z; commit',
        )
      await client.end()
    })()
    await backup({ connection: { connectionString: busy.adminUrl } })
    stop.abort()
    await writer
    await query(
      target.adminUrl,
      'drop schema public cascade; drop schema drizzle cascade; drop table gh_auth."user"; create schema public; create table a (n int, fill text); create table z (n int)',
    )
    await restore()
    expect(
      await query(
        target.adminUrl,
        '(select max(n) from a except select max(n) from z) union all (select count(*) from a except select count(*) from z)',
      ),
    ).toEqual([])
    await dropDatabase(postgres, 'busy')
  })

  test('leaves the keys out unless they are asked for, and says either loudly', async () => {
    const said: string[] = []
    const log = { info: () => undefined, warn: (_: object, message: string) => void said.push(message) }
    await backup({ log })
    expect(said[0]).toMatch(/does NOT hold the keys/)
    await backup({ log, withKeys: true, out: join(folder, 'with-keys.tar.zst') })
    expect(said[1]).toMatch(/HOLDS THE KEYS/)
    expect(await restore({ log, from: join(folder, 'with-keys.tar.zst') })).toMatchObject({ keys: 'restored' })
    expect(await readFile(join(folder, 'new/keys/key-encryption-key'), 'utf8')).toBe('secret')
    expect((await stat(join(folder, 'new/keys/key-encryption-key'))).mode & 0o777).toBe(0o600)
  })
})

describe('a restore', () => {
  test('refuses a store that holds rows or files, and replaces it when forced', async () => {
    await backup()
    await query(target.adminUrl, `insert into parent values (9, null, 'mine')`)
    expect(await problemOf(restore())).toMatchObject({
      problem: 'not-empty',
      message: expect.stringMatching(/has rows.*--force/),
    })
    await query(target.adminUrl, 'truncate parent, child, log')
    await mkdir(join(folder, 'new/files'), { recursive: true })
    await writeFile(join(folder, 'new/files/mine'), 'mine')
    expect(await problemOf(restore())).toMatchObject({
      problem: 'not-empty',
      message: expect.stringMatching(/holds files/),
    })
    await restore({ force: true })
    expect(await contents(target.adminUrl)).toEqual(await contents(source.adminUrl))
    await expect(stat(join(folder, 'new/files/mine'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(join(folder, 'new'))).toEqual(['files'])
  })

  test.each<[string, (name: string, content: Buffer) => [string, Buffer][]]>([
    [
      'a changed row',
      (name, content) => [
        [
          name,
          name.startsWith('tables/public.parent') ? Buffer.from(content.toString().replace('p1\n', 'p0\n')) : content,
        ],
      ],
    ],
    ['a changed file', (name, content) => [[name, name === 'files/aa/photo.bin' ? content.fill(7) : content]]],
    ['a missing member', (name, content) => (name === 'files/empty' ? [] : [[name, content]])],
    [
      'an extra member',
      (name, content) =>
        name === 'files/empty'
          ? [
              [name, content],
              ['files/extra', content],
            ]
          : [[name, content]],
    ],
    [
      'a member twice',
      (name, content) =>
        name === 'files/empty'
          ? [
              [name, content],
              [name, content],
            ]
          : [[name, content]],
    ],
    ['no manifest', (name, content) => (name === 'manifest.json' ? [] : [[name, content]])],
    [
      'a manifest that is not one',
      (name, content) => [[name, name === 'manifest.json' ? Buffer.from('{"format":1}') : content]],
    ],
  ])('refuses an archive with %s before it writes anything', async (_, change) => {
    await backup()
    await query(target.adminUrl, `insert into parent values (9, null, 'mine')`)
    await repack(join(folder, 'backup.tar.zst'), change)
    expect(await problemOf(restore({ force: true }))).toMatchObject({ problem: 'damaged' })
    expect(await query(target.adminUrl, 'select id from parent')).toEqual([{ id: 9 }])
    await expect(stat(join(folder, 'new'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('refuses an archive that leads out of its folder, even with a fitting manifest', async () => {
    const outside = 'files/../../escaped'
    await backup()
    await repack(join(folder, 'backup.tar.zst'), (name, content) => [
      [
        name.replaceAll('files/empty', outside),
        name === 'manifest.json' ? Buffer.from(content.toString().replaceAll('files/empty', outside)) : content,
      ],
    ])
    expect(await problemOf(restore())).toMatchObject({
      problem: 'damaged',
      message: expect.stringMatching(/leads out/),
    })
    expect(await query(target.adminUrl, 'select * from parent')).toEqual([])
    expect(await readdir(folder)).not.toContain('escaped')
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['with one bit flipped', (bytes: Buffer) => bytes.fill((bytes[5000] ?? 0) ^ 1, 5000, 5001)],
    ['that is something else', () => Buffer.from('This is not an archive.')],
    ['that is empty', () => Buffer.alloc(0)],
  ])('refuses a file %s', async (_, change) => {
    const { path } = await backup()
    await writeFile(path, change(await readFile(path)))
    expect(await problemOf(restore())).toMatchObject({ problem: 'damaged' })
  })

  test('keeps rows and files as they were when it fails in the middle', async () => {
    await backup()
    await mkdir(join(folder, 'new/files'), { recursive: true })
    await writeFile(join(folder, 'new/files/mine'), 'mine')
    await query(
      target.adminUrl,
      `insert into parent values (9, null, 'mine'); alter table child add constraint impossible check (id < 0) not valid`,
    )
    const before = await protections(target.adminUrl)
    await expect(restore({ force: true })).rejects.toMatchObject({ code: '23514' })
    expect(await query(target.adminUrl, 'select id from parent')).toEqual([{ id: 9 }])
    expect(await protections(target.adminUrl)).toEqual(before)
    expect(await readFile(join(folder, 'new/files/mine'), 'utf8')).toBe('mine')
    expect(await readdir(join(folder, 'new'))).toEqual(['files'])
  })

  test('refuses tables of another version when it does not know the migrations', async () => {
    await backup()
    await query(
      target.adminUrl,
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('third', 3); alter table parent add column later int`,
    )
    expect(await problemOf(restore())).toMatchObject({
      problem: 'other-version',
      message: expect.stringMatching(/2 migrations, this database is at 3/),
    })
  })

  test('says which table differs when the migrations are the same', async () => {
    await backup()
    await query(target.adminUrl, 'alter table parent alter column note type varchar(5)')
    expect(await problemOf(restore())).toMatchObject({
      problem: 'other-version',
      message: expect.stringMatching(/public\.parent has other columns/),
    })
  })

  test('gives up while the application is connected, however idle', async () => {
    await backup()
    const application = new Client({ connectionString: target.appUrl })
    await application.connect()
    try {
      expect(await problemOf(restore())).toMatchObject({
        problem: 'busy',
        message: expect.stringMatching(/1 session of the application/),
      })
    } finally {
      await application.end()
    }
  })

  test('gives up when the tables are in use', async () => {
    await backup()
    const user = new Client({ connectionString: target.adminUrl })
    await user.connect()
    await user.query('begin; lock table parent in access share mode')
    try {
      expect(await problemOf(restore({ force: true }))).toMatchObject({
        problem: 'busy',
        message: expect.stringMatching(/Stop Guildhall/),
      })
    } finally {
      await user.end()
    }
  })
})

describe('a backup as the owner, whom forced row-level security binds', () => {
  let owned: DatabaseUrls
  beforeAll(async () => {
    owned = await createDatabase(postgres, 'owned')
    await query(owned.adminUrl, 'drop schema gh_auth')
    await query(owned.ownerUrl, `${schema}; create schema gh_auth; ${accounts}`)
    await query(owned.adminUrl, rows)
  })
  afterAll(() => dropDatabase(postgres, 'owned'))
  const asOwner = () => ({ connection: { connectionString: owned.ownerUrl } })

  test('is refused rather than made without the hidden rows', async () => {
    expect(await problemOf(backup(asOwner()))).toMatchObject({
      problem: 'row-level-security',
      message: expect.stringMatching(/gh_owner.*1 tables.*BYPASSRLS.*--exclusive/s),
    })
    expect(await problemOf(backup({ connection: { connectionString: source.appUrl }, exclusive: true }))).toMatchObject(
      { problem: 'row-level-security' },
    )
    expect(await readdir(folder)).toEqual(['files', 'keys'])
  })

  test('is not restored over rows that only row-level security hides', async () => {
    await backup({ ...asOwner(), exclusive: true })
    await query(target.adminUrl, `insert into secured values ('a', 'hidden')`)
    await query(target.adminUrl, 'alter table gh_auth."user" owner to gh_owner; alter schema gh_auth owner to gh_owner')
    expect(await query(target.ownerUrl, 'select * from secured')).toEqual([])
    const refusal = await problemOf(restore({ connection: { connectionString: target.ownerUrl } }))
    expect(refusal).toMatchObject({ problem: 'not-empty', message: expect.stringMatching(/public\.secured has rows/) })
  })

  test('is complete when the tables may be locked, and leaves the protection on; the owner can restore it too', async () => {
    const before = await protections(owned.adminUrl)
    await backup({ ...asOwner(), exclusive: true })
    expect(await protections(owned.adminUrl)).toEqual(before)
    const kept = await contents(owned.adminUrl)
    await query(
      owned.adminUrl,
      `update parent set note = 'changed'; delete from secured; insert into gh_auth."user" values ('u2', 'x')`,
    )
    await restore({ ...asOwner(), force: true })
    expect(await contents(owned.adminUrl)).toEqual(kept)
    expect(await protections(owned.adminUrl)).toEqual(before)
  })
})

describe('a backup that cannot be written', () => {
  test('never overwrites a file', async () => {
    await writeFile(join(folder, 'backup.tar.zst'), 'precious')
    expect(await problemOf(backup())).toMatchObject({ problem: 'exists' })
    expect(await readFile(join(folder, 'backup.tar.zst'), 'utf8')).toBe('precious')
  })

  test('leaves nothing behind when the database goes away', async () => {
    await expect(
      backup({ connection: { connectionString: source.adminUrl.replace('/source', '/nowhere') } }),
    ).rejects.toMatchObject({ code: '3D000' })
    expect(await readdir(folder)).toEqual(['files', 'keys'])
  })

  test('says that the disk is full and leaves no half archive', async ({ skip }) => {
    const place = smallDisk() ?? skip('mounting a small disk is not allowed here')
    await writeFile(join(folder, 'files/incompressible'), randomBytes(1_000_000))
    try {
      expect(await problemOf(backup({ out: join(place, 'backup.tar.zst') }))).toMatchObject({
        problem: 'no-space',
        message: expect.stringMatching(/disk became full/),
      })
      expect(await readdir(place)).toEqual([])
    } finally {
      execFileSync('/bin/umount', [place])
      await rm(place, { recursive: true })
    }
  })
})

/** A file system of 64 KiB; null where mounting is not allowed (most containers). */
function smallDisk(): string | null {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return null
  const place = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    return place
  } catch {
    rmdirSync(place)
    return null
  }
}
