import { open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, StoreMissingError } from './errors.ts'

/** Says that this data folder has held data, so that an empty database beside it is a loss and not a first start. */
export interface StoreMarker {
  /** ISO 8601, UTC. */
  createdAt: string
  /** PostgreSQL's system identifier of the cluster that held the data. */
  clusterId: string
}

export function storeMarkerPath(dataDir: string): string {
  return join(dataDir, 'store.json')
}

/** Null when there is no marker. @throws StoreMissingError when the marker cannot be read as one. */
export async function readStoreMarker(dataDir: string): Promise<StoreMarker | null> {
  const path = storeMarkerPath(dataDir)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'createdAt' in value && 'clusterId' in value)
      return { createdAt: String(value.createdAt), clusterId: String(value.clusterId) }
  } catch {
    // Reported below, together with JSON of another shape.
  }
  throw new StoreMissingError(
    path,
    `${path} is damaged. If the database beside it holds your data, remove this file and start again.`,
  )
}

/** Written after the first successful migration; durable when this returns. */
export async function writeStoreMarker(dataDir: string, marker: StoreMarker): Promise<void> {
  const path = storeMarkerPath(dataDir)
  const draft = `${path}.${process.pid}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(marker, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

/**
 * Refuses to go on when the marker says there was data and the cluster is gone.
 * @param clusterFolder folder that holds PG_VERSION when there is a cluster.
 */
export async function refuseLostStore(dataDir: string, clusterFolder: string): Promise<void> {
  const marker = await readStoreMarker(dataDir)
  if (!marker || (await isCluster(clusterFolder))) return
  throw new StoreMissingError(storeMarkerPath(dataDir), lost(dataDir, marker, `${clusterFolder} is missing or empty`))
}

/** Refuses a cluster other than the one that held the data. */
export function refuseOtherStore(dataDir: string, marker: StoreMarker | null, clusterId: string): void {
  if (!marker || marker.clusterId === clusterId) return
  throw new StoreMissingError(
    storeMarkerPath(dataDir),
    lost(dataDir, marker, `the database found there is another one (${clusterId})`),
  )
}

export async function isCluster(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, 'PG_VERSION'))).isFile()
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false
    throw error
  }
}

function lost(dataDir: string, marker: StoreMarker, found: string): string {
  return (
    `This data folder has held data since ${marker.createdAt} (database ${marker.clusterId}), but ${found}. ` +
    `Not starting on an empty store. Bring the folder back, or copy the newest one from ${join(dataDir, 'snapshots')}; ` +
    `or remove ${storeMarkerPath(dataDir)} to begin anew, then restore a backup with \`guildhall restore\`.`
  )
}
