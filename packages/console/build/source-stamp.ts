import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What a build is made of. The API types are left out: they are made by the build itself. */
const parts = [
  'src',
  'public',
  'build',
  'index.html',
  'package.json',
  'vite.config.ts',
  'build.ts',
  '../../package-lock.json',
]
const generated = /(?:auto-imports|components|route-map|schema)\.d\.ts$/
export const dist = join(root, 'dist')
export const stampName = '.stamp'
export const stampFile = join(dist, stampName)

/** SHA-256 over paths and bytes of everything that goes into a build. */
export async function sourceStamp(): Promise<string> {
  const files = (await Promise.all(parts.map((part) => filesBelow(join(root, part)))))
    .flat()
    .filter((file) => !generated.test(file))
  const hash = createHash('sha256')
  for (const file of files.toSorted())
    hash
      .update(relative(root, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0')
  return hash.digest('hex')
}

async function filesBelow(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path]
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
