import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Account } from '../account.ts'
import type { DatabaseUrls } from '../create-database.ts'

/** What the process told about the server that it uses. */
interface ProcessReady extends DatabaseUrls {
  adopted: boolean
  postmasterPid: number
  uid: number
}

/** A second Guildhall process, reduced to its database. */
export interface PostgresProcess {
  pid: number
  ready: Promise<ProcessReady>
  /** Numbers whose insert was acknowledged so far. */
  acknowledged: number[]
  tell(command: 'insert' | 'stop'): void
  /** Resolves when the process has ended, however. */
  ended: Promise<unknown>
  kill(): Promise<void>
}

export function startPostgresProcess(dataDir: string, account?: Account): PostgresProcess {
  const program = fileURLToPath(new URL('postgres-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...account,
  })
  const ended = once(child, 'close')
  const acknowledged: number[] = []
  const ready = new Promise<ProcessReady>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word = ''] = line.split(' ', 1)
      const value = JSON.parse(line.slice(word.length + 1))
      if (word === 'acknowledged') acknowledged.push(value)
      else if (word === 'ready') resolve(value)
      else if (word === 'failed') reject(new Error(value.message))
    })
    child.on('error', reject)
  })
  return {
    pid: child.pid ?? 0,
    ready,
    acknowledged,
    ended,
    tell: (command) => void child.stdin.write(`${command}\n`),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
