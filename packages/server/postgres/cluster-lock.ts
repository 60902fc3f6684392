import { chmodSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresError } from './errors.ts'

/**
 * Agreement between the processes that use one database folder: one at a time starts or stops the server, and the last
 * one to leave is known. Built on the file locks of SQLite, since the operating system releases them when a process
 * dies in whatever way; a file with process ids would have to guess.
 */
export interface ClusterLock {
  /** Runs `work` while no other process starts or stops the server. */
  exclusively<T>(work: () => Promise<T>, onWait?: () => void): Promise<T>
  /** Counts this holder as a user of the server until `leave`. */
  join(): void
  /** Stops being a user. True when nobody else is one. */
  leave(): boolean
}

const waitMs = 180_000

/** @param folder exists and is writable; two empty files are kept in it. */
export function openClusterLock(folder: string): ClusterLock {
  const startPath = lockFile(folder, 'start.lock')
  const usersPath = lockFile(folder, 'users.lock')
  let membership: DatabaseSync | undefined

  return {
    async exclusively(work, onWait) {
      const release = await acquire(startPath, onWait)
      try {
        return await work()
      } finally {
        release()
      }
    },
    join() {
      if (membership) return
      membership = new DatabaseSync(usersPath)
      // A read transaction holds a shared lock until it ends.
      membership.exec('pragma busy_timeout = 5000; begin; select count(*) from sqlite_schema')
    },
    leave() {
      membership?.close()
      membership = undefined
      const release = tryExclusive(usersPath)
      release?.()
      return release !== null
    },
  }
}

function lockFile(folder: string, name: string): string {
  const path = join(folder, name)
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  return path
}

async function acquire(path: string, onWait: (() => void) | undefined): Promise<() => void> {
  const deadline = performance.now() + waitMs
  for (let attempt = 0; performance.now() < deadline; attempt++) {
    const release = tryExclusive(path)
    if (release) return release
    if (attempt === 0) onWait?.()
    await sleep(50)
  }
  throw new PostgresError(
    'busy',
    `Another process has been starting or stopping the database for ${waitMs / 1000} seconds (lock ${path}). End it, then start again.`,
  )
}

/** Null when another holder has the lock, in this process or in another one. */
function tryExclusive(path: string): (() => void) | null {
  const database = new DatabaseSync(path)
  try {
    database.exec('pragma busy_timeout = 0; begin exclusive')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null
    throw error
  }
  return () => database.close()
}

const sqliteBusy = 5
