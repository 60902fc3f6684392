import { chmod, chown, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { createDatabase, dropDatabase, withAdmin } from './create-database.ts'
import { startEmbeddedPostgres, type StartStage } from './embedded-postgres.ts'
import { isGone, one, quiet, useDataFolder } from './testing/data-folder.ts'

const isRoot = process.getuid?.() === 0
const folder = useDataFolder()

async function mode(path: string): Promise<string> {
  return ((await stat(join(folder.path, path))).mode & 0o777).toString(8)
}

describe('the first start', () => {
  test('makes a cluster that is private to its account and a database for each role', async () => {
    const stages: StartStage[] = []
    const postgres = await folder.start((stage) => stages.push(stage))
    expect(stages).toEqual(['initialising', 'starting', 'preparing', 'ready'])
    expect(postgres.adopted).toBe(false)
    expect(postgres.version).toMatch(/^18\./)
    expect(await one(postgres.ownerUrl, 'select current_user as who, current_database() as db')).toEqual({
      who: 'gh_owner',
      db: 'guildhall',
    })
    expect(await one(postgres.appUrl, 'select current_user as who')).toEqual({ who: 'gh_app' })
    expect(await one(postgres.authUrl, 'select current_user as who, current_schema() as schema')).toEqual({
      who: 'gh_auth',
      schema: 'gh_auth',
    })
    expect(await one(postgres.adminUrl, 'select rolsuper from pg_roles where rolname = current_user')).toEqual({
      rolsuper: true,
    })
    expect([
      await mode('postgres'),
      await mode('postgres/18'),
      await mode('postgres/credentials.json'),
      await mode('postgres/server.log'),
    ]).toEqual(['700', '700', '600', '600'])
  })

  test('makes passwords of 32 random bytes and refuses a login without them', async () => {
    const postgres = await folder.start()
    const passwords: Record<string, string> = JSON.parse(
      await readFile(join(folder.path, 'postgres/credentials.json'), 'utf8'),
    )
    expect(Object.keys(passwords)).toEqual(['superuser', 'owner', 'app', 'auth'])
    expect(new Set(Object.values(passwords)).size).toBe(4)
    for (const password of Object.values(passwords)) expect(password).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const wrong = new URL(postgres.adminUrl)
    wrong.password = 'guess'
    await expect(one(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  test('gives the application a role that owns nothing and cannot get more', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    const roles = await withAdmin(
      postgres.adminUrl,
      async (admin) =>
        (
          await admin.query(
            `select rolname, rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication as powerful, rolcanlogin
           from pg_roles where rolname like 'gh\\_%' order by 1`,
          )
        ).rows,
    )
    expect(roles).toEqual([
      { rolname: 'gh_app', powerful: false, rolcanlogin: true },
      { rolname: 'gh_auth', powerful: false, rolcanlogin: true },
      { rolname: 'gh_owner', powerful: false, rolcanlogin: true },
      { rolname: 'gh_worker', powerful: false, rolcanlogin: false },
    ])
    await expect(one(postgres.appUrl, 'create table public.mine ()')).rejects.toMatchObject({ code: '42501' })
    await expect(one(postgres.appUrl, 'set role gh_owner')).rejects.toMatchObject({ code: '42501' })
    await expect(one(postgres.authUrl, 'set role gh_worker')).rejects.toMatchObject({ code: '42501' })
  })

  test('lets the application take on the worker role, and have its rights only then', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    await withAdmin(postgres.ownerUrl, (owner) =>
      owner.query('create table queue (id int); insert into queue values (1); grant select on queue to gh_worker'),
    )
    await withAdmin(postgres.appUrl, async (app) => {
      await expect(app.query('select * from queue')).rejects.toMatchObject({ code: '42501' })
      await app.query('begin; set local role gh_worker')
      expect((await app.query('select * from queue')).rows).toEqual([{ id: 1 }])
      await app.query('commit')
    })
  })

  test('sets durability, limits and text search as promised', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    const setting = (name: string, url = postgres.appUrl) =>
      one<{ value: string }>(url, `select current_setting('${name}') as value`).then((row) => row.value)
    for (const [name, value] of [
      ['fsync', 'on'],
      ['synchronous_commit', 'on'],
      ['full_page_writes', 'on'],
      ['shared_buffers', '64MB'],
      ['jit', 'off'],
      ['listen_addresses', process.platform === 'win32' ? '127.0.0.1' : ''],
      ['statement_timeout', '1min'],
      ['idle_in_transaction_session_timeout', '30s'],
      ['server_encoding', 'UTF8'],
      ['TimeZone', 'UTC'],
    ] as const)
      expect([name, await setting(name)]).toEqual([name, value])
    expect(await setting('idle_in_transaction_session_timeout', postgres.ownerUrl)).toBe('30s')
    expect(
      await one(
        postgres.appUrl,
        `select to_tsvector('simple', 'ÉCOLE Привет') @@ to_tsquery('simple', 'école & привет') as found`,
      ),
    ).toEqual({ found: true })
  })

  test.runIf(isRoot)(
    'as root: hands the cluster to an unprivileged account and leaves the rest of the data folder alone',
    async () => {
      const postgres = await folder.start()
      const server = await readFile(`/proc/${postgres.postmasterPid}/status`, 'utf8')
      const uid = Number(/^Uid:\s+(\d+)/m.exec(server)?.[1])
      expect(uid).toBeGreaterThan(0)
      expect((await stat(join(folder.path, 'postgres/18'))).uid).toBe(uid)
      expect((await stat(folder.path)).uid).toBe(0)
      expect((await stat(join(folder.path, 'postgres/credentials.json'))).uid).toBe(0)
      // mkdtemp makes 0700 folders: the account could not even walk to its own data by path.
      expect(await mode('.')).toBe('700')
    },
  )

  test.runIf(isRoot)('as an ordinary user: runs under that user', async () => {
    const account = { uid: 65534, gid: 65534 }
    await chown(folder.path, account.uid, account.gid)
    const child = folder.startProcess(account)
    const ready = await child.ready
    expect(ready.uid).toBe(account.uid)
    expect((await stat(`/proc/${ready.postmasterPid}`)).uid).toBe(account.uid)
    child.tell('stop')
    await child.ended
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test.runIf(isRoot)('as an ordinary user: says whose folder it is when root has used it before', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    await postgres.stop()
    await chmod(folder.path, 0o755)
    const child = folder.startProcess({ uid: 64_999, gid: 64_999 })
    await expect(child.ready).rejects.toThrow(/belongs to the user with id \d+, this process runs as 64999/)
  })

  test('works below a folder whose name has spaces, quotes, dollars and backticks', async () => {
    const odd = join(folder.path, 'it\'s "$HOME" `x` \\ ü')
    const postgres = await startEmbeddedPostgres({ dataDir: odd, log: quiet })
    folder.stopLater(postgres)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('listens on loopback with a random port where the path is too long for a socket, also after a restart', async () => {
    const long = join(folder.path, 'x'.repeat(120))
    const first = await startEmbeddedPostgres({ dataDir: long, log: quiet })
    folder.stopLater(first)
    expect(first.socketDir).toBeNull()
    expect(new URL(first.appUrl).host).toBe(`127.0.0.1:${first.port}`)
    expect(await one(first.appUrl, `select host(inet_server_addr()) as address`)).toEqual({ address: '127.0.0.1' })
    await first.stop()
    const second = await startEmbeddedPostgres({ dataDir: long, log: quiet })
    folder.stopLater(second)
    expect(await one(second.ownerUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('begins again when an earlier one was killed while it initialised', async () => {
    await mkdir(join(folder.path, 'postgres/.new-18-abc/base'), { recursive: true })
    await writeFile(join(folder.path, 'postgres/.new-password'), 'half')
    const postgres = await folder.start()
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await expect(stat(join(folder.path, 'postgres/.new-18-abc'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each([60, 150, 300, 600, 900])('begins again after its process was killed %i ms into it', async (ms) => {
    const child = folder.startProcess()
    child.ready.catch(() => undefined)
    await sleep(ms)
    await child.kill()
    const postgres = await folder.start()
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await postgres.stop()
    expect((await readdir(join(folder.path, 'postgres'))).sort()).toEqual([
      '18',
      'credentials.json',
      'server.log',
      'start.lock',
      'users.lock',
    ])
  })

  test('follows a data folder that is a symbolic link', async () => {
    const link = join(folder.path, 'link')
    await mkdir(join(folder.path, 'real'))
    await symlink(join(folder.path, 'real'), link)
    const postgres = await startEmbeddedPostgres({ dataDir: link, log: quiet })
    folder.stopLater(postgres)
    expect(postgres.socketDir).toBe(join(folder.path, 'real/postgres/18'))
  })
})

describe('a later start', () => {
  test('finds data, passwords and database as they were', async () => {
    const first = await folder.start()
    await withAdmin(first.ownerUrl, (owner) => owner.query('create table kept (n int); insert into kept values (7)'))
    await first.stop()
    expect(await isGone(first.postmasterPid)).toBe(true)
    const stages: StartStage[] = []
    const second = await folder.start((stage) => stages.push(stage))
    expect(stages).toEqual(['starting', 'preparing', 'ready'])
    expect(second.clusterId).toBe(first.clusterId)
    expect(second.appUrl).toBe(first.appUrl)
    expect(await one(second.ownerUrl, 'select n from kept')).toEqual({ n: 7 })
  })

  test('takes back rights that a role was given meanwhile', async () => {
    folder.usePrepared()
    const first = await folder.start()
    await withAdmin(first.adminUrl, (admin) =>
      admin.query('alter role gh_app superuser; grant create on schema public to public'),
    )
    await first.stop()
    const second = await folder.start()
    expect(await one(second.adminUrl, `select rolsuper from pg_roles where rolname = 'gh_app'`)).toEqual({
      rolsuper: false,
    })
    await expect(one(second.appUrl, 'create table public.mine ()')).rejects.toMatchObject({ code: '42501' })
  })

  test('is not stopped by a pid file whose number belongs to another program by now', async () => {
    folder.usePrepared()
    const first = await folder.start()
    await first.stop()
    await writeFile(
      join(folder.path, 'postgres/18/postmaster.pid'),
      `${process.pid}\n${folder.path}\n0\n5432\n.\n\n0 0\nready   \n`,
    )
    const second = await folder.start()
    expect(second.adopted).toBe(false)
    expect(await one(second.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('says what to restore when the passwords are gone but the cluster is not', async () => {
    folder.usePrepared()
    await (await folder.start()).stop()
    await rm(join(folder.path, 'postgres/credentials.json'))
    await expect(folder.start()).rejects.toMatchObject({
      problem: 'credentials-missing',
      message: expect.stringContaining('credentials.json is missing'),
    })
  })
})

describe('further databases', () => {
  test('have the same owner and rights, and can be copies of another', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    const template = await createDatabase(postgres, 'template "one"')
    await withAdmin(template.ownerUrl, (owner) =>
      owner.query('create table t (n int); insert into t values (1); grant select on t to gh_app'),
    )
    const copy = await createDatabase(postgres, 'copy', { template: 'template "one"' })
    expect(await one(copy.appUrl, 'select n, current_database() as db from t')).toEqual({ n: 1, db: 'copy' })
    expect(await one(copy.authUrl, 'select current_schema() as schema')).toEqual({ schema: 'gh_auth' })
    await expect(one(copy.appUrl, 'create table public.mine ()')).rejects.toMatchObject({ code: '42501' })
    const lingering = new Client({ connectionString: copy.appUrl })
    lingering.on('error', () => undefined)
    await lingering.connect()
    await dropDatabase(postgres, 'copy')
    await dropDatabase(postgres, 'copy')
    await expect(one(copy.appUrl, 'select 1')).rejects.toMatchObject({ code: '3D000' })
    await lingering.end()
  })
})
