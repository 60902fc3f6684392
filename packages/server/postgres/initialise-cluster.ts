import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { PostgresError } from './errors.ts'
import { folderArgument } from './postmaster.ts'
import { runProgram } from './run-program.ts'

/** Superuser of the cluster. */
export const superuser = 'postgres'

export interface InitialiseOptions {
  binaries: Binaries
  account: Account | null
  /** Folder to make; its parent exists and belongs to the account. */
  folder: string
  password: string
}

/**
 * Makes an empty cluster. It appears under its name only when it is complete: a process killed in the middle leaves a
 * draft, which the next start removes.
 * @throws PostgresError with what initdb said.
 */
export async function initialiseCluster({ binaries, account, folder, password }: InitialiseOptions): Promise<void> {
  const parent = dirname(folder)
  await removeDrafts(parent)
  // A name of its own: an initdb whose process was killed may still be writing into its draft.
  const draft = join(parent, `${draftPrefix}${basename(folder)}-${randomBytes(4).toString('hex')}`)
  const passwordPath = join(parent, `${draftPrefix}password`)
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordPath, `${password}\n`, { mode: 0o600, flag: 'wx' })
  try {
    if (account) for (const path of [draft, passwordPath]) await chown(path, account.uid, account.gid)
    const result = await runProgram(
      binaries.initdb,
      [
        '-D',
        folderArgument({ account, folder: draft }),
        '-U',
        superuser,
        '--auth=scram-sha-256',
        // Relative to the draft: the account may not be able to walk down an absolute path.
        `--pwfile=../${basename(passwordPath)}`,
        '--encoding=UTF8',
        ...localeArguments(),
      ],
      { cwd: draft, account },
    )
    if (result.code !== 0)
      throw new PostgresError(
        'initialisation-failed',
        `initdb could not make the database in ${folder}:\n${result.output.trim()}`,
      )
    await rename(draft, folder)
  } finally {
    await removeDrafts(parent)
  }
}

const draftPrefix = '.new-'

/** Only one process initialises at a time, so every draft is a leftover. */
async function removeDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent))
    if (name.startsWith(draftPrefix)) await rm(join(parent, name), { recursive: true, force: true, maxRetries: 20 })
}

/**
 * The builtin provider sorts by code point the same on every machine, so an operating system update never corrupts an
 * index; the C library's UTF-8 character types are needed too, by the full-text parser.
 */
function localeArguments(): string[] {
  const builtin = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  if (process.platform === 'win32') return [...builtin, '--no-locale']
  if (process.platform === 'darwin') return [...builtin, '--locale=C', '--lc-ctype=UTF-8']
  return [...builtin, '--locale=C.UTF-8']
}
