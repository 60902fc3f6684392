/** Counts refusals per address, so that keys and sessions cannot be guessed at speed. In process: each replica counts its own. */
export interface FailureLimit {
  /** Seconds to wait when this address has failed too often; 0 = go on. */
  blockedFor(address: string): number
  failed(address: string): void
}

export function createFailureLimit(options: { failures: number; windowMs: number; now?: () => number }): FailureLimit {
  const now = options.now ?? Date.now
  const windows = new Map<string, { count: number; since: number }>()
  const current = (address: string) => {
    const window = windows.get(address)
    return window && now() - window.since < options.windowMs ? window : undefined
  }
  return {
    blockedFor(address) {
      const window = current(address)
      return window && window.count >= options.failures
        ? Math.ceil((window.since + options.windowMs - now()) / 1000)
        : 0
    },
    failed(address) {
      const window = current(address)
      if (window) window.count++
      else {
        // Addresses are the sender's to choose (IPv6): the memory for them is bounded.
        if (windows.size >= 10_000) for (const key of [...windows.keys()].slice(0, 5000)) windows.delete(key)
        windows.set(address, { count: 1, since: now() })
      }
    },
  }
}
