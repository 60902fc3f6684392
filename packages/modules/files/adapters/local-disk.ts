import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Problem } from '@guildhall/kernel'
import type { Storage } from '../file-store.ts'
import { asUploadProblem, codeOf, interrupted, tooLarge } from '../upload-problems.ts'

export interface LocalDiskOptions {
  /** Absolute; made when missing, mode 0700. */
  folder: string
  /** Opens a new file for writing; stands in for a full disk in tests. */
  openNew?: (path: string) => Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>
}

const keyPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Interrupted writes of other machines are given up after this long without a new byte. */
const abandonedAfterMs = 24 * 3_600_000
/** Tells this process from an earlier one with the same process id (a restarted container). */
const processToken = randomUUID()
const host = hostname().replaceAll(/[^\w-]/g, '_')

/**
 * Files in a folder: `<folder>/<tenant>/<file id>`. A write goes to `<folder>/.incoming`, is flushed, then renamed and
 * the folder flushed, so a crash leaves the object whole or absent (Pillai et al., OSDI 2014, on why each flush is there).
 */
export function localDisk(options: LocalDiskOptions): Storage {
  const { folder } = options
  const incoming = join(folder, '.incoming')
  const openNew = options.openNew ?? ((path: string) => open(path, 'wx', 0o600))

  return {
    async put(key, body, { maxBytes, signal }) {
      const target = pathOf(folder, key)
      await mkdir(incoming, { recursive: true, mode: 0o700 })
      const temporary = join(incoming, `${host}.${process.pid}.${processToken}.${randomUUID()}`)
      let file: Awaited<ReturnType<typeof openNew>> | undefined
      try {
        file = await openNew(temporary)
        const written = await copy(body, file, maxBytes, signal)
        await file.sync()
        await file.close()
        file = undefined
        await makeTenantFolder(folder, target)
        await rename(temporary, target)
        await flushFolder(join(target, '..'))
        return written
      } catch (error) {
        body.destroy()
        await file?.close().catch(() => undefined)
        await rm(temporary, { force: true })
        throw asUploadProblem(error)
      }
    },

    async get(key, range) {
      const path = pathOf(folder, key)
      try {
        return (await open(path, 'r')).createReadStream(range)
      } catch (error) {
        if (codeOf(error) === 'ENOENT') throw bytesMissing()
        throw error
      }
    },

    async head(key) {
      try {
        return { size: (await stat(pathOf(folder, key))).size }
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      }
    },

    async delete(key) {
      const path = pathOf(folder, key)
      await rm(path, { force: true })
      await flushFolder(join(path, '..')).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
    },

    async *list(prefix) {
      for (const tenant of (await entries(folder)).sort()) {
        if (tenant.startsWith('.') || !(`${tenant}/`.startsWith(prefix) || prefix.startsWith(`${tenant}/`))) continue
        for (const id of (await entries(join(folder, tenant))).sort()) {
          const key = `${tenant}/${id}`
          if (!key.startsWith(prefix) || !keyPattern.test(key)) continue
          const found = await stat(join(folder, tenant, id)).catch(() => null)
          if (found) yield { key, size: found.size, modifiedAt: found.mtime }
        }
      }
    },

    async sweep() {
      let removed = 0
      for (const name of await entries(incoming)) {
        const path = join(incoming, name)
        const found = await stat(path).catch(() => null)
        if (!found || !isAbandoned(name, found.mtimeMs)) continue
        await rm(path, { force: true })
        removed++
      }
      return removed
    },

    async freeBytes() {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const space = await statfs(folder)
      return space.bavail * space.bsize
    },
  }
}

/** @throws Error for a key that this module did not make: keys never come from outside. */
function pathOf(folder: string, key: string): string {
  if (!keyPattern.test(key)) throw new Error(`Storage key ${JSON.stringify(key)} is not of the form <tenant>/<file id>`)
  return join(folder, key)
}

async function copy(
  body: Readable,
  file: Pick<FileHandle, 'write'>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (signal?.aborted) throw interrupted(signal.reason)
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    hash.update(chunk)
    for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten
  }
  // A body that ended because its sender went away is not the whole file.
  if (signal?.aborted) throw interrupted(signal.reason)
  return { size, sha256: hash.digest('hex') }
}

async function makeTenantFolder(folder: string, target: string): Promise<void> {
  const made = await mkdir(join(target, '..'), { recursive: true, mode: 0o700 })
  if (made !== undefined) await flushFolder(folder)
}

/** Makes a rename or removal in a folder durable; Windows cannot open folders and needs no flush. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

function isAbandoned(name: string, modifiedMs: number): boolean {
  const [writer, pid, token] = name.split('.')
  if (Date.now() - modifiedMs > abandonedAfterMs) return true
  if (writer !== host) return false
  const number = Number(pid)
  return number === process.pid ? token !== processToken : !isAlive(number)
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function bytesMissing(): Problem {
  return new Problem({
    status: 410,
    type: 'bytes-missing',
    title: 'The bytes are gone',
    detail:
      'The file is listed, but its bytes are not in the store. Restore the files folder from a backup, or upload the file again.',
  })
}
