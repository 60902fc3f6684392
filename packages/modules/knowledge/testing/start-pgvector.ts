import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import {
  createCatalogue,
  createLogger,
  createRuntime,
  createVaults,
  kernelSchema,
  localKeyRing,
  migrateDatabase,
  newId,
  openDatabase,
  parseConfig,
  startWorker,
  systemCaller,
  tablesIn,
  tenants,
  type Context,
  type Tenant,
  type TenantDatabase,
} from '@guildhall/kernel'
import { filesModule } from '@guildhall/modules/files'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import pg from 'pg'
import { knowledgeModule } from '../index.ts'
import {
  prepareVectorIndex,
  type PreparedVectorIndex,
  type VectorIndexOptions,
} from '../search/prepare-vector-index.ts'
import { fakeGateway, type Embedder } from './fake-gateway.ts'

export interface PgvectorStore {
  /** Runs a statement as the administrator. @returns its rows */
  administer<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]>
  prepare(options?: Omit<VectorIndexOptions, 'url'>): Promise<PreparedVectorIndex>
  stop(): Promise<void>
}

/**
 * A migrated store on the real pgvector.
 * @param given superuser's URL of an empty database. Default: PostgreSQL compiled to WebAssembly behind a socket, whose
 *   connections share one session, so that nothing may hold one while it waits for another.
 */
export async function startPgvector(given?: string): Promise<PgvectorStore & { url: string }> {
  const server = given === undefined ? await startInWebAssembly() : { url: given, stop: async () => undefined }
  const { url } = server
  const administer: PgvectorStore['administer'] = async (statement) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(statement)).rows
    } finally {
      await client.end()
    }
  }
  for (const role of ['gh_app', 'gh_worker'])
    if ((await administer(`select from pg_roles where rolname = '${role}'`)).length === 0)
      await administer(`create role ${role}`)
  await migrateDatabase({ url, folder: migrations, tables: await tables() })
  return { url, administer, prepare: (options) => prepareVectorIndex({ url, ...options }), stop: () => server.stop() }
}

async function startInWebAssembly() {
  const postgres = await PGlite.create({ extensions: { vector } })
  const server = new PGLiteSocketServer({ db: postgres, host: '127.0.0.1', port: 0, maxConnections: 4 })
  await server.start()
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable`,
    async stop() {
      await server.stop()
      await postgres.close()
    },
  }
}

const migrations = new URL('../../../server/migrations', import.meta.url).pathname

async function tables() {
  const modules = new URL('../../', import.meta.url)
  const schemas: Record<string, unknown>[] = [kernelSchema]
  for (const name of await readdir(modules)) {
    const file = new URL(`${name}/schema.ts`, modules)
    if (existsSync(file)) schemas.push(await import(file.href))
  }
  return tablesIn(schemas)
}

export interface KnowledgeOnPgvector extends PgvectorStore {
  embedder: { current: Embedder | null }
  database: TenantDatabase
  /** Two clients of one agency and one of another. */
  contexts: [Context, Context, Context]
  stop(): Promise<void>
}

/** The modules of `startKnowledge` with a worker, on a store that is prepared for pgvector. */
export async function startKnowledgeOnPgvector(
  options: Omit<VectorIndexOptions, 'url'> & { extensionSchema?: string },
  given?: string,
): Promise<KnowledgeOnPgvector> {
  const store = await startPgvector(given)
  const { extensionSchema } = options
  if (extensionSchema !== undefined)
    await store.administer(`create schema ${extensionSchema}; create extension vector schema ${extensionSchema}`)
  const prepared = await store.prepare(options)
  if (prepared.state !== 'ready') throw new Error(`pgvector is ${JSON.stringify(prepared)}`)
  const log = createLogger('silent')
  const database = openDatabase({
    url: store.url,
    poolSize: 1,
    setRole: 'gh_app',
    pooled: true,
    onIdleError: () => undefined,
  })
  const [agency, other] = [tenant('agency'), tenant('other')]
  const clients = [tenant('alpha', agency.id), tenant('beta', agency.id), tenant('gamma', other.id)] as const
  for (const each of [agency, other, ...clients])
    await database.within({ tenantId: each.agencyId }, (db) => db.insert(tenants).values(each))
  const embedder: { current: Embedder | null } = { current: null }
  const vaults = createVaults(database, localKeyRing(randomBytes(32)))
  // A key that is read for the first time takes a connection beside the one that waits for it.
  for (const { id } of clients) await vaults.forTenant(id).seal({ table: 'none', column: 'none', row: id }, '')
  const stopping = new AbortController()
  const runtime = await createRuntime({
    config: parseConfig({}),
    catalogue: createCatalogue([
      { name: 'stand-ins', services: () => ({ providers: fakeGateway(embedder) }) },
      ledgerModule,
      limitsModule,
      runsModule,
      filesModule(),
      knowledgeModule,
    ]),
    database,
    vaults,
    log,
    shutdown: stopping.signal,
  })
  const worker = startWorker(runtime, { pollMs: 50 })
  const contextOf = (each: Tenant) => runtime.context(systemCaller(each))
  return {
    ...store,
    embedder,
    database,
    contexts: [contextOf(clients[0]), contextOf(clients[1]), contextOf(clients[2])],
    async stop() {
      await worker.stop()
      stopping.abort()
      await database.close()
      await store.stop()
    },
  }
}

function tenant(slug: string, agencyId?: string): Tenant {
  const id = newId()
  return { id, kind: agencyId ? 'client' : 'agency', slug, name: slug, agencyId: agencyId ?? id }
}
