import { createLogger } from '@guildhall/kernel'
import { getMigrations } from 'better-auth/db/migration'
import { PostgresDialect } from 'kysely'
import { Client, Pool } from 'pg'
import { authSchema } from './auth-schema.ts'
import { createAuth } from './better-auth.ts'

/** Beside the product's own migration lock: held while the accounts library compares and changes its tables. */
const identityMigrationLock = 4_100_410_042

/**
 * Brings the accounts schema up to date; idempotent, safe when several processes start at once.
 * @param urls direct connections; whichever may make tables in the accounts schema is used.
 * @returns names of the tables that were made.
 */
export async function migrateIdentity(urls: { ownerUrl: string; authUrl: string }): Promise<string[]> {
  const url = (await mayChangeSchema(urls.ownerUrl)) ? urls.ownerUrl : urls.authUrl
  const client = new Client({ connectionString: url })
  await client.connect()
  // By search path instead of by name: with a name, the library insists on making the schema, which gh_auth may not.
  const pool = new Pool({ connectionString: url, max: 2, options: `-c search_path=${authSchema}` })
  try {
    await client.query('select pg_advisory_lock($1)', [identityMigrationLock])
    const schema = await client.query<{ present: boolean }>('select to_regnamespace($1) is not null as present', [
      authSchema,
    ])
    if (!schema.rows[0]?.present) await client.query(`create schema ${authSchema}`)
    const database = { dialect: new PostgresDialect({ pool }), type: 'postgres' as const, transaction: true }
    const plan = await getMigrations({ ...describedAuth(pool), database })
    await plan.runMigrations()
    await client.query(
      `create table if not exists ${authSchema}.sign_in_attempts (account text primary key, attempts integer not null, since timestamptz not null)`,
    )
    return plan.toBeCreated.map((table) => table.table)
  } finally {
    await pool.end()
    // Ending the session releases the lock.
    await client.end()
  }
}

async function mayChangeSchema(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const result = await client.query<{ may: boolean }>(
      `select coalesce((select has_schema_privilege(oid, 'CREATE') from pg_namespace where nspname = $1),
         has_database_privilege(current_database(), 'CREATE')) as may`,
      [authSchema],
    )
    return result.rows[0]?.may ?? false
  } finally {
    await client.end()
  }
}

const nothing = () => Promise.resolve()

/** The library's options, of which only the tables matter here: nothing is signed, sent or recorded. */
function describedAuth(pool: Pool) {
  return createAuth({
    pool,
    secret: 'x'.repeat(32),
    publicUrl: 'http://localhost',
    log: createLogger('silent'),
    requireEmailVerification: true,
    signUp: () => Promise.resolve('closed'),
    signedUp: nothing,
    renamed: nothing,
    sendPasswordReset: nothing,
    sendVerification: nothing,
    signedUpAgain: nothing,
    record: nothing,
  }).options
}
