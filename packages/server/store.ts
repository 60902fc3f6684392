import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { localKeyRing, migrateDatabase, secretFile, type Config, type KeyRing, type Logger } from '@guildhall/kernel'
import { migrateIdentity } from '@guildhall/modules/identity'
import { isRecentVersion, prepareVectorIndex } from '@guildhall/modules/knowledge'
import pg from 'pg'
import {
  prepareExternalPostgres,
  startEmbeddedPostgres,
  writeStoreMarker,
  readStoreMarker,
  type EmbeddedPostgres,
  type ExternalPostgres,
} from './postgres/index.ts'
import { allTables, migrationsFolder } from './schema-files.ts'

/** The database of an installation, embedded or external, ready to be opened. */
export interface Store {
  embedded: EmbeddedPostgres | null
  /** `embedded PostgreSQL 18.4` or `external PostgreSQL 16.2`. */
  label: string
  appUrl: string
  authUrl: string
  /** Owner of the tables, direct: migrations and erasure. */
  ownerUrl: string
  /** May read every row for a backup. */
  adminUrl: string
  setRole: 'gh_app' | null
  /** A pooler stands between the application and the database. */
  pooled: boolean
  /** Login of an external database that the accounts are read and written with; null = a role of their own. */
  accountsRole: string | null
  /** Whether pgvector serves the vector search; for good once the store is migrated. */
  vector: boolean
  /** `pgvector 0.8.1`, or `exact scan`. */
  vectorDetail: string
  warnings: readonly string[]
  stop(): Promise<void>
}

/** What start-up is doing, for a person who waits. */
export type Progress = (what: string) => void

const stages: Record<string, string> = {
  copying: 'Copying the database programs to a place they can run from',
  initialising: 'Initialising the database (only once)',
  waiting: 'Waiting for another process that starts the same database',
  starting: 'Starting the database',
  adopting: 'Joining the database that is already running',
  preparing: 'Preparing roles',
}

export async function openStore(config: Config, log: Logger, progress: Progress): Promise<Store> {
  if (config.DATABASE_URL) {
    progress('Checking the external database')
    const directUrl = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL
    const external = await prepareExternalPostgres({ databaseUrl: config.DATABASE_URL, directUrl })
    return {
      embedded: null,
      label: `external PostgreSQL ${external.version}`,
      appUrl: config.DATABASE_URL,
      authUrl: config.DATABASE_URL,
      ownerUrl: directUrl,
      adminUrl: directUrl,
      setRole: external.setRole,
      pooled: config.DATABASE_DIRECT_URL !== undefined,
      accountsRole: external.loginRole,
      ...vectorSupport(external.vector),
      warnings: external.warnings,
      stop: async () => undefined,
    }
  }
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log,
    onProgress: (stage) => {
      const text = stages[stage]
      if (text) progress(text)
    },
  })
  return {
    embedded,
    label: `embedded PostgreSQL ${embedded.version}`,
    appUrl: embedded.appUrl,
    authUrl: embedded.authUrl,
    ownerUrl: embedded.ownerUrl,
    adminUrl: embedded.adminUrl,
    setRole: null,
    pooled: false,
    accountsRole: null,
    vector: false,
    vectorDetail: exactScan,
    warnings: [],
    stop: () => embedded.stop(),
  }
}

const exactScan = 'exact scan'

function vectorSupport({ installed, offered }: ExternalPostgres['vector']): Pick<Store, 'vector' | 'vectorDetail'> {
  const version = installed ?? offered
  if (version === null) return { vector: false, vectorDetail: exactScan }
  if (!isRecentVersion(version))
    return { vector: false, vectorDetail: `${exactScan}, since pgvector ${version} is too old` }
  return {
    vector: true,
    vectorDetail: installed === null ? `pgvector ${version}, installed at the next start` : `pgvector ${version}`,
  }
}

/** What the vector search needs beyond the migrations, where the server has pgvector. */
async function prepareVectors(store: Store): Promise<void> {
  if (store.embedded) return
  const prepared = await prepareVectorIndex({ url: store.ownerUrl })
  store.vector = prepared.state === 'ready'
  store.vectorDetail = prepared.state === 'ready' ? `pgvector ${prepared.version}` : exactScan
  if (prepared.state === 'refused') {
    store.vectorDetail = `${exactScan}, since pgvector cannot be used`
    store.warnings = [...store.warnings, prepared.warning]
  }
}

/** Brings the store up to this version; a store with data is copied first. */
export async function migrateStore(store: Store, config: Config, log: Logger, progress: Progress): Promise<void> {
  const result = await migrateDatabase({
    url: store.ownerUrl,
    folder: migrationsFolder,
    tables: await allTables(),
    beforeUpgrade: async (pending) => {
      if (!store.embedded) {
        log.warn({ pending }, 'Upgrading an external database: the snapshot before it is the operator’s')
        return
      }
      progress('Copying the database before the upgrade')
      const folder = await store.embedded.snapshot()
      log.info({ folder, pending }, 'Snapshot before the upgrade')
    },
  })
  if (result.applied > 0) log.debug({ applied: result.applied }, 'Schema is up to date')
  await migrateIdentity(store)
  if (store.accountsRole !== null) await openAccounts(store.ownerUrl, store.accountsRole)
  await prepareVectors(store)
  if (store.embedded && (await readStoreMarker(config.dataDir)) === null)
    await writeStoreMarker(config.dataDir, { createdAt: new Date().toISOString(), clusterId: store.embedded.clusterId })
}

/** One login for everything: it needs the accounts too, which the direct connection's role has made. */
async function openAccounts(url: string, role: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const name = pg.escapeIdentifier(role)
    await client.query(
      `grant usage on schema gh_auth to ${name}; grant select, insert, update, delete on all tables in schema gh_auth to ${name}`,
    )
  } finally {
    await client.end()
  }
}

export interface Secrets {
  keyRing: KeyRing
  authSecret: string
  fileKey: string
}

/** Secrets that were not given are generated once and kept in the data folder, mode 0600. */
export async function loadSecrets(config: Config): Promise<Secrets> {
  const keyEncryptionKey =
    config.GUILDHALL_ENCRYPTION_KEY ?? (await secretFile(config.secretsDir, 'key-encryption-key'))
  return {
    keyRing: localKeyRing(Buffer.from(keyEncryptionKey, 'base64')),
    authSecret: config.GUILDHALL_AUTH_SECRET ?? (await secretFile(config.secretsDir, 'auth-secret')),
    fileKey: await secretFile(config.secretsDir, 'file-link-key'),
  }
}

/** Removes a tenant and, by cascade, every row of it. The application role has no right to. */
export async function eraseTenant(store: Store, filesDir: string, tenantId: string): Promise<void> {
  const client = new pg.Client({ connectionString: store.ownerUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('app.tenant', $1, true)`, [tenantId])
    const { rowCount } = await client.query('delete from public.tenants where id = $1', [tenantId])
    if (rowCount !== 1) throw new Error(`Tenant ${tenantId} was not there to erase`)
    await client.query('commit')
  } finally {
    await client.end()
  }
  await rm(join(filesDir, tenantId), { recursive: true, force: true })
}
