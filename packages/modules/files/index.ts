import { defineModule, secretFile, type HealthReport, type Runtime } from '@guildhall/kernel'
import { localDisk } from './adapters/local-disk.ts'
import { createFileStore } from './create-file-store.ts'
import { fileContent } from './endpoints/content.ts'
import { uploadFile } from './endpoints/upload.ts'
import type { Storage } from './file-store.ts'
import { eraseFile } from './jobs/erase-file.ts'
import { getFile } from './operations/get-file.ts'
import { linkFile } from './operations/link-file.ts'
import { listFiles } from './operations/list-files.ts'
import { removeFile } from './operations/remove-file.ts'
import { sweepStorage } from './sweep.ts'

export * from './file-store.ts'
export { localDisk } from './adapters/local-disk.ts'
export { StoredFileOutput } from './stored-file-output.ts'

export interface FilesOptions {
  /** Folder of the bytes. Default: `files` in the data folder. */
  dataDir?: string
  /** Signs links, at least 32 characters. Processes that serve one installation need the same. Default: made in the data folder. */
  linkKey?: string
  /** Another place for the bytes than a folder. */
  storage?: Storage
}

const sweepEveryMs = 6 * 3_600_000
/** Below this the health page warns. */
const littleSpace = 1024 ** 3

/** Files of a tenant: streamed uploads, range-capable downloads and signed links over a storage port. */
export function filesModule(options: FilesOptions = {}) {
  const storageOf = (runtime: Runtime) =>
    options.storage ?? localDisk({ folder: options.dataDir ?? runtime.config.filesDir })
  return defineModule({
    name: 'files',
    operations: [listFiles, getFile, linkFile, removeFile],
    endpoints: [uploadFile, fileContent],
    jobs: [eraseFile],
    async services(runtime) {
      const signingKey = Buffer.from(options.linkKey ?? (await secretFile(runtime.config.secretsDir, 'file-link-key')))
      if (signingKey.length < 32) throw new Error('The key that signs links to files must have at least 32 characters')
      const maxBytes = Math.floor(runtime.config.GUILDHALL_MAX_UPLOAD_MB * 1024 * 1024)
      return { files: createFileStore({ runtime, storage: storageOf(runtime), signingKey, maxBytes }) }
    },
    start(runtime) {
      const storage = storageOf(runtime)
      let sweeping = Promise.resolve()
      const sweep = () => {
        sweeping = sweepAndLog(runtime, storage)
      }
      sweep()
      const timer = setInterval(sweep, sweepEveryMs)
      timer.unref()
      return async () => {
        clearInterval(timer)
        await sweeping
      }
    },
    health: async (runtime) => [await storageHealth(storageOf(runtime))],
  })
}

async function sweepAndLog(runtime: Runtime, storage: Storage): Promise<void> {
  try {
    const removed = await sweepStorage(runtime, storage)
    if (removed.unfinished + removed.orphans > 0)
      runtime.log.info(removed, 'removed what interrupted uploads left behind')
  } catch (error) {
    if (!runtime.shutdown.aborted) runtime.log.warn({ err: error }, 'the files folder could not be swept')
  }
}

async function storageHealth(storage: Storage): Promise<HealthReport> {
  const started = performance.now()
  const report = (state: HealthReport['state'], detail: string): HealthReport => ({
    name: 'files',
    state,
    detail,
    latencyMs: Math.round(performance.now() - started),
  })
  try {
    const free = await storage.freeBytes()
    if (free === null) return report('ok', 'Files can be stored.')
    const text = `${(free / 1024 ** 3).toFixed(1)} GiB free for files.`
    return free < littleSpace
      ? report('degraded', `Only ${text} Free some space before uploads are refused.`)
      : report('ok', text)
  } catch (error) {
    return report(
      'down',
      `The files folder cannot be used (${error instanceof Error ? error.message : String(error)}); uploads and downloads fail. Check that it exists and is writable.`,
    )
  }
}
