import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dist, sourceStamp, stampFile } from './build/source-stamp.ts'

export { dist }

/** Whether the built console is missing or older than its sources. */
export async function needsBuild(): Promise<boolean> {
  const [stamp, built] = await Promise.all([sourceStamp(), readFile(stampFile, 'utf8').catch(() => null)])
  return stamp !== built
}

/**
 * Builds the console into `dist`: API types, bundle, API reference, precompressed files, stamp.
 * @throws Error when the entry script is larger than its budget
 */
export async function buildConsole(report: (line: string) => void): Promise<void> {
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
  // Loaded here so that asking `needsBuild` stays cheap.
  const [{ build }, { generateTypes }, { precompress }, { entryBudget, entrySize }] = await Promise.all([
    import('vite'),
    import('./build/generate-types.ts'),
    import('./build/precompress.ts'),
    import('./build/entry-size.ts'),
  ])
  const stamp = await sourceStamp()
  const operations = await generateTypes()
  report(operations === null ? 'types   the server does not describe its API yet, answers stay untyped' : `types   ${operations} operations`)
  await build({ root: fileURLToPath(new URL('.', import.meta.url)), configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)), logLevel: 'warn' })
  report(`bundle  ${seconds()}`)
  await copyReference()
  const { files, bytes, compressed } = await precompress(dist)
  report(`brotli  ${files} files, ${kilobytes(bytes)} to ${kilobytes(compressed)}`)
  const entry = await entrySize(dist)
  report(`entry   ${kilobytes(entry)} of at most ${kilobytes(entryBudget)}`)
  if (entry > entryBudget) throw new Error(`The entry script is ${kilobytes(entry)} after brotli, at most ${kilobytes(entryBudget)} are allowed: load something lazily.`)
  await writeFile(stampFile, stamp)
  report(`done    ${seconds()}`)
}

/** The API reference of /docs, served from here because no request may leave the host. */
async function copyReference(): Promise<void> {
  const bundle = fileURLToPath(new URL('dist/browser/openapi-explorer.min.js', import.meta.resolve('openapi-explorer/package.json')))
  await mkdir(join(dist, 'assets'), { recursive: true })
  await copyFile(bundle, join(dist, 'assets/openapi-explorer.js'))
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

if (import.meta.main) await buildConsole((line) => console.log(line))
