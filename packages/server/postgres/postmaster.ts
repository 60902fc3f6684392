import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mayReach, type Account } from './account.ts'
import { shellSafe, type Binaries } from './binaries.ts'
import type { Endpoint } from './connection-url.ts'
import { errorCode, PostgresError } from './errors.ts'
import { runProgram } from './run-program.ts'

/** A cluster on disk and what is needed to run it. */
export interface Cluster {
  binaries: Binaries
  account: Account | null
  /** Absolute path of the folder with PG_VERSION. */
  folder: string
  /** Absolute path of the server's log file. */
  logPath: string
}

export interface Postmaster {
  pid: number
  endpoint: Endpoint
}

/** Socket paths longer than this do not fit into sockaddr_un on macOS (104 bytes); Linux has 108. */
const longestSocketPath = 103
const socketPort = 5432
const pidFile = 'postmaster.pid'
const startTimeoutSeconds = 900
const stopTimeoutSeconds = 60
const logLimitBytes = 10 * 1024 * 1024

/**
 * Small memory at rest; durability is never traded. `io_method=sync` and no logical replication save five processes
 * that a single-node store of this size does not need.
 */
const settings: Record<string, string> = {
  shared_buffers: '64MB',
  max_connections: '100',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  io_method: 'sync',
  max_logical_replication_workers: '0',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Rows of tenants do not belong in a server log: no statements, no details.
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  unix_socket_permissions: '0700',
}

/**
 * The running server of this cluster, whoever started it, once it takes connections; null when there is none.
 * One that is starting (it may replay its log for a while) or stopping is waited for.
 */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const deadline = performance.now() + startTimeoutSeconds * 1000
  for (;;) {
    const lines = await readLines(join(cluster.folder, pidFile))
    const pid = Number(lines?.[0])
    if (!lines || !(pid > 0) || !(await isPostmaster(pid, cluster))) return null
    // Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status. The server adds
    // them one by one; until the last is there, an empty socket folder does not mean that there is no socket.
    if (lines[7]?.trim() === 'ready')
      return { pid, endpoint: endpointOf(cluster, Number(lines[3]), lines[4]?.trim() ?? '') }
    if (performance.now() > deadline)
      throw new PostgresError(
        'start-failed',
        `The embedded PostgreSQL (process ${pid}) has been starting for ${startTimeoutSeconds} seconds. See its log ${cluster.logPath}.`,
      )
    await sleep(50)
  }
}

function endpointOf(cluster: Cluster, port: number, socketFolder: string): Endpoint {
  return socketFolder === '.' ? { kind: 'socket', folder: cluster.folder, port } : { kind: 'loopback', port }
}

/**
 * Starts the server and waits until it takes connections (crash recovery included).
 * After a crash the old backends need a moment to notice; those seconds are waited out.
 * @throws PostgresError with the end of the server's log.
 */
export async function startPostmaster(cluster: Cluster, loopbackPort?: number): Promise<Postmaster> {
  const deadline = performance.now() + 20_000
  await rotateLog(cluster.logPath)
  for (;;) {
    await dropStaleLockFiles(cluster)
    const endpoint = await chooseEndpoint(cluster, loopbackPort)
    const result = await controlServer(cluster, [
      '-w',
      '-t',
      String(startTimeoutSeconds),
      '-o',
      serverOptions(endpoint),
      'start',
    ])
    // Also after a failure: a server that a killed process was just starting may have come first.
    const postmaster = await findPostmaster(cluster)
    if (postmaster) return postmaster
    const passes = /shared memory block|lock file|Address already in use|could not bind/i.test(result.output)
    if (!passes || performance.now() > deadline)
      throw new PostgresError(
        'start-failed',
        `The embedded PostgreSQL did not start. Its log (${cluster.logPath}) ends with:\n${tail(result.output)}`,
      )
    await sleep(300)
  }
}

