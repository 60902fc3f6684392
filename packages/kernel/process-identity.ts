import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** This process among all that share a database: machine, process id, and its start, since process ids come again. */
export const thisProcess = `${hostname()}:${String(process.pid)}:${randomUUID()}`

/** Whether a process of this machine is known to be gone, so that nobody needs to wait for its lease. */
export function isKnownDead(owner: string | null): boolean {
  const [host, pid, start] = owner?.split(':') ?? []
  if (host !== hostname() || pid === undefined || start === undefined) return false
  if (Number(pid) === process.pid) return owner !== thisProcess
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
