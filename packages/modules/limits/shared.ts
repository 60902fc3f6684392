import type { Broadcast, TenantDatabase } from '@guildhall/kernel'
import { setTimeout } from 'node:timers/promises'

/** What the parts of the limits have in common: one process among several on one database. */
export interface LimitParts {
  database: TenantDatabase
  broadcast: Broadcast
  /** This process, among those that share the database. */
  processId: string
  /** Whether a process with this id is known to be gone, so that nobody waits for its lease. */
  isDead: (processId: string) => boolean
  /** Milliseconds after which what a silent process holds is taken back. */
  leaseMs: number
  /** Milliseconds of this process (monotonic). */
  now: () => number
  onError: (error: unknown) => void
}

const topic = 'limits-wanted'

/** Processes hold more than they use; who finds nothing left asks the others for what lies idle. */
export interface Idle {
  /** Asks, and waits a moment for what they return. */
  ask(subject: string): Promise<void>
  close(): void
}

/** Milliseconds for the notice, the other's transaction, and a bit. */
const answerMs = 40

export function askForIdle(parts: LimitParts, giveBack: (subject: string) => void): Idle {
  const { broadcast, processId } = parts
  const end = broadcast.subscribe(topic, (text) => {
    const at = text.indexOf('|')
    if (text.slice(0, at) !== processId) giveBack(text.slice(at + 1))
  })
  return {
    async ask(subject) {
      // Without notices the others return what lies idle by themselves, a little later.
      if (broadcast.live) await broadcast.publish({ topic, subject: `${processId}|${subject}` }).catch(parts.onError)
      await setTimeout(answerMs)
    },
    close: end,
  }
}
