import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { BackupError } from './backup-error.ts'
import type { Member } from './manifest.ts'

// One tar stream compressed with Zstandard: `tar --zstd -tf backup.tar.zst` lists it anywhere.

export interface ArchiveWriter {
  /** Streams one member. @throws BackupError `file-changed` when `content` does not give exactly `bytes` bytes. */
  add(name: string, bytes: number, content: AsyncIterable<Buffer>): Promise<Member>
  /** Writes the end and makes it durable. @returns size of the archive in bytes. */
  finish(): Promise<number>
  /** Gives up; the file is left to the caller. */
  abort(): Promise<void>
}

/** @param path must not exist; only this user may read it. */
export async function createArchive(path: string): Promise<ArchiveWriter> {
  const file = await open(path, 'wx', 0o600)
  const tar = pack()
  const compressed = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  // Synchronises, then closes the file.
  const written = pipeline(tar, compressed, file.createWriteStream({ flush: true }))
  // A full disk shows here; whoever is writing a member learns it through the race below.
  const broken = written.then(() => new Promise<never>(() => {}))
  broken.catch(() => {})
  // The pipeline rejects with the same error.
  tar.on('error', () => {})

  return {
    async add(name, bytes, content) {
      const hash = createHash('sha256')
      let seen = 0
      const done = Promise.withResolvers<void>()
      const entry = tar.entry({ name, size: bytes, mode: 0o600, mtime: new Date(0) }, (error) =>
        error ? done.reject(error) : done.resolve(),
      )
      done.promise.catch(() => {})
      entry.on('error', done.reject)
      for await (const chunk of content) {
        seen += chunk.length
        if (seen > bytes) break
        hash.update(chunk)
        if (!entry.write(chunk))
          await Promise.race([new Promise<void>((resolve) => entry.once('drain', resolve)), broken])
      }
      if (seen !== bytes)
        throw new BackupError(
          'file-changed',
          `${name} changed its size while it was read (${bytes} bytes at first). Try again.`,
        )
      entry.end(null)
      await Promise.race([done.promise, broken])
      return { bytes, sha256: hash.digest('hex') }
    },
    async finish() {
      tar.finalize()
      await written
      return (await stat(path)).size
    },
    async abort() {
      tar.destroy()
      await written.catch(() => {})
    },
  }
}

export interface ArchiveMember {
  name: string
  content: AsyncIterable<Buffer>
  /** Known once `content` was read to its end. */
  seen(): Member
}

/**
 * Reads the members in order. Whatever a caller leaves unread of one is skipped.
 * @throws BackupError `damaged` when it is not such an archive, or cut off.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveMember, void, void> {
  const tar = extract()
  const reading = pipeline(createReadStream(path), createZstdDecompress(), tar)
  reading.catch((error: unknown) => tar.destroy(asError(error)))
  try {
    for await (const entry of tar) {
      const { name, type } = entry.header
      if (type !== 'file') throw new Error(`${name} is not a file`)
      const hash = createHash('sha256')
      let bytes = 0
      const content = async function* (): AsyncGenerator<Buffer, void, void> {
        try {
          for await (const chunk of bytesOf(entry)) {
            hash.update(chunk)
            bytes += chunk.length
            yield chunk
          }
        } catch (cause) {
          throw damaged(path, cause)
        }
      }
      yield { name, content: content(), seen: () => ({ bytes, sha256: hash.copy().digest('hex') }) }
      entry.resume()
    }
    await reading
  } catch (cause) {
    throw damaged(path, cause)
  } finally {
    tar.destroy()
    await reading.catch(() => {})
  }
}

/** A byte stream without an encoding gives buffers; the type of stream iterators cannot say so. */
function bytesOf(stream: AsyncIterable<unknown>): AsyncIterable<Buffer> {
  return stream as AsyncIterable<Buffer>
}

function damaged(path: string, cause: unknown): BackupError {
  const message = `${path} is damaged or not a Guildhall backup (${asError(cause).message}). Use another copy of it.`
  return new BackupError('damaged', message, { cause })
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value))
}
