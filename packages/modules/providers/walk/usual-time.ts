/** How long somebody usually takes, of the last calls of this process. */
export interface UsualTime {
  took(name: string, ms: number): void
  /** 95th percentile in milliseconds; null while too few calls are known to say. */
  slow(name: string): number | null
}

/** Calls that are looked back on, and how many of them there must be. */
const kept = 200
const enough = 20

export function createUsualTime(): UsualTime {
  const known = new Map<string, { times: Float64Array; count: number }>()
  return {
    took(name, ms) {
      let ring = known.get(name)
      if (!ring) {
        if (known.size >= 1_000) known.clear()
        ring = { times: new Float64Array(kept), count: 0 }
        known.set(name, ring)
      }
      ring.times[ring.count % kept] = ms
      ring.count++
    },
    slow(name) {
      const ring = known.get(name)
      if (!ring || ring.count < enough) return null
      const times = ring.times.slice(0, Math.min(kept, ring.count)).toSorted()
      // The nearest-rank definition: the smallest value that 95 % of all do not exceed.
      return times[Math.ceil(0.95 * times.length) - 1] ?? null
    },
  }
}
