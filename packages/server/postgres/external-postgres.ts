import { escapeIdentifier, type Client } from 'pg'
import { withAdmin } from './create-database.ts'
import { errorCode } from './errors.ts'
import { appRole, authSchema, workerRole } from './roles.ts'

export interface ExternalPostgresOptions {
  /** The application's connections; may go through a pooler in transaction mode: nothing of a session is used on it. */
  databaseUrl: string
  /** Direct connection for what is done here and for migrations. Default: `databaseUrl`. */
  directUrl?: string
}

export interface ExternalPostgres {
  /** Role that `databaseUrl` logs in as. */
  loginRole: string
  /** Role to take on in each transaction; null when the login role is the application role itself. */
  setRole: 'gh_app' | null
  /** Versions of the extension `vector` (pgvector): in this database, and offered by the server. */
  vector: { installed: string | null; offered: string | null }
  /** Version of the server, e.g. `16.4`. */
  version: string
  /** What works but should be changed, each with the change. */
  warnings: string[]
}

export type ExternalPostgresProblem =
  | 'unreachable'
  | 'version'
  | 'read-only'
  | 'encoding'
  | 'different-databases'
  | 'unsafe-role'
  | 'missing-privileges'

/** The PostgreSQL at DATABASE_URL cannot be used as it is. */
export class ExternalPostgresError extends Error {
  readonly problem: ExternalPostgresProblem
  /** Statements for the database's administrator that would mend it. */
  readonly sql: readonly string[]
  constructor(problem: ExternalPostgresProblem, message: string, sql: readonly string[] = [], options?: ErrorOptions) {
    super(
      sql.length === 0 ? message : `${message}\n\n${sql.map((statement) => `  ${statement};`).join('\n')}\n`,
      options,
    )
    this.name = 'ExternalPostgresError'
    this.problem = problem
    this.sql = sql
  }
}

interface Server {
  version: string
  version_number: number
  started: string
  database: string
  encoding: string
  replica: boolean
  encrypted: boolean
  role: string
  superuser: boolean
  bypasses: boolean
  backend: number
  vector_installed: string | null
  vector_offered: string | null
}

/**
 * Checks the operator's PostgreSQL and makes what is missing there: the application and worker roles, the login role's
 * right to take them on, and the schema of accounts. Changes nothing when all is there; safe to run at each start.
 *
 * @throws ExternalPostgresError; with the exact SQL for the administrator when this login may not do it.
 */
export async function prepareExternalPostgres({
  databaseUrl,
  directUrl = databaseUrl,
}: ExternalPostgresOptions): Promise<ExternalPostgres> {
  const pooled = await connected('DATABASE_URL', databaseUrl, describeServer)
  return await connected('DATABASE_DIRECT_URL', directUrl, async (admin) => {
    const server = await describeServer(admin)
    refuseUnusable(pooled, server)
    await prepare(admin, server, pooled.role)
    return {
      loginRole: pooled.role,
      setRole: pooled.role === appRole ? null : appRole,
      vector: { installed: server.vector_installed, offered: server.vector_offered },
      version: server.version,
      warnings: warningsOf({ login: pooled, server, direct: admin, directUrl }),
    }
  })
}

async function connected<T>(variable: string, url: string, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await withAdmin(url, work)
  } catch (cause) {
    if (cause instanceof ExternalPostgresError) throw cause
    const said = cause instanceof Error ? cause.message || (errorCode(cause) ?? cause.name) : String(cause)
    throw new ExternalPostgresError(
      'unreachable',
      `${variable}: ${said}. Check host, port, user, password and database of the URL.`,
      [],
      { cause },
    )
  }
}

