import type { RouteRules } from '../schema.ts'

/** Clocks and limits of the gateway, in milliseconds. */
export interface GatewaySettings {
  /** To the connection (DNS, TCP, TLS); null = what the HTTP client does by itself. */
  connectMs: number | null
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
  connectMs: null,
  attempts: 3,
  backoffMs: 400,
  longestBackoffMs: 5_000,
  longestRetryAfterMs: 5_000,
  cacheDays: 30,
}

/** What holds for one call: the rules of its route over the settings of the installation. */
export interface CallRules extends Omit<RouteRules, 'firstTokenMs' | 'idleMs' | 'totalMs'> {
  firstTokenMs: number
  idleMs: number
  /** To the end of an answer that is not streamed. */
  answerMs: number
  totalMs: number
}

/** @param rules null = a model by name, or the default chain */
export function rulesOf(settings: GatewaySettings, rules: RouteRules | null): CallRules {
  const totalMs = rules?.totalMs ?? settings.totalMs
  const answerMs = rules?.firstTokenMs ? 2 * rules.firstTokenMs : settings.answerMs
  return {
    afterFirstToken: rules?.afterFirstToken ?? 'stop',
    attempts: rules?.attempts ?? settings.attempts,
    connectMs: rules?.connectMs ?? settings.connectMs,
    firstTokenMs: Math.min(rules?.firstTokenMs ?? settings.firstTokenMs, totalMs),
    idleMs: rules?.idleMs ?? settings.idleMs,
    answerMs: Math.min(answerMs, totalMs),
    totalMs,
    hedge: rules?.hedge ?? false,
    cacheSeconds: rules?.cacheSeconds ?? null,
    similarity: rules?.similarity ?? null,
    lastResort: rules?.lastResort ?? { cached: true, extractive: true },
    payloads: rules?.payloads ?? true,
  }
}
