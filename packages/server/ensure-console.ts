import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consoleDir } from './cli/console-dir.ts'
import type { Progress } from './store.ts'

const buildScript = fileURLToPath(new URL('../console/build.ts', import.meta.url))

/** Builds the console when its sources are newer than the build. Without the build tools, an existing build serves. */
export async function ensureConsole(progress: Progress): Promise<void> {
  const built = existsSync(join(consoleDir, 'index.html'))
  if (!existsSync(buildScript)) {
    if (!built)
      throw new Error(
        'The console is not built and its sources are not here. Install the release with its dist folder.',
      )
    return
  }
  if (built && !(await needsBuildOf())) return
  try {
    import.meta.resolve('vite')
  } catch {
    if (built) return
    throw new Error(
      'The console is not built and the build tools are not installed. Run `npm ci` without omitting development dependencies, or `npm run build` elsewhere and copy packages/console/dist.',
    )
  }
  progress('Building the console (only after a change)')
  try {
    await run()
  } catch (error) {
    if (!built) throw error
    progress(
      `The console could not be built anew; the earlier build serves. ${error instanceof Error ? error.message : ''}`,
    )
    return
  }
  progress('The console is built')
}

/** A process of its own: the build takes a core for seconds, and its memory is gone afterwards. */
function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [buildScript], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The console could not be built:\n${output}`)),
    )
  })
}

/** Whether the sources of the console are newer than its build. */
export async function needsBuildOf(): Promise<boolean> {
  if (!existsSync(buildScript)) return false
  const { needsBuild }: { needsBuild: () => Promise<boolean> } = await import(buildScript)
  return needsBuild()
}
