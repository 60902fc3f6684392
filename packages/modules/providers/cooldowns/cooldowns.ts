import type { Target } from '../connection.ts'
import type { Failure } from '../walk/classify-failure.ts'
import type { CircuitBreaker, Opening } from './circuit-breaker.ts'
import type { SharedCooldowns } from './share-cooldowns.ts'

/** Whether a target may be asked now. */
export type Pass =
  | { admitted: true; probes: readonly string[] }
  | { admitted: false; openForMs: number; reason: string | null }

type Asked = Pick<Target, 'connection' | 'model'>

/** Who is not asked for a while: the connection (its key, its address) or one model of it. */
export interface Cooldowns {
  /**
   * Synchronous unless the target is to be tried again after a cooldown, which one caller of all processes may.
   * @param alone nobody could stand in for it, so it is tried before its cooldown is over too
   */
  admit(target: Asked, alone: boolean): Pass | Promise<Pass>
  succeeded(target: Asked, pass: Pass): void
  /** @param failure why it was given up */
  failed(target: Asked, failure: Pick<Failure, 'circuit' | 'openForMs' | 'retryAfterMs' | 'reason'>, pass: Pass): void
  /** Nothing was learned: the caller left, or the request itself was wrong. */
  released(target: Asked, pass: Pass): void
  openForMs(target: Asked): number
}

const closed: Pass = Object.freeze({ admitted: true, probes: [] })

export function circuitsOf({ connection, model }: Asked): [connection: string, target: string] {
  return [connection.id, `${connection.id}|${model}`]
}

/** @param share null = known to this process alone */
export function createCooldowns(breaker: CircuitBreaker, share: SharedCooldowns | null): Cooldowns {
  const tell = (target: Asked, circuit: string, opening: Opening | null) => {
    if (opening && target.connection.homeId !== null) share?.opened(target.connection.homeId, circuit, opening)
  }

  const release = (target: Asked, probes: readonly string[]) => {
    for (const id of probes) {
      breaker.releaseProbe(id)
      if (target.connection.homeId !== null) share?.releaseProbe(target.connection.homeId, id)
    }
  }

  async function claim(target: Asked, probes: string[], early: boolean): Promise<Pass> {
    const { homeId } = target.connection
    if (!share || homeId === null) return { admitted: true, probes }
    const claimed: string[] = []
    for (const id of probes) {
      // Without an answer from the database this process decides for itself: trying twice is better than not at all.
      const waitMs = await share.claimProbe(homeId, id, early).catch(() => 0)
      if (waitMs > 0) {
        release(target, claimed)
        for (const other of probes) breaker.releaseProbe(other, other === id ? waitMs : 0)
        return { admitted: false, openForMs: waitMs, reason: breaker.reasonOf(id) }
      }
      claimed.push(id)
    }
    return { admitted: true, probes }
  }

  return {
    admit(target, alone) {
      const circuits = circuitsOf(target)
      const open = circuits.filter((id) => breaker.openForMs(id) > 0)
      const openForMs = Math.max(0, ...open.map((id) => breaker.openForMs(id)))
      if (open.length === 0 && !circuits.some((id) => breaker.isHalfOpen(id))) return closed
      const refused = (): Pass => ({
        admitted: false,
        openForMs: Math.max(openForMs, 1),
        reason: open.map((id) => breaker.reasonOf(id)).find((reason) => reason !== null) ?? null,
      })
      if (open.length > 0 && !alone) return refused()
      const wanted = circuits.filter((id) => breaker.openForMs(id) > 0 || breaker.isHalfOpen(id))
      const taken: string[] = []
      for (const id of wanted) {
        if (!breaker.takeProbe(id, alone)) {
          for (const other of taken) breaker.releaseProbe(other)
          return refused()
        }
        taken.push(id)
      }
      return claim(target, taken, alone)
    },
    succeeded(target, pass) {
      const probes = pass.admitted ? pass.probes : []
      for (const id of circuitsOf(target))
        if (breaker.succeeded(id, probes.includes(id)) && target.connection.homeId !== null)
          share?.closed(target.connection.homeId, id)
    },
    failed(target, failure, pass) {
      const [connection, model] = circuitsOf(target)
      const id = failure.circuit === 'connection' ? connection : model
      const probes = pass.admitted ? pass.probes : []
      release(
        target,
        probes.filter((probe) => failure.circuit === null || probe !== id),
      )
      if (failure.circuit === null) return
      const knownMs = failure.openForMs ?? failure.retryAfterMs
      tell(
        target,
        id,
        knownMs !== undefined && knownMs > 0
          ? breaker.open(id, knownMs, failure.reason)
          : breaker.failed(id, failure.reason),
      )
    },
    released: (target, pass) => release(target, pass.admitted ? pass.probes : []),
    openForMs: (target) => Math.max(...circuitsOf(target).map((id) => breaker.openForMs(id))),
  }
}
