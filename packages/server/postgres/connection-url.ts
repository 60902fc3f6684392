/** Where the server listens: a Unix socket in a folder, or loopback. */
export type Endpoint = { kind: 'socket'; folder: string; port: number } | { kind: 'loopback'; port: number }

/**
 * A URL that node-postgres, libpq and `new URL()` all accept. For a socket the host parameter overrides `localhost`,
 * which is there because the URL standard does not allow credentials without a host.
 */
export function connectionUrl(endpoint: Endpoint, user: string, password: string, database: string): string {
  const url = new URL('postgres://localhost')
  url.username = user
  url.password = password
  url.port = String(endpoint.port)
  url.pathname = `/${encodeURIComponent(database)}`
  if (endpoint.kind === 'loopback') url.hostname = '127.0.0.1'
  else url.searchParams.set('host', endpoint.folder)
  return url.href
}

/** The same server and login with another database. */
export function withDatabase(connection: string, database: string): string {
  const url = new URL(connection)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}
