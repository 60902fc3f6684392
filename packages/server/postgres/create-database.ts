import { Client, escapeIdentifier } from 'pg'
import { withDatabase } from './connection-url.ts'
import { prepareSchemas } from './roles.ts'

/** Connections to one database of the cluster, one per login role. */
export interface DatabaseUrls {
  /** Superuser: backups, further databases. Row-level security does not bind it. */
  adminUrl: string
  /** `gh_owner`: migrations. */
  ownerUrl: string
  /** `gh_app`: the application. */
  appUrl: string
  /** `gh_auth`: accounts and sessions. */
  authUrl: string
}

/**
 * Makes a further database in the same cluster with the same roles and ownership.
 *
 * @param cluster connections to any database of the cluster.
 * @param options.template a database without connections to copy, with its tables and rows (for tests: a migrated one).
 * @returns connections to the new database.
 * @throws pg.DatabaseError `42P04` when it exists, `55006` when the template is in use.
 * @example const urls = await createDatabase(postgres, 'test_records')
 */
export async function createDatabase(
  cluster: DatabaseUrls,
  name: string,
  options: { template?: string } = {},
): Promise<DatabaseUrls> {
  const template = options.template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(options.template)}`
  await withAdmin(withDatabase(cluster.adminUrl, 'postgres'), (admin) =>
    admin.query(`CREATE DATABASE ${escapeIdentifier(name)}${template}`),
  )
  const urls: DatabaseUrls = {
    adminUrl: withDatabase(cluster.adminUrl, name),
    ownerUrl: withDatabase(cluster.ownerUrl, name),
    appUrl: withDatabase(cluster.appUrl, name),
    authUrl: withDatabase(cluster.authUrl, name),
  }
  await withAdmin(urls.adminUrl, (admin) => prepareSchemas(admin, name))
  return urls
}

/** Removes a database and ends the sessions in it; nothing happens when there is none. */
export async function dropDatabase(cluster: Pick<DatabaseUrls, 'adminUrl'>, name: string): Promise<void> {
  await withAdmin(withDatabase(cluster.adminUrl, 'postgres'), (admin) =>
    admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`),
  )
}

/** Opens one connection for `work` and closes it. */
export async function withAdmin<T>(connectionString: string, work: (admin: Client) => Promise<T>): Promise<T> {
  // A pooler accepts a login and stays silent while it cannot reach its database.
  const admin = new Client({ connectionString, connectionTimeoutMillis: 15_000 })
  // A connection that breaks while idle emits; the query that follows rejects and tells the caller.
  admin.on('error', () => undefined)
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}
