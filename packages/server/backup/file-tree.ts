import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../postgres/errors.ts'

export interface StoredFile {
  /** Relative to the tree, with `/` between folders. */
  name: string
  path: string
}

/** All regular files below a folder, sorted; none when the folder is not there. Links and sockets are not data. */
export async function listFiles(folder: string, inside = ''): Promise<StoredFile[]> {
  let entries
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
  const files: StoredFile[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [name, path] = [`${inside}${entry.name}`, join(folder, entry.name)]
    if (entry.isDirectory()) files.push(...(await listFiles(path, `${name}/`)))
    else if (entry.isFile()) files.push({ name, path })
  }
  return files
}

/** Opens a file for reading; null when it was removed meanwhile. */
export async function openIfThere(
  path: string,
): Promise<{ bytes: number; content: AsyncIterable<Buffer>; close(): Promise<void> } | null> {
  try {
    const file = await open(path, 'r')
    const { size } = await file.stat()
    const content = size === 0 ? nothing() : file.createReadStream({ start: 0, end: size - 1, autoClose: false })
    return { bytes: size, content, close: () => file.close() }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

async function* nothing(): AsyncGenerator<Buffer, void, void> {}
