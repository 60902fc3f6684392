import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Account } from '../account.ts'
import { withAdmin } from '../create-database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres, type StartStage } from '../embedded-postgres.ts'
import { startPostgresProcess, type PostgresProcess } from './start-process.ts'

export const quiet = { info: () => undefined, warn: () => undefined }

/** An empty data folder for each test, and what was started in it is stopped after it. */
export interface DataFolder {
  /** Of the current test. */
  readonly path: string
  /** Fills the folder with one that was started before: a tenth of the time of a first start. */
  usePrepared(): void
  start(onProgress?: (stage: StartStage) => void): Promise<EmbeddedPostgres>
  startProcess(account?: Account): PostgresProcess
  /** Stops it after the test, for servers that the test starts itself. */
  stopLater(postgres: EmbeddedPostgres): void
}

export function useDataFolder(): DataFolder {
  let path: string
  let prepared: string
  const open: EmbeddedPostgres[] = []
  const processes: PostgresProcess[] = []

  beforeAll(async () => {
    prepared = await mkdtemp(join(tmpdir(), 'gh-pg-'))
    await (await startEmbeddedPostgres({ dataDir: prepared, log: quiet })).stop()
  })
  afterAll(() => rm(prepared, { recursive: true, force: true }))
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'gh-pg-'))
  })
  afterEach(async () => {
    for (const each of processes.splice(0)) await each.kill()
    for (const postgres of open.splice(0)) await postgres.stop()
    // A server that a killed process left behind is adopted, so that it can be stopped.
    if (await readFile(join(path, 'postgres/18/postmaster.pid')).catch(() => null)) {
      await rm(join(path, 'store.json'), { force: true })
      await (await startEmbeddedPostgres({ dataDir: path, log: quiet })).stop()
    }
    await rm(path, { recursive: true, force: true })
  })

  return {
    get path() {
      return path
    },
    // `cp` keeps owners and modes, which Node's does not.
    usePrepared: () => void execFileSync('cp', ['-a', `${prepared}/.`, path]),
    async start(onProgress) {
      const postgres = await startEmbeddedPostgres({ dataDir: path, log: quiet, ...(onProgress ? { onProgress } : {}) })
      open.push(postgres)
      return postgres
    },
    startProcess(account) {
      const started = startPostgresProcess(path, account)
      processes.push(started)
      return started
    },
    stopLater: (postgres) => void open.push(postgres),
  }
}

/** The first row of a statement's result. */
export function one<T>(url: string, statement: string): Promise<T> {
  return withAdmin(url, async (client) => (await client.query(statement)).rows[0])
}

/** Empty for a process that has ended but was not yet waited for by its parent. */
export async function programOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}

export async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await programOf(pid)) === '') return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}
