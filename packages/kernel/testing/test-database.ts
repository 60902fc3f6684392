import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** Connections to the test server's migrated template, made by the global setup. */
interface TestServer {
  /** Superuser, may create databases. */
  adminUrl: string
  ownerUrl: string
  appUrl: string
  authUrl: string
  template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer
  }
}

export interface TestDatabase extends Omit<TestServer, 'template'> {
  name: string
  drop(): Promise<void>
}

function inDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

/** A database of its own for one test file: a copy of the migrated template, about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('testServer')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(server.adminUrl, `create database ${name} template ${server.template} owner gh_owner`)
  return {
    name,
    adminUrl: inDatabase(server.adminUrl, name),
    ownerUrl: inDatabase(server.ownerUrl, name),
    appUrl: inDatabase(server.appUrl, name),
    authUrl: inDatabase(server.authUrl, name),
    drop: () => asAdmin(server.adminUrl, `drop database if exists ${name} with (force)`),
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Two copies of one template at once are refused with 55006; the other is done in a moment.
    for (let attempt = 0; ; attempt++) {
      try {
        await client.query(statement)
        return
      } catch (error) {
        const busy = error instanceof Error && 'code' in error && error.code === '55006'
        if (!busy || attempt >= 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
      }
    }
  } finally {
    await client.end()
  }
}
