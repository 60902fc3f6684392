import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDatabase, dropDatabase, withAdmin } from './create-database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres, type StartStage } from './embedded-postgres.ts'
import { StoreMissingError } from './errors.ts'
import { readStoreMarker, writeStoreMarker } from './store-marker.ts'
import { startPostgresProcess, type PostgresProcess } from './testing/start-process.ts'

const log = { info: () => undefined, warn: () => undefined }
const isRoot = process.getuid?.() === 0
let dataDir: string
const open: EmbeddedPostgres[] = []
const processes: PostgresProcess[] = []

/** A data folder that was started before: copying it takes a tenth of the time of a first start. */
let prepared: string

beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), 'gh-pg-'))
  await (await startEmbeddedPostgres({ dataDir: prepared, log })).stop()
})

afterAll(() => rm(prepared, { recursive: true, force: true }))

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gh-pg-'))
})

afterEach(async () => {
  for (const each of processes.splice(0)) await each.kill()
  for (const postgres of open.splice(0)) await postgres.stop()
  // A server that a killed process left behind is adopted, so that it can be stopped.
  if (await readFile(join(dataDir, 'postgres/18/postmaster.pid')).catch(() => null)) {
    await rm(join(dataDir, 'store.json'), { force: true })
    await (await startEmbeddedPostgres({ dataDir, log })).stop()
  }
  await rm(dataDir, { recursive: true, force: true })
})

async function startLater(): Promise<EmbeddedPostgres> {
  usePrepared()
  return await start()
}

/** `cp` keeps owners and modes, which Node's does not. */
function usePrepared(): void {
  execFileSync('cp', ['-a', `${prepared}/.`, dataDir])
}

async function start(onProgress?: (stage: StartStage) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, ...(onProgress ? { onProgress } : {}) })
  open.push(postgres)
  return postgres
}

function startProcess(...args: Parameters<typeof startPostgresProcess>): PostgresProcess {
  const started = startPostgresProcess(...args)
  processes.push(started)
  return started
}

function one<T>(url: string, statement: string): Promise<T> {
  return withAdmin(url, async (client) => (await client.query(statement)).rows[0])
}

async function mode(path: string): Promise<string> {
  return ((await stat(join(dataDir, path))).mode & 0o777).toString(8)
}

/** Empty for a process that has ended but was not yet waited for by its parent. */
async function programOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await programOf(pid)) === '') return true
    await sleep(20)
  }
  return false
}

