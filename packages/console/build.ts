import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dist, sourceStamp, stampFile, stampName } from './build/source-stamp.ts'

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
  report(
    operations === null
      ? 'types   the server does not describe its API yet, answers stay untyped'
      : `types   ${operations} operations`,
  )
  // Built beside and put in place when it is whole: a server that runs, or a second build, never sees half of it.
  const staging = `${dist}.${String(process.pid)}`
  try {
    await build({
      root: fileURLToPath(new URL('.', import.meta.url)),
      configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
      logLevel: 'warn',
      build: { outDir: staging, emptyOutDir: true },
    })
    report(`bundle  ${seconds()}`)
    await copyReference(staging)
    const { files, bytes, compressed } = await precompress(staging)
    report(`brotli  ${files} files, ${kilobytes(bytes)} to ${kilobytes(compressed)}`)
    const entry = await entrySize(staging)
    report(`entry   ${kilobytes(entry)} of at most ${kilobytes(entryBudget)}`)
    if (entry > entryBudget)
      throw new Error(
        `The entry script is ${kilobytes(entry)} after brotli, at most ${kilobytes(entryBudget)} are allowed: load something lazily.`,
      )
    await writeFile(join(staging, stampName), stamp)
    await replace(staging)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  report(`done    ${seconds()}`)
}

/** Another build may do the same at this moment: whoever comes second replaces the first. */
async function replace(staging: string): Promise<void> {
  const former = `${staging}.former`
  for (let attempt = 0; ; attempt++) {
    await rename(dist, former).catch(() => undefined)
    try {
      await rename(staging, dist)
      break
    } catch (error) {
      if (attempt === 4) throw error
    }
  }
  await rm(former, { recursive: true, force: true })
}

/** The API reference of /docs, served from here because no request may leave the host. */
async function copyReference(folder: string): Promise<void> {
  const bundle = fileURLToPath(
    new URL('dist/browser/openapi-explorer.min.js', import.meta.resolve('openapi-explorer/package.json')),
  )
  await mkdir(join(folder, 'assets'), { recursive: true })
  await copyFile(bundle, join(folder, 'assets/openapi-explorer.js'))
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

if (import.meta.main) await buildConsole((line) => console.log(line))
