import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@guildhall/kernel/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, startServer, type RunningServer } from './testing/start-server.ts'

/** The real PgBouncer in transaction mode: a connection belongs to us only from BEGIN to COMMIT. */
const program = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path))
if (!program) process.stderr.write('SKIPPED: PgBouncer is not installed, so nothing was tried behind a pooler.\n')

describe.skipIf(!program)('behind PgBouncer in transaction mode', () => {
  let database: TestDatabase
  let pooler: Pooler
  let server: RunningServer
  const apiKey = 'gh_pooler_0123456789012345678901234567890'

  beforeAll(async () => {
    database = await createTestDatabase()
    pooler = await startPooler(program ?? '', database)
    server = await startServer({
      env: {
        DATABASE_URL: pooler.url,
        DATABASE_DIRECT_URL: database.adminUrl,
        GUILDHALL_DEMO: '1',
        GUILDHALL_INIT_API_KEY: apiKey,
        GUILDHALL_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        GUILDHALL_AUTH_SECRET: randomBytes(32).toString('hex'),
      },
    })
  })
  afterAll(async () => {
    await server?.stop()
    await pooler?.stop()
    await database?.drop()
  })

  it('callers of several clients at once each see their own rows, over fewer connections than callers', async () => {
    const clients = (await json<{ items: { slug: string }[] }>(await server.request('/api/clients'))).items
    expect(clients.length).toBe(3)
    const agentsOf = async (client: string) => {
      const response = await server.request('/api/agents', { client })
      expect(response.status).toBe(200)
      return (await json<{ items: { id: string }[] }>(response)).items.map((agent) => agent.id).toSorted()
    }
    const alone = new Map<string, string[]>()
    for (const { slug } of clients) alone.set(slug, await agentsOf(slug))
    const crowd = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const slug = clients[n % clients.length]?.slug ?? ''
        return { slug, agents: await agentsOf(slug) }
      }),
    )
    for (const { slug, agents } of crowd) expect(agents).toEqual(alone.get(slug))
    expect(await pooler.serverConnections()).toBeLessThanOrEqual(pooler.size)
  })

  it('writes in a crowd are all there afterwards', async () => {
    const slugs = Array.from({ length: 20 }, (_, n) => `crowd-${String(n)}`)
    const made = await Promise.all(
      slugs.map((slug) =>
        server.request('/api/clients', { method: 'POST', body: JSON.stringify({ name: slug, slug }) }),
      ),
    )
    expect(made.map((response) => response.status)).toEqual(slugs.map(() => 201))
    const seen = await json<{ items: { slug: string }[] }>(await server.request('/api/clients?limit=200'))
    expect(seen.items.map((client) => client.slug)).toEqual(expect.arrayContaining(slugs))
  })

  it('the log of the server holds no word of a statement that got lost', () => {
    expect(server.output()).not.toMatch(/prepared statement|Deprecat|in progress|rolled back/i)
  })
})

interface Pooler {
  url: string
  /** Connections to the database at most. */
  size: number
  serverConnections(): Promise<number>
  stop(): Promise<void>
}

async function startPooler(path: string, database: TestDatabase): Promise<Pooler> {
  const size = 6
  const target = new URL(database.appUrl)
  const host = target.searchParams.get('host') ?? target.hostname
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-pooler-'))
  const port = await freePort()
  // PgBouncer refuses to run as root, and others may not enter the folder of the database's socket.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const databasePort = Number(target.searchParams.get('port') ?? (target.port || '5432'))
  const reached = createServer((socket) => {
    const inner = host.startsWith('/')
      ? connect(join(host, `.s.PGSQL.${String(databasePort)}`))
      : connect(databasePort, host)
    socket.pipe(inner).pipe(socket)
    for (const end of [socket, inner]) end.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => reached.listen(0, '127.0.0.1', resolve))
  const { port: reachedPort } = reached.address() as AddressInfo
  const user = decodeURIComponent(target.username)
  const files = {
    'users.txt': `"${user}" "${decodeURIComponent(target.password)}"\n"stats" "stats"\n`,
    'pgbouncer.ini': `[databases]
${database.name} = host=127.0.0.1 port=${String(reachedPort)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(port)}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = ${String(size)}
max_client_conn = 200
stats_users = stats
`,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    if (account.uid !== undefined) await chown(join(folder, name), account.uid, account.gid)
  }
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid)
  const child = spawn(path, [join(folder, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'], ...account })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const base = `127.0.0.1:${String(port)}`
  await untilItAnswers(`postgres://stats:stats@${base}/pgbouncer`, child, () => said)
  return {
    url: `postgres://${target.username}:${target.password}@${base}/${database.name}`,
    size,
    async serverConnections() {
      const client = new pg.Client({ connectionString: `postgres://stats:stats@${base}/pgbouncer` })
      await client.connect()
      try {
        return (await client.query<{ database: string }>('show servers')).rows.filter(
          (row) => row.database === database.name,
        ).length
      } finally {
        await client.end()
      }
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      reached.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilItAnswers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (child.exitCode !== null) break
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error(`PgBouncer did not start:\n${said()}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