describe('the first start', () => {
  test('makes a cluster that is private to its account and a database for each role', async () => {
    const stages: StartStage[] = []
    const postgres = await start((stage) => stages.push(stage))
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
    const postgres = await start()
    const passwords: Record<string, string> = JSON.parse(
      await readFile(join(dataDir, 'postgres/credentials.json'), 'utf8'),
    )
    expect(Object.keys(passwords)).toEqual(['superuser', 'owner', 'app', 'auth'])
    expect(new Set(Object.values(passwords)).size).toBe(4)
    for (const password of Object.values(passwords)) expect(password).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const wrong = new URL(postgres.adminUrl)
    wrong.password = 'guess'
    await expect(one(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  test('gives the application a role that owns nothing and cannot get more', async () => {
    const postgres = await startLater()
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
    const postgres = await startLater()
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
    const postgres = await startLater()
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
      const postgres = await start()
      const server = await readFile(`/proc/${postgres.postmasterPid}/status`, 'utf8')
      const uid = Number(/^Uid:\s+(\d+)/m.exec(server)?.[1])
      expect(uid).toBeGreaterThan(0)
      expect((await stat(join(dataDir, 'postgres/18'))).uid).toBe(uid)
      expect((await stat(dataDir)).uid).toBe(0)
      expect((await stat(join(dataDir, 'postgres/credentials.json'))).uid).toBe(0)
      // mkdtemp makes 0700 folders: the account could not even walk to its own data by path.
      expect(await mode('.')).toBe('700')
    },
  )

  test.runIf(isRoot)('as an ordinary user: runs under that user', async () => {
    const account = { uid: 65534, gid: 65534 }
    await chown(dataDir, account.uid, account.gid)
    const child = startProcess(dataDir, account)
    const ready = await child.ready
    expect(ready.uid).toBe(account.uid)
    expect((await stat(`/proc/${ready.postmasterPid}`)).uid).toBe(account.uid)
    child.tell('stop')
    await child.ended
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test.runIf(isRoot)('as an ordinary user: says whose folder it is when root has used it before', async () => {
    const postgres = await startLater()
    await postgres.stop()
    await chmod(dataDir, 0o755)
    const child = startProcess(dataDir, { uid: 64_999, gid: 64_999 })
    await expect(child.ready).rejects.toThrow(/belongs to the user with id \d+, this process runs as 64999/)
  })

  test('works below a folder whose name has spaces, quotes, dollars and backticks', async () => {
    const odd = join(dataDir, 'it\'s "$HOME" `x` \\ ü')
    const postgres = await startEmbeddedPostgres({ dataDir: odd, log })
    open.push(postgres)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('listens on loopback with a random port where the path is too long for a socket, also after a restart', async () => {
    const long = join(dataDir, 'x'.repeat(120))
    const first = await startEmbeddedPostgres({ dataDir: long, log })
    open.push(first)
    expect(first.socketDir).toBeNull()
    expect(new URL(first.appUrl).host).toBe(`127.0.0.1:${first.port}`)
    expect(await one(first.appUrl, `select host(inet_server_addr()) as address`)).toEqual({ address: '127.0.0.1' })
    await first.stop()
    const second = await startEmbeddedPostgres({ dataDir: long, log })
    open.push(second)
    expect(await one(second.ownerUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('begins again when an earlier one was killed while it initialised', async () => {
    await mkdir(join(dataDir, 'postgres/.new-18-abc/base'), { recursive: true })
    await writeFile(join(dataDir, 'postgres/.new-password'), 'half')
    const postgres = await start()
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await expect(stat(join(dataDir, 'postgres/.new-18-abc'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each([60, 150, 300, 600, 900])('begins again after its process was killed %i ms into it', async (ms) => {
    const child = startProcess(dataDir)
    child.ready.catch(() => undefined)
    await sleep(ms)
    await child.kill()
    const postgres = await start()
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await postgres.stop()
    expect((await readdir(join(dataDir, 'postgres'))).sort()).toEqual([
      '18',
      'credentials.json',
      'server.log',
      'start.lock',
      'users.lock',
    ])
  })

  test('follows a data folder that is a symbolic link', async () => {
    const link = join(dataDir, 'link')
    await mkdir(join(dataDir, 'real'))
    await symlink(join(dataDir, 'real'), link)
    const postgres = await startEmbeddedPostgres({ dataDir: link, log })
    open.push(postgres)
    expect(postgres.socketDir).toBe(join(dataDir, 'real/postgres/18'))
  })
})

describe('a later start', () => {
  test('finds data, passwords and database as they were', async () => {
    const first = await start()
    await withAdmin(first.ownerUrl, (owner) => owner.query('create table kept (n int); insert into kept values (7)'))
    await first.stop()
    expect(await isGone(first.postmasterPid)).toBe(true)
    const stages: StartStage[] = []
    const second = await start((stage) => stages.push(stage))
    expect(stages).toEqual(['starting', 'preparing', 'ready'])
    expect(second.clusterId).toBe(first.clusterId)
    expect(second.appUrl).toBe(first.appUrl)
    expect(await one(second.ownerUrl, 'select n from kept')).toEqual({ n: 7 })
  })

  test('takes back rights that a role was given meanwhile', async () => {
    const first = await startLater()
    await withAdmin(first.adminUrl, (admin) =>
      admin.query('alter role gh_app superuser; grant create on schema public to public'),
    )
    await first.stop()
    const second = await start()
    expect(await one(second.adminUrl, `select rolsuper from pg_roles where rolname = 'gh_app'`)).toEqual({
      rolsuper: false,
    })
    await expect(one(second.appUrl, 'create table public.mine ()')).rejects.toMatchObject({ code: '42501' })
  })

  test('is not stopped by a pid file whose number belongs to another program by now', async () => {
    const first = await startLater()
    await first.stop()
    await writeFile(
      join(dataDir, 'postgres/18/postmaster.pid'),
      `${process.pid}\n${dataDir}\n0\n5432\n.\n\n0 0\nready   \n`,
    )
    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await one(second.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('says what to restore when the passwords are gone but the cluster is not', async () => {
    await (await startLater()).stop()
    await rm(join(dataDir, 'postgres/credentials.json'))
    await expect(start()).rejects.toMatchObject({
      problem: 'credentials-missing',
      message: expect.stringContaining('credentials.json is missing'),
    })
  })
})

describe('after a crash', () => {
  test('adopts the server that a killed process left behind, and stops it in the end', async () => {
    usePrepared()
    const child = startProcess(dataDir)
    const ready = await child.ready
    await child.kill()
    expect(await programOf(ready.postmasterPid)).toContain('postgres')
    const postgres = await start()
    expect(postgres.adopted).toBe(true)
    expect(postgres.postmasterPid).toBe(ready.postmasterPid)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await postgres.stop()
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test('waits for a server that has not said yet where it listens, instead of trying another one on the usual port', async () => {
    const first = await startLater()
    const pidFile = join(dataDir, 'postgres/18/postmaster.pid')
    const whole = await readFile(pidFile, 'utf8')
    await writeFile(pidFile, `${whole.split('\n').slice(0, 4).join('\n')}\n\n`)
    const second = start()
    expect(await Promise.race([second.then(() => 'started'), sleep(500).then(() => 'waiting')])).toBe('waiting')
    await writeFile(pidFile, whole)
    expect(await second).toMatchObject({ adopted: true, appUrl: first.appUrl })
  })

  test('starts again right after the server and its process were killed', async () => {
    usePrepared()
    const child = startProcess(dataDir)
    const ready = await child.ready
    process.kill(ready.postmasterPid, 'SIGKILL')
    await child.kill()
    const postgres = await start()
    expect(postgres.adopted).toBe(false)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('brings a killed server back under the running process, on the same address', async () => {
    const postgres = await startLater()
    const pool = new Pool({ connectionString: postgres.appUrl })
    pool.on('error', () => undefined)
    try {
      await pool.query('select 1')
      const killed = postgres.postmasterPid
      process.kill(killed, 'SIGKILL')
      await vi.waitFor(() => pool.query('select 1'), { timeout: 15_000, interval: 100 })
      await vi.waitFor(() => expect(postgres.postmasterPid).not.toBe(killed), { timeout: 5000 })
    } finally {
      await pool.end()
    }
  })

  test.each(['server', 'process', 'both'])('loses no acknowledged insert when the %s is killed', async (victim) => {
    usePrepared()
    const child = startProcess(dataDir)
    const ready = await child.ready
    child.tell('insert')
    await vi.waitFor(() => expect(child.acknowledged.length).toBeGreaterThan(200), { timeout: 15_000 })
    if (victim !== 'process') process.kill(ready.postmasterPid, 'SIGKILL')
    if (victim === 'server') await sleep(200)
    await child.kill()
    const postgres = await start()
    const found = await one<{ n: string; last: string }>(
      postgres.ownerUrl,
      'select count(*) as n, max(n) as last from acknowledged',
    )
    expect(Number(found.n)).toBeGreaterThanOrEqual(child.acknowledged.length)
    expect(found.n).toBe(found.last)
  })
})

describe('two processes on one data folder', () => {
  test('share one server, and the last one to leave stops it', async () => {
    const mine = await startLater()
    const child = startProcess(dataDir)
    const ready = await child.ready
    expect(ready.adopted).toBe(true)
    expect(ready.postmasterPid).toBe(mine.postmasterPid)
    await mine.stop()
    await mine.stop()
    expect(await one(ready.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    child.tell('stop')
    await child.ended
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test('a killed process does not count as a user any more', async () => {
    const mine = await startLater()
    const child = startProcess(dataDir)
    await child.ready
    await child.kill()
    await mine.stop()
    expect(await isGone(mine.postmasterPid)).toBe(true)
  })

  test('that make the first start together agree on one cluster', async () => {
    const children = [startProcess(dataDir), startProcess(dataDir), startProcess(dataDir)]
    const ready = await Promise.all(children.map((child) => child.ready))
    expect(new Set(ready.map((each) => each.postmasterPid)).size).toBe(1)
    expect(new Set(ready.map((each) => each.appUrl)).size).toBe(1)
    expect(ready.filter((each) => !each.adopted)).toHaveLength(1)
    for (const child of children) child.tell('stop')
    await Promise.all(children.map((child) => child.ended))
    expect(await isGone(ready[0]?.postmasterPid ?? 0)).toBe(true)
  })
})

describe('the store marker', () => {
  test('lets the database that it speaks of start', async () => {
    const first = await startLater()
    await writeStoreMarker(dataDir, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    await first.stop()
    expect(await readStoreMarker(dataDir)).toEqual({
      createdAt: '2026-01-02T03:04:05.000Z',
      clusterId: first.clusterId,
    })
    expect((await start()).clusterId).toBe(first.clusterId)
    expect(await mode('store.json')).toBe('600')
  })

  test.each([
    ['missing', () => rm(join(dataDir, 'postgres'), { recursive: true })],
    [
      'empty',
      () => rm(join(dataDir, 'postgres/18'), { recursive: true }).then(() => mkdir(join(dataDir, 'postgres/18'))),
    ],
  ])('refuses to begin anew when the cluster is %s', async (_, lose) => {
    const first = await startLater()
    await writeStoreMarker(dataDir, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    await first.stop()
    await lose()
    const refusal = await start().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(StoreMissingError)
    expect(refusal).toMatchObject({
      message: expect.stringMatching(
        /held data since 2026-01-02.*Not starting on an empty store.*snapshots.*remove .*store\.json.*guildhall restore/,
      ),
    })
    await rm(join(dataDir, 'store.json'))
    expect(await one((await start()).appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('refuses another cluster in the place of the one that held the data, and a cluster whose database was dropped', async () => {
    const first = await startLater()
    await writeStoreMarker(dataDir, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: '1' })
    await first.stop()
    await expect(start()).rejects.toThrow(/another one/)
    await writeStoreMarker(dataDir, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    const again = await start()
    await dropDatabase(again, 'guildhall')
    await again.stop()
    await expect(start()).rejects.toThrow(/guildhall was removed/)
  })

  test('is not taken for granted when it is damaged', async () => {
    await writeFile(join(dataDir, 'store.json'), '{"createdAt":')
    await expect(start()).rejects.toThrow(/store.json is damaged/)
  })
})

describe('further databases', () => {
  test('have the same owner and rights, and can be copies of another', async () => {
    const postgres = await startLater()
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
