import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

/** Most brotli bytes of JavaScript that may be loaded before any page. */
export const entryBudget = 170_000

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
}

/** Brotli bytes of the entry script and of everything it imports statically, from Vite's manifest. */
export async function entrySize(dist: string): Promise<number> {
  const manifest = readManifest(await readFile(join(dist, '.vite/manifest.json'), 'utf8'))
  const seen = new Set<string>()
  const queue = Object.keys(manifest).filter((key) => manifest[key]?.isEntry)
  while (queue.length > 0) {
    const key = queue.pop()
    const chunk = key === undefined ? undefined : manifest[key]
    if (!chunk || seen.has(chunk.file)) continue
    seen.add(chunk.file)
    queue.push(...(chunk.imports ?? []))
  }
  const sizes = await Promise.all(
    [...seen].map(async (file) => brotliCompressSync(await readFile(join(dist, file))).length),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Vite wrote it in this build, in the shape it documents. */
function readManifest(text: string): Record<string, Chunk> {
  return JSON.parse(text) as Record<string, Chunk>
}
