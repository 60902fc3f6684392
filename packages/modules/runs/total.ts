import type { AttemptRecord } from './journal.ts'

export interface AttemptSums {
  tokensIn: number
  tokensOut: number
  tokensCached: number
  /** USD micro-units of the attempts whose price is known. */
  costMicros: number
  /** False when some attempt's price is unknown. */
  costComplete: boolean
  attempts: number
  /** Who answered last. */
  provider: string | null
  model: string | null
  /** Why the one who answered was not the preferred one. */
  fallbackReason: string | null
}

/** Adds up the attempts of a run, failed ones included: what a provider has charged is spent, whatever came of it. */
export function addUp(attempts: readonly AttemptRecord[]): AttemptSums {
  const answered = attempts.findLast((attempt) => attempt.outcome === 'ok')
  const sum = (value: (attempt: AttemptRecord) => number | null | undefined) =>
    attempts.reduce((total, attempt) => total + (value(attempt) ?? 0), 0)
  return {
    tokensIn: sum((attempt) => attempt.tokens?.input),
    tokensOut: sum((attempt) => attempt.tokens?.output),
    tokensCached: sum((attempt) => attempt.tokens?.cached),
    costMicros: sum((attempt) => attempt.costMicros),
    costComplete: attempts.every((attempt) => attempt.costMicros !== null),
    attempts: attempts.length,
    provider: answered?.provider ?? null,
    model: answered?.model ?? null,
    fallbackReason: answered?.reason ?? null,
  }
}
