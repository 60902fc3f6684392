import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'
import type { Client } from 'pg'
import { authSchema } from '../postgres/roles.ts'
import { BackupError } from './backup-error.ts'
import type { Manifest } from './manifest.ts'
import { listMigrations, listTables, qualified, type Table } from './table-catalogue.ts'

/**
 * @param present hashes of the migrations that the database is at.
 * @returns the migrations that made the tables of the backup; null when the database is at them.
 * @throws BackupError `other-version` when the backup is newer, or of another line of versions.
 */
export function findOlderMigrations(
  manifest: Manifest,
  present: readonly string[],
  folder: string | undefined,
): MigrationMeta[] | null {
  const { migrations, createdAt } = manifest
  if (migrations.join() === present.join()) return null
  const known = folder === undefined ? [] : readMigrationFiles({ migrationsFolder: folder })
  const older = known.slice(0, migrations.length)
  if (migrations.length > 0 && migrations.join() === older.map((migration) => migration.hash).join()) return older
  const newer = known.length > 0 && known.every((migration, at) => migration.hash === migrations[at])
  throw new BackupError(
    'other-version',
    newer
      ? `The backup of ${createdAt} was made by a newer version of Guildhall (${migrations.length} migrations, this version knows ${known.length}). Install that version or a later one, then restore. Nothing was replaced.`
      : `The backup was made at ${migrations.length} migrations, this database is at ${present.length}${migrations.length === present.length ? ' others' : ''}, and they do not follow from each other. Restore with the version of Guildhall that made it (${createdAt}), then upgrade.`,
  )
}

/** The tables must be those that the rows came from: the same migrations, and the same columns as a proof. */
export async function matchingTables(client: Client, manifest: Manifest): Promise<Table[]> {
  const migrations = await listMigrations(client)
  if (migrations.join() !== manifest.migrations.join())
    throw new BackupError('busy', 'The tables changed while they were restored. Stop Guildhall, then restore.')
  const tables = await listTables(client)
  const present = new Map(tables.map((table) => [qualified(table), table]))
  for (const table of manifest.tables) {
    const columns = present.get(qualified(table))?.columns
    const match = table.schema === authSchema ? holdsColumns(columns, table.columns) : equal(columns, table.columns)
    if (!match)
      throw new BackupError(
        'other-version',
        `The table ${table.schema}.${table.name} ${columns ? 'has other columns here than' : 'is missing here, but is'} in the backup. Start the version of Guildhall that made it on an empty database once, then restore.`,
      )
  }
  return tables
}

type Columns = Table['columns']

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The accounts library compares tables instead of counting migrations, and only adds: new columns stay empty. */
function holdsColumns(present: Columns | undefined, wanted: Columns): boolean {
  return wanted.every((column) => present?.some((other) => equal(other, column)) ?? false)
}
