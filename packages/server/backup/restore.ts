import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { Client, type ClientConfig } from 'pg'
import { errorCode } from '../postgres/errors.ts'
import { readArchive, type ArchiveMember } from './archive.ts'
import { BackupError } from './backup-error.ts'
import { copyIn, type CopyIn } from './copy-protocol.ts'
import { listFiles } from './file-tree.ts'
import type { Manifest } from './manifest.ts'
import { isLockFailure, makeAllRowsVisible } from './row-visibility.ts'
import { loosenTables, tightenTables } from './table-constraints.ts'
import { findOlderMigrations, matchingTables } from './match-version.ts'
import { rebuildTables } from './rebuild-tables.ts'
import { columnList, listMigrations, listTables, qualified } from './table-catalogue.ts'
import { same, verifyArchive } from './verify-archive.ts'

export interface RestoreOptions {
  /** Direct connection as superuser, or as the owner of all tables. */
  connection: ClientConfig
  filesDir: string
  keysDir: string
  /** Path of the archive. */
  from: string
  /** Replaces what is there. Without it, a store that holds anything is refused. */
  force?: boolean
  /** What this version can make tables with. Without it, a backup from other migrations is refused. */
  migrations?: {
    /** Folder of the committed migrations: an older backup goes into tables made by those of its time. */
    folder: string
    /** Brings the restored rows to this version; called after an older backup. The next start would do the same. */
    migrateForward: () => Promise<void>
  }
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface RestoreResult {
  /** When the backup was made, ISO 8601. */
  createdAt: string
  /** True when an older version had made it, and its rows were migrated. */
  migrated: boolean
  tables: number
  rows: number
  files: number
  keys: 'restored' | 'absent'
}

/**
 * Puts a backup back. The archive is verified as a whole before anything is written; the tables of its time are made
 * and the rows loaded in one transaction; files and keys take their place just before it commits, and go back when it does not.
 * Nothing else may use the database meanwhile.
 *
 * @throws BackupError `damaged`, `not-empty`, `other-version`, `busy`.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const { connection, from, force = false, migrations, log } = options
  const manifest = await verifyArchive(from)
  const present = await withClient(connection, listMigrations)
  const older = findOlderMigrations(manifest, present, migrations?.folder)
  if (!force) await refuseFull(options, manifest)
  const result = await withClient(connection, (client) => load(client, manifest, older, options))
  if (older) await migrations?.migrateForward()
  if (result.keys === 'absent')
    log.warn(
      { keys: options.keysDir },
      'The backup does not hold the keys: put the keys folder of that installation in its place, or sealed data stays unreadable.',
    )
  log.info({ ...result }, 'Backup restored')
  return result
}

async function withClient<T>(connection: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function refuseFull({ connection, filesDir, keysDir }: RestoreOptions, manifest: Manifest): Promise<void> {
  const full = await withClient(connection, async (client) => {
    // Rows that row-level security hides from the owner are there all the same.
    await client.query(`begin; set local lock_timeout = '5s'`)
    await makeAllRowsVisible(client, true)
    for (const table of await listTables(client)) {
      if (table.schema === 'drizzle') continue
      if ((await client.query(`select from ${qualified(table)} limit 1`)).rowCount)
        return `the table ${table.schema}.${table.name} has rows`
    }
    return null
  })
  const used =
    full ??
    ((await isUsed(filesDir))
      ? `${filesDir} holds files`
      : manifest.keys === 'included' && (await isUsed(keysDir))
        ? `${keysDir} holds keys`
        : null)
  if (used)
    throw new BackupError(
      'not-empty',
      `This store is not empty: ${used}. Restore into a new data folder, or use --force to replace everything that is there.`,
    )
}

async function isUsed(folder: string): Promise<boolean> {
  return (await listFiles(folder)).length > 0
}

async function load(
  client: Client,
  manifest: Manifest,
  older: readonly MigrationMeta[] | null,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const folders = [folderReplacement(options.filesDir)]
  if (manifest.keys === 'included') folders.push(folderReplacement(options.keysDir))
  const [files, keys] = folders
  const loader = tableLoader(client, manifest)
  try {
    await client.query(
      `begin; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '5s';
       set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local client_encoding = 'UTF8'`,
    )
    await refuseLive(client)
    // The index of the vectors, where there is pgvector: the next start makes it again, of what is restored.
    await client.query('drop schema if exists gh_vectors cascade')
    if (older) await rebuildTables(client, older)
    const tables = await matchingTables(client, manifest)
    const loosened = await loosenTables(client, tables)
    await client.query('set local row_security = off')
    if (tables.length > 0) await client.query(`truncate ${tables.map(qualified).join(', ')}`)
    for (const folder of folders) await folder.begin()
    for await (const member of readArchive(options.from)) {
      const [kind = '', ...rest] = member.name.split('/')
      if (kind === 'tables') await loader.load(member)
      else if (kind === 'files') await files?.write(rest.join('/'), member)
      else if (kind === 'keys') await keys?.write(rest.join('/'), member)
      else continue
      const expected = manifest.members[member.name]
      if (!expected || !same(member.seen(), expected))
        throw new BackupError('damaged', `${member.name} changed while it was restored. Nothing was replaced.`)
    }
    await loader.finish()
    for (const { schema, name, lastValue } of manifest.sequences)
      if (lastValue !== null)
        await client.query('select setval($1::regclass, $2::bigint, true)', [qualified({ schema, name }), lastValue])
    await tightenTables(client, loosened)
    for (const folder of folders) await folder.swap()
    await client.query('commit')
  } catch (cause) {
    await loader.abort()
    await client.query('rollback').catch(() => {})
    for (const folder of folders) await folder.undo()
    if (isLockFailure(cause))
      throw new BackupError('busy', 'Something else uses the tables. Stop Guildhall, then restore.', { cause })
    throw cause
  }
  for (const folder of folders) await folder.forget()
  await client.query('analyze')
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  return {
    createdAt: manifest.createdAt,
    migrated: older !== null,
    tables: manifest.tables.length,
    rows,
    files: manifest.files.count,
    keys: keys ? 'restored' : 'absent',
  }
}

/** A server that runs on would go on with what it remembers of rows that are no longer there. */
async function refuseLive(client: Client): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
     where a.datname = current_database() and a.pid <> pg_backend_pid() and not r.rolsuper
       and pg_has_role(r.oid, to_regrole('gh_app'), 'MEMBER')`,
  )
  const sessions = rows[0]?.n ?? 0
  if (sessions > 0)
    throw new BackupError(
      'busy',
      `${sessions} session${sessions === 1 ? '' : 's'} of the application use${sessions === 1 ? 's' : ''} this database. Stop Guildhall, then restore.`,
    )
}

interface TableLoader {
  load(member: ArchiveMember): Promise<void>
  finish(): Promise<void>
  /** Ends a COPY that is open, so that the transaction can be rolled back. */
  abort(): Promise<void>
}

/** Parts of one table follow each other and go into one COPY. */
function tableLoader(client: Client, manifest: Manifest): TableLoader {
  const tableOf = new Map(manifest.tables.flatMap((table) => table.parts.map((part) => [part, table] as const)))
  let current: Manifest['tables'][number] | undefined
  let copy: CopyIn | undefined

  async function finish(): Promise<void> {
    const [table, open] = [current, copy]
    current = undefined
    copy = undefined
    const rows = await open?.end()
    if (table && rows !== table.rows)
      throw new BackupError(
        'damaged',
        `${table.schema}.${table.name} has ${rows} rows instead of ${table.rows}. Nothing was replaced.`,
      )
  }

  return {
    async load(member) {
      const table = tableOf.get(member.name)
      if (!table) throw new BackupError('damaged', `${member.name} is not in the manifest. Nothing was replaced.`)
      if (table !== current || !copy) {
        await finish()
        copy = await copyIn(client, `copy ${qualified(table)} (${columnList(table.columns)}) from stdin`)
        current = table
      }
      for await (const chunk of member.content) await copy.write(chunk)
    },
    finish,
    abort: async () => copy?.fail(),
  }
}

interface FolderReplacement {
  begin(): Promise<void>
  write(name: string, member: ArchiveMember): Promise<void>
  /** Puts the new folder in the place of the old one. */
  swap(): Promise<void>
  /** Puts the old one back. */
  undo(): Promise<void>
  /** Removes the old one. */
  forget(): Promise<void>
}

function folderReplacement(folder: string): FolderReplacement {
  const draft = `${folder}.restoring`
  const old = `${folder}.replaced`
  let swapped = false
  let kept = false
  return {
    async begin() {
      if (await isUsed(old))
        throw new BackupError(
          'not-empty',
          `${old} is left from a restore that did not finish. Move it back to ${folder}, or remove it.`,
        )
      await rm(draft, { recursive: true, force: true })
      await mkdir(draft, { recursive: true, mode: 0o700 })
    },
    async write(name, member) {
      const path = resolve(draft, name)
      if (!path.startsWith(draft + sep))
        throw new BackupError(
          'damaged',
          `The archive holds ${name}, which leads out of its folder. Nothing was replaced.`,
        )
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const file = await open(path, 'wx', 0o600)
      try {
        for await (const chunk of member.content) await file.writeFile(chunk)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    async swap() {
      try {
        await rename(folder, old)
        kept = true
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error
      }
      await rename(draft, folder)
      swapped = true
    },
    async undo() {
      if (swapped) await rename(folder, draft)
      if (kept) await rename(old, folder)
      await rm(draft, { recursive: true, force: true })
    },
    async forget() {
      await rm(old, { recursive: true, force: true })
    },
  }
}
