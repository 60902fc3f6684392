import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import pg from 'pg'
import { grantOf } from './table.ts'

export interface MigrateOptions {
  /** Direct connection as the owner of the tables; a pooler in transaction mode cannot hold the lock. */
  url: string
  /** Folder with the committed SQL migrations. */
  folder: string
  tables: readonly PgTable[]
  /** Called before anything is changed when there is something to change and data to lose. */
  beforeUpgrade?(pending: number): Promise<void>
}

/** One number for the whole product: the lock under which only one process migrates. */
const migrationLock = 4_100_410_041

export interface MigrateResult {
  applied: number
  /** True when the store had no table before. */
  fresh: boolean
}

/** Brings the schema up to date under an advisory lock, then forces row-level security and sets the grants. */
export async function migrateDatabase(options: MigrateOptions): Promise<MigrateResult> {
  const client = new pg.Client({ connectionString: options.url })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    const before = await appliedMigrations(client)
    const known = readMigrationFiles({ migrationsFolder: options.folder }).length
    const pending = known - before
    if (pending < 0)
      throw new Error(
        `The database was written by a newer version (${before} migrations, this version knows ${known}). Install that version, or restore the snapshot made before its upgrade.`,
      )
    if (pending > 0 && before > 0) await options.beforeUpgrade?.(pending)
    if (pending > 0) await migrate(drizzle(client), { migrationsFolder: options.folder })
    await secureTables(client, options.tables)
    return { applied: pending, fresh: before === 0 }
  } finally {
    // Ending the session releases the lock, whatever happened.
    await client.end()
  }
}

async function appliedMigrations(client: pg.Client): Promise<number> {
  const table = await client.query(`select to_regclass('drizzle.__drizzle_migrations') as name`)
  if (table.rows[0]?.name === null) return 0
  const result = await client.query('select count(*)::int as n from drizzle.__drizzle_migrations')
  return result.rows[0]?.n ?? 0
}

/** Idempotent: what drizzle-kit does not emit. Derived from the catalogue of tables, so no table can be left out. */
async function secureTables(client: pg.Client, tables: readonly PgTable[]): Promise<void> {
  const statements = ['grant usage on schema public to gh_app, gh_worker']
  for (const table of tables) {
    const { name } = getTableConfig(table)
    const rights =
      name === 'tenants'
        ? 'select, insert, update'
        : grantOf(table) === 'append-only'
          ? 'select, insert'
          : 'select, insert, update, delete'
    statements.push(
      `alter table public."${name}" enable row level security`,
      `alter table public."${name}" force row level security`,
      `revoke all on public."${name}" from public`,
      `grant ${rights} on public."${name}" to gh_app`,
    )
  }
  statements.push('grant select, update on public.jobs to gh_worker')
  await client.query(`begin;${statements.join(';')};commit`)
}
