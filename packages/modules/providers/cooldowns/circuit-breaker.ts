/** Remembers who is failing, so that a dead target costs no time. Nygard, "Release It!", 2007, chapter 5. */
export interface CircuitBreaker {
  /** Whether it may be asked now. After its cooldown one caller at a time gets a yes, as a probe. */
  admits(id: string): boolean
  succeeded(id: string): void
  /** Counts a call that failed for good; the second in a row opens the circuit. */
  failed(id: string): void
  /** Opens at once: a refused key, a limit with a known end. A longer cooldown is never shortened. */
  open(id: string, ms: number): void
  /** Milliseconds until the next probe; 0 when closed. */
  openForMs(id: string): number
  /** Forgets what is known of a connection and of its models (`<connection>|<model>`): the key was changed. */
  reset(connectionId: string): void
}

interface Circuit {
  failures: number
  openUntil: number
  cooldownMs: number
  /** A probe that was admitted and has not come back; forgotten after a while, should it never. */
  probeUntil: number
}

const threshold = 2
const firstCooldownMs = 10_000
const longestCooldownMs = 5 * 60_000
const probeMs = 30_000

export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  const circuits = new Map<string, Circuit>()
  const circuitOf = (id: string): Circuit => {
    const known = circuits.get(id)
    if (known) return known
    const fresh = { failures: 0, openUntil: 0, cooldownMs: firstCooldownMs, probeUntil: 0 }
    circuits.set(id, fresh)
    return fresh
  }
  return {
    admits(id) {
      const circuit = circuits.get(id)
      if (!circuit || circuit.openUntil === 0) return true
      if (now() < circuit.openUntil || now() < circuit.probeUntil) return false
      circuit.probeUntil = now() + probeMs
      return true
    },
    succeeded: (id) => void circuits.delete(id),
    failed(id) {
      const circuit = circuitOf(id)
      circuit.failures++
      circuit.probeUntil = 0
      if (circuit.failures < threshold) return
      circuit.openUntil = Math.max(circuit.openUntil, now() + circuit.cooldownMs)
      circuit.cooldownMs = Math.min(longestCooldownMs, circuit.cooldownMs * 2)
    },
    open(id, ms) {
      const circuit = circuitOf(id)
      circuit.failures = Math.max(circuit.failures, threshold)
      circuit.probeUntil = 0
      circuit.openUntil = Math.max(circuit.openUntil, now() + ms)
    },
    openForMs: (id) => Math.max(0, (circuits.get(id)?.openUntil ?? 0) - now()),
    reset(connectionId) {
      for (const id of circuits.keys())
        if (id === connectionId || id.startsWith(`${connectionId}|`)) circuits.delete(id)
    },
  }
}