/** One simple statement, as a pooler in transaction mode allows. */
async function describeServer(client: Client): Promise<Server> {
  const result = await client.query<Server>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
       current_setting('server_version_num')::int as version_number,
       pg_postmaster_start_time()::text as started,
       current_database() as database,
       pg_encoding_to_char((select encoding from pg_database where datname = current_database())) as encoding,
       pg_is_in_recovery() as replica,
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted,
       rolname as role, rolsuper as superuser, rolbypassrls as bypasses,
       pg_backend_pid() as backend,
       (select extversion from pg_extension where extname = 'vector') as vector_installed,
       (select default_version from pg_available_extensions where name = 'vector') as vector_offered
     from pg_roles where rolname = current_user`,
  )
  const row = result.rows[0]
  if (!row) throw new Error('the server does not know the role it was asked by')
  return row
}

function refuseUnusable(pooled: Server, direct: Server): void {
  if (direct.version_number < 150_000)
    throw new ExternalPostgresError(
      'version',
      `DATABASE_URL is PostgreSQL ${direct.version}; 15 or newer is needed. Upgrade the server, or unset DATABASE_URL to use the embedded one.`,
    )
  if (direct.replica)
    throw new ExternalPostgresError(
      'read-only',
      'DATABASE_DIRECT_URL is a replica that only reads. Give the address of the primary.',
    )
  if (direct.encoding !== 'UTF8')
    throw new ExternalPostgresError(
      'encoding',
      `The database ${direct.database} is encoded as ${direct.encoding}; UTF8 is needed.`,
      [`CREATE DATABASE guildhall ENCODING 'UTF8' TEMPLATE template0`],
    )
  if (pooled.started !== direct.started || pooled.database !== direct.database)
    throw new ExternalPostgresError(
      'different-databases',
      `DATABASE_URL (${pooled.database}) and DATABASE_DIRECT_URL (${direct.database}) are not the same database of the same server. Give both the same one, once through the pooler and once without it.`,
    )
}

/** Runs only what is missing, in one transaction; what may not be done becomes SQL for the administrator. */
async function prepare(admin: Client, server: Server, loginRole: string): Promise<void> {
  await refuseUnsafeRoles(admin)
  const statements = await missing(admin, server, loginRole)
  if (statements.length === 0) return
  try {
    await admin.query(['BEGIN', ...statements, 'COMMIT'].join('; '))
  } catch (cause) {
    await admin.query('ROLLBACK')
    // Two processes that start together may both find a role missing; the other one has made it.
    if (errorCode(cause) === '23505' || errorCode(cause) === '42710' || errorCode(cause) === 'XX000') {
      if ((await missing(admin, server, loginRole)).length === 0) return
    }
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ExternalPostgresError(
      'missing-privileges',
      `The role ${server.role} may not prepare the database ${server.database} (${said}). Let its administrator run, connected to ${server.database}:`,
      statements,
      { cause },
    )
  }
}

async function refuseUnsafeRoles(admin: Client): Promise<void> {
  const result = await admin.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls) order by rolname',
    [[appRole, workerRole]],
  )
  if (result.rows.length === 0) return
  const roles = result.rows.map((row) => row.rolname)
  throw new ExternalPostgresError(
    'unsafe-role',
    `${roles.join(' and ')} would pass by the row-level security that keeps tenants apart. Let the administrator run:`,
    roles.map((role) => `ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS`),
  )
}

/** @returns the statements that are still needed, none when all is as it must be. */
async function missing(admin: Client, server: Server, loginRole: string): Promise<string[]> {
  const login = escapeIdentifier(loginRole)
  const owner = escapeIdentifier(server.role)
  const fine = server.version_number >= 160_000
  const has = async (condition: string, ...values: string[]) =>
    (await admin.query<{ yes: boolean | null }>(`select (${condition}) as yes`, values)).rows[0]?.yes === true
  const exists = (role: string) => has('exists (select from pg_roles where rolname = $1)', role)
  const statements: string[] = []
  for (const role of [appRole, workerRole]) {
    const present = await exists(role)
    if (!present) statements.push(`CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`)
    if (role === loginRole) continue
    const granted = present && (await has(`pg_has_role($1, $2, '${fine ? 'SET' : 'MEMBER'}')`, loginRole, role))
    if (!granted) statements.push(`GRANT ${role} TO ${login}${fine ? ' WITH INHERIT FALSE, SET TRUE' : ''}`)
    if (!present || !(await has(`has_schema_privilege($1, 'public', 'USAGE')`, role)))
      statements.push(`GRANT USAGE ON SCHEMA public TO ${role}`)
  }
  if (!(await has(`has_schema_privilege($1, 'public', 'CREATE')`, server.role)))
    statements.push(`GRANT CREATE ON SCHEMA public TO ${owner}`)
  // The migrator keeps its list of migrations in a schema of its own.
  if (!(await has(`has_database_privilege($1, current_database(), 'CREATE')`, server.role)))
    statements.push(`GRANT CREATE ON DATABASE ${escapeIdentifier(server.database)} TO ${owner}`)
  const schemaExists = await has('exists (select from pg_namespace where nspname = $1)', authSchema)
  if (!schemaExists) statements.push(`CREATE SCHEMA ${authSchema} AUTHORIZATION ${owner}`)
  else if (!(await has(`has_schema_privilege($1, $2, 'CREATE')`, server.role, authSchema)))
    statements.push(`GRANT USAGE, CREATE ON SCHEMA ${authSchema} TO ${owner}`)
  if (
    loginRole !== server.role &&
    !(schemaExists && (await has(`has_schema_privilege($1, $2, 'USAGE')`, loginRole, authSchema)))
  )
    statements.push(
      `GRANT USAGE ON SCHEMA ${authSchema} TO ${login}`,
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${authSchema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${login}`,
    )
  return statements
}

function warningsOf({
  login,
  server,
  direct,
  directUrl,
}: {
  login: Server
  server: Server
  direct: Client
  directUrl: string
}): string[] {
  const warnings: string[] = []
  if (login.superuser || login.bypasses)
    warnings.push(
      `DATABASE_URL logs in as ${login.role}, which ${login.superuser ? 'is a superuser' : 'bypasses row-level security'}; each transaction takes on ${appRole} instead. Safer: a login role with no rights but membership in ${appRole} and ${workerRole}.`,
    )
  else if (login.role === server.role)
    warnings.push(
      `DATABASE_URL logs in as ${login.role}, the owner of the tables; each transaction takes on ${appRole} instead. Safer: a login role of its own in DATABASE_URL, and the owner in DATABASE_DIRECT_URL.`,
    )
  // A pooler invents the process id that it tells its client.
  const announced: unknown = Reflect.get(direct, 'processID')
  if (announced !== server.backend)
    warnings.push(
      'DATABASE_DIRECT_URL seems to go through a pooler. Migrations, notifications and leader election need a direct connection.',
    )
  if (!server.encrypted && !isLocal(directUrl))
    warnings.push(
      'The connection to PostgreSQL is not encrypted. Add `?sslmode=verify-full` (or `no-verify` for a self-signed certificate) to the URLs.',
    )
  return warnings
}

function isLocal(url: string): boolean {
  const { hostname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname
  return host === '' || host.startsWith('/') || host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
