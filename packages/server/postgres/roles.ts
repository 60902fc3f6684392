import { escapeIdentifier, escapeLiteral, type Client } from 'pg'
import type { Credentials } from './credentials.ts'
import { markSearchLeakproof } from './search-index.ts'

/** Owns the tables; runs migrations. */
export const ownerRole = 'gh_owner'
/** What the application logs in as: owns nothing and is bound by row-level security. */
export const appRole = 'gh_app'
/** Taken on inside a transaction to claim jobs of all tenants. */
export const workerRole = 'gh_worker'
/** Owns the schema of accounts and sessions. */
export const authRole = 'gh_auth'
export const authSchema = 'gh_auth'

const powerless = 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'

/**
 * Makes the roles and brings those that are there to what they must be, so that a changed role does not outlive a start.
 * @param admin connection as superuser.
 */
export async function prepareRoles(admin: Client, credentials: Credentials): Promise<void> {
  const existing = new Set(
    (await admin.query<{ rolname: string }>('select rolname from pg_roles')).rows.map((row) => row.rolname),
  )
  const login = (password: string) => `LOGIN ${powerless} PASSWORD ${escapeLiteral(password)}`
  const roles: [string, string][] = [
    [ownerRole, login(credentials.owner)],
    [appRole, login(credentials.app)],
    [authRole, login(credentials.auth)],
    [workerRole, `NOLOGIN ${powerless}`],
  ]
  const statements = roles.map(
    ([role, attributes]) => `${existing.has(role) ? 'ALTER' : 'CREATE'} ROLE ${role} ${attributes}`,
  )
  const durations: [string, Record<string, string>][] = [
    [ownerRole, { idle_in_transaction_session_timeout: '30s' }],
    [appRole, { idle_in_transaction_session_timeout: '30s', statement_timeout: '60s' }],
    [authRole, { idle_in_transaction_session_timeout: '30s', statement_timeout: '60s', search_path: authSchema }],
  ]
  for (const [role, settings] of durations)
    for (const [name, value] of Object.entries(settings)) statements.push(`ALTER ROLE ${role} SET ${name} = '${value}'`)
  statements.push(`GRANT ${workerRole} TO ${appRole} WITH INHERIT FALSE, SET TRUE`)
  await admin.query(`BEGIN; ${statements.join('; ')}; COMMIT`)
}

/**
 * Gives a database its owner, its schemas, its rights and the use of its search indexes; idempotent.
 * @param admin connection as superuser to that database.
 */
export async function prepareSchemas(admin: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database)
  await admin.query(
    [
      'BEGIN',
      `ALTER DATABASE ${name} OWNER TO ${ownerRole}`,
      `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
      `GRANT CONNECT ON DATABASE ${name} TO ${appRole}, ${authRole}`,
      `ALTER SCHEMA public OWNER TO ${ownerRole}`,
      'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
      `GRANT USAGE ON SCHEMA public TO ${appRole}, ${workerRole}`,
      `CREATE SCHEMA IF NOT EXISTS ${authSchema} AUTHORIZATION ${authRole}`,
      `ALTER SCHEMA ${authSchema} OWNER TO ${authRole}`,
      markSearchLeakproof,
      'COMMIT',
    ].join('; '),
  )
}
