/**
 * Generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling): one number, the theoretical arrival time
 * (TAT), says how full the bucket is. So many units at once, then one per interval; in any minute at most
 * `perMinute` and the burst.
 */
export interface Rate {
  perMinute: number
  /** Units at once, at most. */
  burst: number
}

/** Whose rate it is, among those of a tenant. */
export function rateSubject(keyId: string, kind: 'requests' | 'tokens'): string {
  return `key:${keyId}:${kind}`
}

export const minuteMs = 60_000

/** Milliseconds that fetched units may wait in memory before they are spent. */
export const lagMs = 1_000

/** Requests come in bunches: a quarter of a minute's at once, ten at least. */
export function requestRate(perMinute: number): Rate {
  return { perMinute, burst: Math.min(perMinute, Math.max(10, Math.ceil(perMinute / 4))) }
}

/** One call may ask for all tokens of a minute. */
export function tokenRate(perMinute: number): Rate {
  return { perMinute, burst: perMinute + lagUnits(perMinute) }
}

/**
 * What may have been let in a moment ago and is spent only now. It is taken off the burst that the database gives, so
 * that what is spent keeps within the burst.
 */
export function lagUnits(perMinute: number): number {
  return largestBatch(perMinute) === 1 ? 0 : Math.ceil((perMinute * lagMs) / minuteMs)
}

/** Units that a process fetches ahead, at most: a second's worth; one by one where that is little. */
export function largestBatch(perMinute: number): number {
  return Math.max(1, Math.floor((perMinute * lagMs) / minuteMs))
}

/** Units that would fit, and milliseconds until the bucket is empty again. */
export function stateOf(rate: Rate, arrivalMs: number, nowMs: number): { room: number; resetMs: number } {
  const ahead = Math.max(0, arrivalMs - nowMs)
  const room = Math.max(0, Math.floor(rate.burst - (ahead * rate.perMinute) / minuteMs + 1e-6))
  return { room, resetMs: ahead }
}
