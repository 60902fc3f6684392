import { open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Client, type ClientConfig } from 'pg'
import type { z } from 'zod'
import { errorCode } from '../postgres/errors.ts'
import { createArchive, type ArchiveWriter } from './archive.ts'
import { BackupError } from './backup-error.ts'
import { copyOut } from './copy-protocol.ts'
import { listFiles, openIfThere } from './file-tree.ts'
import {
  introductionName,
  manifestName,
  tableFolder,
  type Introduction,
  type Manifest,
  type Member,
} from './manifest.ts'
import { isLockFailure, makeAllRowsVisible } from './row-visibility.ts'
import { columnList, listMigrations, listSequences, listTables, qualified, type Table } from './table-catalogue.ts'

export interface BackupOptions {
  /** Direct connection that may read every row: the superuser of the embedded database, or the owner of an external one. */
  connection: ClientConfig
  /** Folder of the stored files. */
  filesDir: string
  /** Path of the archive, by custom `*.tar.zst`; must not exist. */
  out: string
  /** Folder of the keys that tenants' sealed data is readable with. */
  keysDir: string
  /**
   * Puts the keys into the archive. Default false: whoever finds the archive then cannot read what is sealed in it, and
   * destroying the keys destroys that in every copy. Keep a copy of the keys in another place.
   */
  withKeys?: boolean
  /**
   * Allows to lock all tables while they are read. Needed when the connection's role is an owner without BYPASSRLS,
   * for whom forced row-level security must be off during the read.
   */
  exclusive?: boolean
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface BackupResult {
  path: string
  /** Size of the archive. */
  bytes: number
  tables: number
  rows: number
  files: number
  keys: 'included' | 'excluded'
  /** What is not in the archive although it was expected to be. */
  warnings: string[]
}

/** Table data is cut into members of about this size, since a tar header must give the size in advance. */
const partBytes = 4 * 1024 * 1024

/**
 * Writes database and files into one archive: the rows of one instant (a single snapshot transaction), then the files.
 * The archive appears under its name only when it is complete and on disk.
 *
 * @throws BackupError `exists`, `no-space`, `row-level-security` (rows would be missing), `busy`, `file-changed`.
 */
export async function createBackup(options: BackupOptions): Promise<BackupResult> {
  const { out, withKeys = false, log } = options
  const keys = withKeys ? 'included' : 'excluded'
  await refuseExisting(out)
  const draft = `${out}.partial-${process.pid}`
  let archive: ArchiveWriter | undefined
  try {
    archive = await createArchive(draft)
    const contents = await writeMembers(archive, options, keys)
    const bytes = await archive.finish()
    await refuseExisting(out)
    await rename(draft, out)
    await syncFolder(dirname(out))
    if (withKeys)
      log.warn(
        { path: out },
        'The backup HOLDS THE KEYS of all tenants: whoever has it can read everything. Keep it as you would keep the keys.',
      )
    else
      log.warn(
        { path: out, keys: options.keysDir },
        'The backup does NOT hold the keys: sealed data in it cannot be read without the keys folder. Keep a copy of that folder in another place.',
      )
    log.info({ path: out, bytes, rows: contents.rows, files: contents.files }, 'Backup made')
    return { path: out, bytes, keys, ...contents }
  } catch (cause) {
    await archive?.abort().catch(() => {})
    await rm(draft, { force: true })
    if (isFull(cause))
      throw new BackupError(
        'no-space',
        `The disk became full while ${out} was written (${await freeSpace(out)} free). Free some space, or write to another disk.`,
        { cause },
      )
    throw cause
  }
}

type Contents = Pick<BackupResult, 'tables' | 'rows' | 'files' | 'warnings'>

async function writeMembers(archive: ArchiveWriter, options: BackupOptions, keys: Manifest['keys']): Promise<Contents> {
  const members: Record<string, Member> = {}
  const add = async (name: string, bytes: number, content: AsyncIterable<Buffer>) => {
    members[name] = await archive.add(name, bytes, content)
  }
  const createdAt = new Date().toISOString()
  const introduction: z.input<typeof Introduction> = { guildhallBackup: 1, createdAt, keys }
  const first = Buffer.from(`${JSON.stringify(introduction)}\n`)
  await add(introductionName, first.length, buffers([first]))
  const database = await writeTables(options, add)
  const warnings: string[] = []
  const addFolder = async (prefix: string, folder: string) => {
    const written = { count: 0, bytes: 0 }
    for (const { name, path } of await listFiles(folder)) {
      const file = await openIfThere(path)
      if (!file) {
        warnings.push(`${path} was removed while the backup was made`)
        continue
      }
      try {
        await add(`${prefix}/${name}`, file.bytes, file.content)
      } finally {
        await file.close()
      }
      written.count++
      written.bytes += file.bytes
    }
    return written
  }
  const files = await addFolder('files', options.filesDir)
  if (keys === 'included' && (await addFolder('keys', options.keysDir)).count === 0)
    warnings.push(`There are no keys in ${options.keysDir}`)
  const manifest: Manifest = { format: 1, createdAt, ...database, files, keys, members }
  const last = Buffer.from(JSON.stringify(manifest))
  await archive.add(manifestName, last.length, buffers([last]))
  return {
    tables: manifest.tables.length,
    rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    files: files.count,
    warnings,
  }
}

type Database = Pick<Manifest, 'postgres' | 'migrations' | 'tables' | 'sequences'>

async function writeTables(
  { connection, exclusive = false }: BackupOptions,
  add: (name: string, bytes: number, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Database> {
  const client = new Client(connection)
  // The query that is running rejects; an error between two queries has no other reader.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(
      `begin isolation level repeatable read; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
       set local lock_timeout = '5s'; set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
       set local extra_float_digits = 3; set local bytea_output = 'hex'; set local client_encoding = 'UTF8'`,
    )
    await makeAllRowsVisible(client, exclusive)
    const tables = await listTables(client)
    const written: Manifest['tables'] = []
    for (const table of tables)
      written.push({
        schema: table.schema,
        name: table.name,
        columns: table.columns,
        ...(await writeTable(client, table, add)),
      })
    const version = await client.query<{ server_version: string }>('show server_version')
    // Sequences live outside of transactions: read last, they are never behind the rows.
    const database = {
      postgres: version.rows[0]?.server_version ?? '',
      migrations: await listMigrations(client),
      tables: written,
      sequences: await listSequences(client),
    }
    // Nothing was changed that should stay; see makeAllRowsVisible.
    await client.query('rollback')
    return database
  } catch (cause) {
    if (isLockFailure(cause))
      throw new BackupError(
        'busy',
        'The tables could not be locked within 5 seconds. Stop Guildhall, or try again when less is going on.',
        { cause },
      )
    throw cause
  } finally {
    await client.end()
  }
}

async function writeTable(
  client: Client,
  table: Table,
  add: (name: string, bytes: number, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<{ rows: number; parts: string[] }> {
  const parts: string[] = []
  let rows = 0
  let batch: Buffer[] = []
  let bytes = 0
  const flush = async () => {
    if (bytes === 0) return
    const name = `${tableFolder(table.schema, table.name)}/${String(parts.length + 1).padStart(6, '0')}.copy`
    // One chunk: a million rows as a million writes takes ten times as long.
    await add(name, bytes, buffers([Buffer.concat(batch)]))
    parts.push(name)
    batch = []
    bytes = 0
  }
  for await (const row of copyOut(client, `copy ${qualified(table)} (${columnList(table.columns)}) to stdout`)) {
    rows++
    batch.push(row)
    bytes += row.length
    if (bytes >= partBytes) await flush()
  }
  await flush()
  return { rows, parts }
}

async function* buffers(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
  yield* chunks
}

/** Without it a power cut could take the new name back. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await stat(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  throw new BackupError('exists', `${path} exists already. Choose another name; a backup is never overwritten.`)
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errorCode(error) ?? '')
}

async function freeSpace(path: string): Promise<string> {
  const { bavail, bsize } = await statfs(dirname(path))
  return `${Math.floor((bavail * bsize) / 1024 / 1024)} MiB`
}
