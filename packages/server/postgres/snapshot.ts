import { chown, constants, copyFile, mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Client } from 'pg'
import type { Account } from './account.ts'
import { withDatabase } from './connection-url.ts'
import { withAdmin } from './create-database.ts'
import { credentialsPath } from './credentials.ts'
import { errorCode, PostgresError } from './errors.ts'
import type { Log } from './log.ts'
import { storeMarkerPath } from './store-marker.ts'

export interface SnapshotOptions {
  adminUrl: string
  dataDir: string
  /** Folder with PG_VERSION. */
  clusterFolder: string
  account: Account | null
  log: Log
}

const kept = 3
const reserveBytes = 64 * 1024 * 1024
const draftPrefix = '.new-'
/** Their contents are made anew at start (PostgreSQL manual, "Backing up the data directory"). */
const emptied = new Set([
  'pg_wal',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const skipped = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|backup_label.*|\.s\.PGSQL\..*)$/

/**
 * Copies the running cluster, consistently and without stopping it: PostgreSQL's low-level base backup, with the log
 * from its start to its end. The copy is itself a data folder: put its `postgres` folder in the place of the broken one,
 * or start with GUILDHALL_DATA_DIR set to it. The newest three are kept.
 *
 * @returns absolute path of the snapshot.
 * @throws PostgresError `no-space` when the disk does not have room for the copy; nothing is left behind.
 */
export async function snapshotCluster({
  adminUrl,
  dataDir,
  clusterFolder,
  account,
  log,
}: SnapshotOptions): Promise<string> {
  const folder = join(dataDir, 'snapshots')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = new Date().toISOString().replaceAll(':', '-')
  const draft = join(folder, draftPrefix + name)
  const target = join(folder, name)
  const parent = join(draft, basename(dirname(clusterFolder)))
  const copy = join(parent, basename(clusterFolder))
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 })
    await requireSpace(clusterFolder, parent)
    const bytes = await withAdmin(withDatabase(adminUrl, 'postgres'), (admin) =>
      baseBackup(admin, clusterFolder, copy, account),
    )
    await give(parent, account)
    await copyIfThere(credentialsPath(dirname(clusterFolder)), credentialsPath(parent))
    await copyIfThere(storeMarkerPath(dataDir), storeMarkerPath(draft))
    await syncFolder(draft)
    await rename(draft, target)
    log.info({ snapshot: target, megabytes: Math.ceil(bytes / 1024 / 1024) }, 'Snapshot of the database made')
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (errorCode(error) === 'ENOSPC')
      throw new PostgresError(
        'no-space',
        `The disk became full while the snapshot ${target} was made. Free some space and start again.`,
        { cause: error },
      )
    throw error
  }
  await prune(folder)
  return target
}

async function baseBackup(
  admin: Client,
  clusterFolder: string,
  copy: string,
  account: Account | null,
): Promise<number> {
  // A temporary slot keeps the log segments that the copy needs; it goes with the session.
  await admin.query(`select pg_create_physical_replication_slot($1, true, true)`, [`guildhall_snapshot_${process.pid}`])
  const start = await admin.query<{ segment: string }>(
    `select pg_walfile_name(pg_backup_start('guildhall', true)) as segment`,
  )
  let bytes = await copyFolder(clusterFolder, copy, account, (path) => path !== controlFile)
  bytes += await copyOne(join(clusterFolder, controlFile), join(copy, controlFile), account)
  const stop = await admin.query<{ segment: string; label: string }>(
    'select pg_walfile_name(lsn) as segment, labelfile as label from pg_backup_stop(false)',
  )
  const first = start.rows[0]?.segment
  const last = stop.rows[0]
  if (first === undefined || !last)
    throw new PostgresError('start-failed', 'PostgreSQL did not name the log segments of the snapshot.')
  await writeFile(join(copy, 'backup_label'), last.label, { mode: 0o600 })
  await give(join(copy, 'backup_label'), account)
  for (const segment of await readdir(join(clusterFolder, 'pg_wal')))
    if (/^[0-9A-F]{24}$/.test(segment) && segment >= first && segment <= last.segment)
      bytes += await copyOne(join(clusterFolder, 'pg_wal', segment), join(copy, 'pg_wal', segment), account)
  return bytes
}

/** Copied last, so that it is never older than what it describes. */
const controlFile = join('global', 'pg_control')

/** @returns bytes copied. Files that go away meanwhile are mended by the log. */
async function copyFolder(
  from: string,
  to: string,
  account: Account | null,
  wanted: (path: string) => boolean,
  inside = '',
): Promise<number> {
  await mkdir(to, { mode: 0o700 })
  await give(to, account)
  let bytes = 0
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = join(inside, entry.name)
    if (skipped.test(entry.name) || !wanted(path)) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      if (emptied.has(path)) await copyFolder(source, target, account, () => false, path)
      else bytes += await copyFolder(source, target, account, wanted, path)
    } else if (entry.isFile()) bytes += await copyOne(source, target, account)
  }
  return bytes
}

async function copyOne(source: string, target: string, account: Account | null): Promise<number> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
  await give(target, account)
  return (await stat(target)).size
}

async function copyIfThere(source: string, target: string): Promise<void> {
  try {
    await copyFile(source, target)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

async function give(path: string, account: Account | null): Promise<void> {
  if (account) await chown(path, account.uid, account.gid)
}

/** A file system that shares blocks between copies needs no room. */
async function requireSpace(clusterFolder: string, target: string): Promise<void> {
  const probe = join(target, 'probe')
  try {
    await copyFile(join(clusterFolder, 'PG_VERSION'), probe, constants.COPYFILE_FICLONE_FORCE)
    return
  } catch {
    // Not such a file system.
  } finally {
    await rm(probe, { force: true })
  }
  const needed = (await folderBytes(clusterFolder)) + reserveBytes
  const { bavail, bsize } = await statfs(target)
  const available = bavail * bsize
  if (available >= needed) return
  throw new PostgresError(
    'no-space',
    `The snapshot needs ${gibibytes(needed)} GiB, ${target} has ${gibibytes(available)} GiB free. Free some space, or remove old snapshots, then start again.`,
  )
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(2)
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await folderBytes(path)
    else if (entry.isFile()) bytes += await sizeIfThere(path)
  }
  return bytes
}

async function sizeIfThere(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
}

/** The snapshot is what an upgrade falls back on: it must survive a power cut right after it was reported. */
async function syncFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncFolder(path)
    else await syncPath(path)
  }
  if (process.platform !== 'win32') await syncPath(folder)
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function prune(folder: string): Promise<void> {
  const entries = await readdir(folder)
  const complete = entries.filter((name) => /^\d{4}-\d\d-\d\dT/.test(name)).sort()
  const leftovers = entries.filter((name) => name.startsWith(draftPrefix))
  for (const name of [...complete.slice(0, -kept), ...leftovers])
    await rm(join(folder, name), { recursive: true, force: true })
}
