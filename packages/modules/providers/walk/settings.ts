/** Clocks and limits of the gateway, in milliseconds. */
export interface GatewaySettings {
  /** To the first token of a stream. */
  firstTokenMs: number
  /** Between two parts of a stream. */
  idleMs: number
  /** To the end of an answer that is not streamed. */
  answerMs: number
  /** For all attempts and pauses until somebody answers. */
  totalMs: number
  /** Attempts at one target. */
  attempts: number
  /** First pause of the backoff; doubled each time, drawn between 0 and this (full jitter). */
  backoffMs: number
  longestBackoffMs: number
  /** A provider that asks for a longer pause is passed over instead. */
  longestRetryAfterMs: number
  /** Days that an answer is kept as the last resort. */
  cacheDays: number
}

/** @param timeoutMs what a provider has to begin its answer; the other clocks follow from it */
export function settingsFor(timeoutMs: number): GatewaySettings {
  return { ...limits, firstTokenMs: timeoutMs, idleMs: timeoutMs, answerMs: 2 * timeoutMs, totalMs: 3 * timeoutMs }
}

const limits = {
  attempts: 3,
  backoffMs: 400,
  longestBackoffMs: 5_000,
  longestRetryAfterMs: 5_000,
  cacheDays: 30,
}
