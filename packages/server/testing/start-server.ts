import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface TestServerOptions {
  env?: Record<string, string>
  /** Keeps a data folder from an earlier start; default: a new one, removed at the end. */
  dataDir?: string
}

/** The product as its own process, as an operator starts it. */
export interface RunningServer {
  url: string
  dataDir: string
  apiKey: string
  process: ChildProcess
  /** Everything it printed so far. */
  output(): string
  /** The one-time link that it printed. */
  signInLink(): string
  request(path: string, init?: RequestInit & { client?: string; key?: string | null }): Promise<Response>
  /** Asks it to stop, waits, and removes the data folder unless it was given. */
  stop(): Promise<void>
  /** SIGKILL, without a word; the data folder stays. */
  kill(): Promise<void>
}

export async function startServer(options: TestServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'guildhall-server-')))
  const apiKey = options.env?.['GUILDHALL_INIT_API_KEY'] ?? `gh_${randomBytes(24).toString('base64url')}`
  const child = spawn(process.execPath, [main, 'serve', '--no-build'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GUILDHALL_PORT: '0',
      GUILDHALL_DATA_DIR: dataDir,
      GUILDHALL_DEMO: '0',
      GUILDHALL_INIT_API_KEY: apiKey,
      GUILDHALL_LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = new Promise<string>((resolve, reject) => {
    const look = () => {
      const match = /Open\s+(http\S+)/.exec(output)
      if (match) resolve(/Listening on\s+(\S+)/.exec(output)?.[1] ?? '')
    }
    child.stdout.on('data', look)
    child.once('exit', (code) => reject(new Error(`The server ended with ${String(code)}:\n${output}`)))
    setTimeout(() => reject(new Error(`The server was not ready in 60 s:\n${output}`)), 60_000).unref()
  })
  const url = await ready.catch((error: unknown) => {
    child.kill('SIGTERM')
    throw error
  })
  // A test run that is cut short takes its servers along.
  const endWithTests = () => void child.kill('SIGTERM')
  process.once('exit', endWithTests)
  void exited.then(() => process.removeListener('exit', endWithTests))
  return {
    url,
    dataDir,
    apiKey,
    process: child,
    output: () => output,
    signInLink: () => /Open\s+(http\S+)/.exec(output)?.[1] ?? '',
    request: (path, init = {}) => {
      const { client, key = apiKey, ...rest } = init
      const headers = new Headers(rest.headers)
      if (key !== null) headers.set('authorization', `Bearer ${key}`)
      if (client) headers.set('x-guildhall-client', client)
      if (rest.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      return fetch(`${url}${path}`, { ...rest, headers })
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Kills the embedded database of a data folder, as an out-of-memory killer would. */
export async function killDatabase(dataDir: string): Promise<void> {
  const pid = Number((await readFile(join(dataDir, 'postgres/18/postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

/** Superuser on the embedded database of a data folder, to look at what the application does not show. */
export async function connectAsAdmin(dataDir: string): Promise<pg.Client> {
  const credentials: { superuser: string } = JSON.parse(
    await readFile(join(dataDir, 'postgres/credentials.json'), 'utf8'),
  )
  // Lines 4 and 5 of postmaster.pid: port, and socket folder as seen from the data folder (PostgreSQL source, miscadmin.h).
  const lines = (await readFile(join(dataDir, 'postgres/18/postmaster.pid'), 'utf8')).split('\n')
  const client = new pg.Client({
    host: lines[4] ? resolvePath(dataDir, 'postgres/18', lines[4]) : '127.0.0.1',
    port: Number(lines[3]),
    user: 'postgres',
    password: credentials.superuser,
    database: 'guildhall',
  })
  await client.connect()
  return client
}

/** The JSON of an answer in the shape that the test expects; a test that expects wrongly fails at its assertions. */
export async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T
}