/** Ends sessions, writes a checkpoint and stops; an immediate stop, which recovery mends, when that takes too long. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    if (!(await isRunning(cluster))) return
    const result = await controlServer(cluster, ['-m', mode, '-w', '-t', String(stopTimeoutSeconds), 'stop'])
    if (result.code === 0) return
  }
  if (await isRunning(cluster))
    throw new PostgresError('stop-failed', `The embedded PostgreSQL did not stop. See its log ${cluster.logPath}.`)
}

async function isRunning(cluster: Cluster): Promise<boolean> {
  const pid = Number((await readLines(join(cluster.folder, pidFile)))?.[0])
  return pid > 0 && (await isPostmaster(pid, cluster))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/**
 * How the server is told its folder. Where the account may not pass through the folders above (a project below a 0700
 * home), or the path would not survive pg_ctl's shell, Linux offers the working directory by name: it was entered
 * before privileges were dropped, and stays reachable.
 */
export function folderArgument(cluster: Pick<Cluster, 'account' | 'folder'>): string {
  const { account, folder } = cluster
  const reachable = account === null || mayReach(account, folder)
  if (reachable && shellSafe(folder)) return folder
  if (process.platform === 'linux') return '/proc/self/cwd'
  const why = reachable
    ? 'has a character that pg_ctl cannot quote'
    : `is not reachable for the account ${account?.uid} that runs PostgreSQL`
  throw new PostgresError(
    'data-folder-unusable',
    `The data folder ${folder} ${why}. Set GUILDHALL_DATA_DIR to another folder.`,
  )
}

async function controlServer(
  cluster: Cluster,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const log = await open(cluster.logPath, 'a+', 0o600)
  try {
    const { size } = await log.stat()
    const options = { cwd: cluster.folder, account: cluster.account, outputFd: log.fd }
    const { code, output } = await runProgram(cluster.binaries.pgCtl, ['-D', folderArgument(cluster), ...args], options)
    const written = Buffer.alloc(Math.min(64 * 1024, (await log.stat()).size - size))
    await log.read(written, 0, written.length, size)
    return { code, output: output + written.toString() }
  } finally {
    await log.close()
  }
}

function serverOptions(endpoint: Endpoint): string {
  const listen: Record<string, string> =
    endpoint.kind === 'socket'
      ? { listen_addresses: "''", unix_socket_directories: '.' }
      : { listen_addresses: '127.0.0.1' }
  if (endpoint.kind === 'loopback' && process.platform !== 'win32') listen['unix_socket_directories'] = "''"
  return Object.entries({ ...settings, ...listen, port: String(endpoint.port) })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

/** A socket inside the cluster's own 0700 folder: no other user can even knock. Loopback where the path is too long. */
async function chooseEndpoint(cluster: Cluster, loopbackPort: number | undefined): Promise<Endpoint> {
  const socketPath = join(cluster.folder, `.s.PGSQL.${socketPort}`)
  if (process.platform !== 'win32' && Buffer.byteLength(socketPath) <= longestSocketPath)
    return { kind: 'socket', folder: cluster.folder, port: socketPort }
  return { kind: 'loopback', port: loopbackPort ?? (await freePort()) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function readLines(path: string): Promise<string[] | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** The number alone proves nothing: after a reboot or in a restarted container another program may have it. */
export async function isPostmaster(pid: number, cluster: Cluster): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') {
    const { output } = await runProgram('/bin/ps', ['-o', 'comm=', '-p', String(pid)], { cwd: '/', account: null })
    return /(^|\/)postgres\s*$/.test(output)
  }
  try {
    const program = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')[0] ?? ''
    if (!/(^|\/)postgres$/.test(program)) return false
    const [its, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster.folder)])
    return its.dev === ours.dev && its.ino === ours.ino
  } catch (error) {
    // A container without SYS_PTRACE may not look at another account's folder; the program's name has to do.
    const code = errorCode(error)
    return code === 'EACCES' || code === 'EPERM'
  }
}

/**
 * PostgreSQL does not start while the number in one of its lock files is alive: a killed server that its parent has not
 * waited for yet, or another program that has the number by now. Old backends that still run are found all the same,
 * by the shared memory whose key is made from the folder.
 */
async function dropStaleLockFiles(cluster: Cluster): Promise<void> {
  for (const name of [pidFile, `.s.PGSQL.${socketPort}.lock`]) {
    const path = join(cluster.folder, name)
    const pid = Number((await readLines(path))?.[0])
    if (pid > 0 && isAlive(pid) && !(await isPostmaster(pid, cluster))) await rm(path, { force: true })
  }
}

async function rotateLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size > logLimitBytes) await rename(path, `${path}.1`)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n')
}
