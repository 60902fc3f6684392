import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterLock } from './cluster-lock.ts'
import type { Log } from './log.ts'
import { findPostmaster, isPostmaster, startPostmaster, type Cluster, type Postmaster } from './postmaster.ts'

export interface SupervisionOptions {
  cluster: Cluster
  lock: ClusterLock
  log: Log
  postmaster: Postmaster
  onRestart: (next: Postmaster) => void
}

const intervalMs = 1000

/**
 * Starts the server again when it dies under us (out of memory, killed by hand), on the same socket or port, so that
 * connection pools recover by themselves. Several processes may watch: the lock lets one of them do it.
 */
export function supervise({ cluster, lock, log, postmaster, onRestart }: SupervisionOptions): { end(): Promise<void> } {
  const ending = new AbortController()
  let current = postmaster

  async function restart(): Promise<void> {
    log.warn({ pid: current.pid }, 'Embedded PostgreSQL is gone; starting it again')
    const port = current.endpoint.kind === 'loopback' ? current.endpoint.port : undefined
    current = await lock.exclusively(
      async () => (await findPostmaster(cluster)) ?? (await startPostmaster(cluster, port)),
    )
    onRestart(current)
    log.info({ pid: current.pid }, 'Embedded PostgreSQL runs again')
  }

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        await sleep(intervalMs, undefined, { signal: ending.signal, ref: false })
        if (!(await isPostmaster(current.pid, cluster))) await restart()
      } catch (error) {
        if (ending.signal.aborted) return
        log.warn({ error }, 'Embedded PostgreSQL could not be started again; trying on')
      }
    }
  }

  const watching = watch()
  return {
    async end() {
      ending.abort()
      await watching
    },
  }
}
