import { chmod, chown, lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { unprivilegedAccount, type Account } from './account.ts'
import { installedBinaries, prepareBinaries } from './binaries.ts'
import { openClusterLock } from './cluster-lock.ts'
import { connectionUrl, withDatabase } from './connection-url.ts'
import { withAdmin, type DatabaseUrls } from './create-database.ts'
import { loadCredentials } from './credentials.ts'
import { errorCode, PostgresError, StoreMissingError } from './errors.ts'
import { initialiseCluster, superuser } from './initialise-cluster.ts'
import type { Log } from './log.ts'
import { findPostmaster, startPostmaster, stopPostmaster, type Cluster, type Postmaster } from './postmaster.ts'
import { appRole, authRole, ownerRole, prepareRoles, prepareSchemas } from './roles.ts'
import { snapshotCluster } from './snapshot.ts'
import { isCluster, readStoreMarker, refuseLostStore, refuseOtherStore, storeMarkerPath } from './store-marker.ts'
import { supervise } from './supervise.ts'

/** Name of the product's database. */
const databaseName = 'guildhall'

export type StartStage = 'copying' | 'initialising' | 'waiting' | 'starting' | 'adopting' | 'preparing' | 'ready'

export interface EmbeddedPostgresOptions {
  /** Folder of all data; the database lives in `<dataDir>/postgres/<major version>`. Made when missing, mode 0700. */
  dataDir: string
  log: Log
  /** Told what is going on, for a person who waits: copying 60 MB or initialising takes seconds. */
  onProgress?: (stage: StartStage) => void
}

export interface EmbeddedPostgres extends DatabaseUrls {
  /** Socket number, or TCP port on 127.0.0.1 when `socketDir` is null. */
  port: number
  /** Folder of the Unix socket; null on Windows and where the path is too long for a socket. */
  socketDir: string | null
  /** Of the running server, e.g. `18.4`. */
  version: string
  /** PostgreSQL's system identifier, for the store marker. */
  clusterId: string
  /** True when the server was running already: another process uses it, or one died without stopping it. */
  adopted: boolean
  /** Process id of the server; another one after it was restarted. */
  readonly postmasterPid: number
  /**
   * Copies the whole cluster, for the time before an upgrade, and keeps the newest three copies.
   * @returns absolute path of the copy.
   * @throws PostgresError `no-space` when the disk has no room for it.
   */
  snapshot(): Promise<string>
  /** Leaves the server, and stops it when no other process uses it. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a data folder, or joins the one that runs there.
 *
 * @throws StoreMissingError when the store marker says there was data and the database is gone.
 * @throws PostgresError with the remedy when it cannot be started.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, onProgress } = options
  const installed = await installedBinaries()
  const dataDir = await makeDataDir(options.dataDir)
  const folder = join(dataDir, 'postgres')
  const clusterFolder = join(folder, String(Number.parseInt(installed.version, 10)))
  await refuseLostStore(dataDir, clusterFolder)
  const account = unprivilegedAccount(clusterFolder)
  await makePostgresFolder(folder, account)
  const cacheFolder = account ? '/var/cache/guildhall' : join(dataDir, 'cache')
  const binaries = await prepareBinaries({ ...installed, cacheFolder, account, onCopy: () => onProgress?.('copying') })
  const cluster: Cluster = { binaries, account, folder: clusterFolder, logPath: join(folder, 'server.log') }
  const lock = openClusterLock(folder)

  const started = await lock.exclusively(
    async () => {
      const exists = await isCluster(clusterFolder)
      const credentials = await loadCredentials(folder, exists)
      if (!exists) {
        onProgress?.('initialising')
        await initialiseCluster({ binaries, account, folder: clusterFolder, password: credentials.superuser })
      }
      lock.join()
      try {
        const running = await findPostmaster(cluster)
        onProgress?.(running ? 'adopting' : 'starting')
        const postmaster = running ?? (await startPostmaster(cluster))
        const urls: DatabaseUrls = {
          adminUrl: connectionUrl(postmaster.endpoint, superuser, credentials.superuser, databaseName),
          ownerUrl: connectionUrl(postmaster.endpoint, ownerRole, credentials.owner, databaseName),
          appUrl: connectionUrl(postmaster.endpoint, appRole, credentials.app, databaseName),
          authUrl: connectionUrl(postmaster.endpoint, authRole, credentials.auth, databaseName),
        }
        await acceptsConnections(urls.adminUrl)
        onProgress?.('preparing')
        const identity = await withAdmin(withDatabase(urls.adminUrl, 'postgres'), async (admin) => {
          await prepareRoles(admin, credentials)
          return await prepareDatabase(admin, dataDir)
        })
        await withAdmin(urls.adminUrl, (admin) => prepareSchemas(admin, databaseName))
        return { postmaster, urls, identity, adopted: running !== null }
      } catch (error) {
        if (lock.leave()) await stopPostmaster(cluster)
        throw error
      }
    },
    () => onProgress?.('waiting'),
  )

  let postmaster: Postmaster = started.postmaster
  const supervision = supervise({ cluster, lock, log, postmaster, onRestart: (next) => (postmaster = next) })
  let stopping: Promise<void> | undefined
  log.info(
    { pid: postmaster.pid, adopted: started.adopted, version: started.identity.version },
    'Embedded PostgreSQL is ready',
  )
  onProgress?.('ready')
  return {
    ...started.urls,
    port: postmaster.endpoint.port,
    socketDir: postmaster.endpoint.kind === 'socket' ? postmaster.endpoint.folder : null,
    version: started.identity.version,
    clusterId: started.identity.clusterId,
    adopted: started.adopted,
    get postmasterPid() {
      return postmaster.pid
    },
    snapshot: () => snapshotCluster({ adminUrl: started.urls.adminUrl, dataDir, clusterFolder, account, log }),
    stop() {
      stopping ??= (async () => {
        await supervision.end()
        await lock.exclusively(async () => {
          if (lock.leave()) await stopPostmaster(cluster)
        })
      })()
      return stopping
    },
  }
}

async function makeDataDir(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    return await realpath(path)
  } catch (cause) {
    const message = `The data folder ${path} cannot be made or read (${errorCode(cause) ?? String(cause)}). Set GUILDHALL_DATA_DIR to a folder that this user may write.`
    throw new PostgresError('data-folder-unusable', message, { cause })
  }
}

/** Only this folder changes hands when root starts the product; everything else in the data folder stays root's. */
async function makePostgresFolder(folder: string, account: Account | null): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const owner = (await lstat(folder)).uid
  if (account && owner !== account.uid) await give(folder, account)
  const uid = process.getuid?.()
  if (!account && uid !== undefined && owner !== uid)
    throw new PostgresError(
      'data-folder-unusable',
      `${folder} belongs to the user with id ${owner}, this process runs as ${uid}. Start as the user who made it (or root), or set GUILDHALL_DATA_DIR to another folder.`,
    )
  if (((await stat(folder)).mode & 0o077) !== 0) await chmod(folder, 0o700)
}

async function give(folder: string, account: Account): Promise<void> {
  try {
    await chown(folder, account.uid, account.gid)
  } catch (cause) {
    throw new PostgresError(
      'data-folder-unusable',
      `PostgreSQL does not run as root, and ${folder} cannot be given to the account ${account.uid} (${errorCode(cause) ?? String(cause)}). Start as an ordinary user, or set GUILDHALL_DATA_DIR to a folder on a local disk.`,
      { cause },
    )
  }
}

/** An adopted server may still be replaying its log after a crash (57P03); a fresh one answers at once. */
async function acceptsConnections(adminUrl: string): Promise<void> {
  const url = withDatabase(adminUrl, 'postgres')
  const deadline = performance.now() + 120_000
  for (;;) {
    try {
      await withAdmin(url, (admin) => admin.query('select 1'))
      return
    } catch (cause) {
      const code = errorCode(cause)
      const passes = code === '57P03' || code === 'ECONNREFUSED' || code === 'ENOENT' || code === '53300'
      if (!passes || performance.now() > deadline) {
        const hint =
          code === '28P01'
            ? ' The passwords in credentials.json are not those of this database: restore both from the same place.'
            : ''
        const message = `The embedded PostgreSQL runs but cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.${hint}`
        throw new PostgresError('start-failed', message, { cause })
      }
      await sleep(100)
    }
  }
}

async function prepareDatabase(admin: Client, dataDir: string): Promise<{ version: string; clusterId: string }> {
  const identity = await admin.query<{ version: string; id: string; present: boolean }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version, system_identifier::text as id,
       exists (select from pg_database where datname = $1) as present from pg_control_system()`,
    [databaseName],
  )
  const row = identity.rows[0]
  if (!row) throw new PostgresError('start-failed', 'The embedded PostgreSQL did not say who it is.')
  const marker = await readStoreMarker(dataDir)
  refuseOtherStore(dataDir, marker, row.id)
  if (marker && !row.present)
    throw new StoreMissingError(
      storeMarkerPath(dataDir),
      `The database ${databaseName} was removed from the cluster that held it. Restore the folder from ${join(dataDir, 'snapshots')}, or remove ${storeMarkerPath(dataDir)} to begin anew.`,
    )
  if (!row.present) await admin.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`)
  return { version: row.version, clusterId: row.id }
}
