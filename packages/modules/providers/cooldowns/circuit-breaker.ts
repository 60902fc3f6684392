/** A circuit that is open, as one process tells it to others. */
export interface Opening {
  openForMs: number
  /** How long it will be open when it fails again. */
  cooldownMs: number
  failures: number
  /** Why, as in an attempt: `rate_limited`, `server_error`, ... */
  reason: string
}

/**
 * Remembers who is failing, so that a dead target costs no time. Memory of one process; `shareCooldowns` tells the
 * others. Nygard, "Release It!", 2007, chapter 5.
 */
export interface CircuitBreaker {
  /** Milliseconds until it may be tried again; 0 = now. */
  openForMs(id: string): number
  /** Its cooldown is over, and nobody has been answered since. */
  isHalfOpen(id: string): boolean
  /** Why it is open; null when it is closed. */
  reasonOf(id: string): string | null
  /**
   * Takes the one probe of a circuit that is half-open, or (`early`) of one that is open and has nobody to stand in for
   * it. Not early where the provider itself has said how long.
   */
  takeProbe(id: string, early: boolean): boolean
  /** Gives the probe back: nothing was learned, or another process is trying already and will be for `waitMs`. */
  releaseProbe(id: string, waitMs?: number): void
  /**
   * Somebody was answered. Closes it if it was half-open or this was its probe; one that was opened meanwhile stays.
   * @returns whether it had been open
   */
  succeeded(id: string, probed: boolean): boolean
  /** Counts a call that failed for good; the second in a row opens it. */
  failed(id: string, reason: string): Opening | null
  /** Opens at once: a refused key, a limit with a known end. A longer cooldown is never shortened. */
  open(id: string, ms: number, reason: string): Opening
  /** Another process has opened it. */
  learn(id: string, opening: Opening): void
  /** Another process was answered. */
  close(id: string): void
  /** Forgets what is known of a connection and of its models (`<connection>|<model>`): the key was changed. */
  reset(connectionId: string): void
}

interface Circuit {
  failures: number
  openUntil: number
  cooldownMs: number
  reason: string
  /** A probe that was admitted and has not come back; forgotten after a while, should it never. */
  probeUntil: number
  /** When the next early probe may be taken. */
  earlyFrom: number
}

const threshold = 2
const firstCooldownMs = 10_000
const longestCooldownMs = 5 * 60_000
/** How long a probe may take before another is let through. */
export const probeMs = 30_000
/** Between two probes of a circuit that is open and stands alone. */
const earlyProbeMs = 1_000
/** Reports of an opening that was written before a success are older than the success. */
const closedForMs = 2_000

/** The provider has said, or it is known, how long nothing will be answered: trying earlier makes it worse. */
const saidHowLong = new Set(['rate_limited', 'quota_exceeded', 'key_rejected', 'address_refused'])

export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  const circuits = new Map<string, Circuit>()
  const closed = new Map<string, number>()
  const circuitOf = (id: string): Circuit => {
    const known = circuits.get(id)
    if (known) return known
    const fresh = { failures: 0, openUntil: 0, cooldownMs: firstCooldownMs, reason: '', probeUntil: 0, earlyFrom: 0 }
    circuits.set(id, fresh)
    return fresh
  }
  const openForMs = (id: string) => Math.max(0, (circuits.get(id)?.openUntil ?? 0) - now())
  const close = (id: string) => {
    if (!circuits.delete(id)) return
    if (closed.size > 1000) closed.clear()
    closed.set(id, now())
  }
  const opening = ({ openUntil, cooldownMs, failures, reason }: Circuit): Opening => ({
    openForMs: openUntil - now(),
    cooldownMs,
    failures,
    reason,
  })
  return {
    openForMs,
    isHalfOpen(id) {
      const circuit = circuits.get(id)
      return circuit !== undefined && circuit.openUntil > 0 && circuit.openUntil <= now()
    },
    reasonOf: (id) => (openForMs(id) > 0 ? (circuits.get(id)?.reason ?? null) : null),
    takeProbe(id, early) {
      const circuit = circuits.get(id)
      if (!circuit) return true
      if (now() < circuit.probeUntil) return false
      if (now() < circuit.openUntil && (!early || saidHowLong.has(circuit.reason) || now() < circuit.earlyFrom))
        return false
      circuit.probeUntil = now() + probeMs
      circuit.earlyFrom = now() + earlyProbeMs
      return true
    },
    releaseProbe(id, waitMs = 0) {
      const circuit = circuits.get(id)
      if (circuit) circuit.probeUntil = waitMs > 0 ? now() + waitMs : 0
    },
    succeeded(id, probed) {
      const circuit = circuits.get(id)
      if (!circuit) return false
      if (!probed && now() < circuit.openUntil) return false
      const wasOpen = circuit.openUntil > 0
      close(id)
      return wasOpen
    },
    failed(id, reason) {
      const circuit = circuitOf(id)
      circuit.failures++
      circuit.probeUntil = 0
      if (circuit.failures < threshold) return null
      circuit.openUntil = Math.max(circuit.openUntil, now() + circuit.cooldownMs)
      circuit.cooldownMs = Math.min(longestCooldownMs, circuit.cooldownMs * 2)
      circuit.reason = reason
      return opening(circuit)
    },
    open(id, ms, reason) {
      const circuit = circuitOf(id)
      circuit.failures = Math.max(circuit.failures, threshold)
      circuit.probeUntil = 0
      if (now() + ms >= circuit.openUntil) circuit.reason = reason
      circuit.openUntil = Math.max(circuit.openUntil, now() + ms)
      return opening(circuit)
    },
    learn(id, told) {
      const closedAt = closed.get(id)
      if (told.openForMs <= 0 || (closedAt !== undefined && now() - closedAt < closedForMs)) return
      const circuit = circuitOf(id)
      circuit.failures = Math.max(circuit.failures, told.failures)
      circuit.cooldownMs = Math.max(circuit.cooldownMs, told.cooldownMs)
      if (now() + told.openForMs <= circuit.openUntil) return
      circuit.openUntil = now() + told.openForMs
      circuit.reason = told.reason
    },
    close,
    reset(connectionId) {
      for (const id of circuits.keys()) if (id === connectionId || id.startsWith(`${connectionId}|`)) close(id)
    },
  }
}
