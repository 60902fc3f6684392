import { Buffer } from 'node:buffer'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { zipSync } from 'fflate'
import { corrupt, DocumentError, encryptedFile } from './document-error.ts'
import type { ParsingLimits } from './limits.ts'

/** Below this, a high ratio is ordinary repetition and cannot hurt. */
const ratioMatters = 1024 * 1024

export interface Archive {
  /** Names of all entries, in the order of the central directory. */
  names: string[]
  /** Contents of the entries that `wanted` asked for. */
  files: Map<string, Uint8Array>
}

/**
 * Opens a ZIP container within limits and inflates the wanted entries only. Entries are streamed, so a lying size in the directory is caught at
 * the first byte too many. Archives inside the archive are never opened.
 *
 * @throws DocumentError `archive_bomb`, `encrypted` or `corrupt`
 */
export async function readArchive(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  limits: ParsingLimits,
): Promise<Archive> {
  const zip = await openArchive(bytes)
  if (zip.entryCount > limits.maxArchiveEntries) {
    throw bomb(`It holds ${zip.entryCount} entries; the limit is ${limits.maxArchiveEntries}.`)
  }
  const entries = await listEntries(zip, limits)
  const files = new Map<string, Uint8Array>()
  let inflated = 0
  for (const entry of entries) {
    if (!wanted(entry.fileName)) continue
    if (entry.isEncrypted()) throw encryptedFile()
    const content = await inflate(zip, entry, limits.maxUncompressedBytes - inflated)
    inflated += content.byteLength
    files.set(entry.fileName, content)
  }
  return { names: entries.map((entry) => entry.fileName), files }
}

/**
 * The given entries as a new ZIP without compression. Libraries get this instead of the upload: they can only see what was checked, whatever
 * differences there are between how they and we read a ZIP directory.
 */
export function repack(files: Map<string, Uint8Array>): Uint8Array {
  return zipSync(Object.fromEntries(files), { level: 0 })
}

async function openArchive(bytes: Uint8Array): Promise<ZipFile> {
  try {
    return await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { lazyEntries: true })
  } catch (error) {
    throw corrupt('The file is a ZIP container that is cut off or damaged.', error)
  }
}

async function listEntries(zip: ZipFile, limits: ParsingLimits): Promise<Entry[]> {
  const entries: Entry[] = []
  const seen = new Set<string>()
  let total = 0
  try {
    for await (const entry of zip.eachEntry()) {
      assertRatio(entry, limits)
      total += entry.uncompressedSize
      if (total > limits.maxUncompressedBytes) {
        throw bomb(`Its contents add up to more than ${Math.round(limits.maxUncompressedBytes / 1024 / 1024)} MB.`)
      }
      if (seen.has(entry.fileName)) throw corrupt(`The file holds "${entry.fileName}" twice.`)
      seen.add(entry.fileName)
      entries.push(entry)
    }
  } catch (error) {
    if (error instanceof DocumentError) throw error
    throw corrupt('The directory of this ZIP container is damaged.', error)
  }
  return entries
}

function assertRatio(entry: Entry, limits: ParsingLimits): void {
  if (entry.uncompressedSize < ratioMatters) return
  const ratio = entry.uncompressedSize / Math.max(entry.compressedSize, 1)
  if (ratio > limits.maxCompressionRatio) {
    throw bomb(`"${entry.fileName}" expands ${Math.round(ratio)} times; the limit is ${limits.maxCompressionRatio}.`)
  }
}

async function inflate(zip: ZipFile, entry: Entry, room: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    const stream = await zip.openReadStreamPromise(entry)
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > room || size > entry.uncompressedSize) {
        stream.destroy()
        throw bomb(`"${entry.fileName}" is larger than the container says.`)
      }
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof DocumentError) throw error
    if (error instanceof Error && /too many bytes/i.test(error.message))
      throw bomb(`"${entry.fileName}" is larger than the container says.`)
    throw corrupt(`"${entry.fileName}" inside the file cannot be unpacked.`, error)
  }
  return Buffer.concat(chunks)
}

function bomb(reason: string): DocumentError {
  return new DocumentError(
    'archive_bomb',
    `The file expands to far more than its size and was not opened. ${reason}`,
    'Save the document again with its own program. If it is an archive, unpack it and upload the documents inside.',
  )
}
