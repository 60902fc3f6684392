import type { CallAttempt, Circuit, RecentCall } from './use-routes'

type Named = { provider: string; model: string }

/** Whether a target would be asked by the next call. */
export interface TargetState {
  state: 'ready' | 'resting' | 'trying' | 'missing'
  /** When it is asked again, ms since 1970; null unless it rests. */
  until: number | null
  reason: string | null
}

/**
 * A circuit may be of the connection as a whole or of one model: the longer one counts.
 * @param readAt when the circuits were read, ms since 1970
 * @param connected slugs of connections that have a key
 */
export function targetState(
  { provider, model }: Named,
  circuits: readonly Circuit[],
  connected: ReadonlySet<string>,
  readAt: number,
): TargetState {
  if (!connected.has(provider)) return { state: 'missing', until: null, reason: null }
  const mine = circuits
    .filter((circuit) => circuit.provider === provider && (circuit.model === null || circuit.model === model))
    .toSorted((a, b) => b.openForMs - a.openForMs)
  const longest = mine[0]
  if (!longest) return { state: 'ready', until: null, reason: null }
  if (longest.state === 'half-open') return { state: 'trying', until: null, reason: null }
  return { state: 'resting', until: readAt + longest.openForMs, reason: longest.reason }
}

/** What became of a target in one call. */
export type Fate = 'answered' | 'failed' | 'skipped' | 'left'

/** Nothing was sent. */
const passedOver = new Set(['no_key', 'circuit_open', 'lacks_capability', 'context_too_small', 'deadline'])

export function fateOf({ outcome, reason }: Pick<CallAttempt, 'outcome' | 'reason'>): Fate {
  if (outcome === 'ok') return 'answered'
  if (outcome === 'cancelled') return 'left'
  return reason !== null && passedOver.has(reason) ? 'skipped' : 'failed'
}

const weightOf: Record<Fate, number> = { answered: 3, failed: 2, left: 1, skipped: 0 }

/** What became of a target in a call, its retries together; null = it was not its turn. */
export function fateIn(call: Pick<RecentCall, 'attempts'>, { provider, model }: Named): Fate | null {
  return call.attempts
    .filter((attempt) => attempt.source === 'fresh' && attempt.provider === provider && attempt.model === model)
    .map(fateOf)
    .reduce<Fate | null>((worst, fate) => (worst === null || weightOf[fate] > weightOf[worst] ? fate : worst), null)
}

/** Who answered a call; null = nobody. */
export const answeredBy = (call: Pick<RecentCall, 'attempts'>): CallAttempt | null =>
  call.attempts.find((attempt) => attempt.outcome === 'ok') ?? null

/** Targets of one rank share the calls: their part of them, 0 to 1. */
export function shareOf<T extends { rank: number; weight: number }>(target: T, targets: readonly T[]): number {
  const beside = targets.filter(({ rank }) => rank === target.rank)
  const together = beside.reduce((sum, { weight }) => sum + weight, 0)
  return together === 0 ? 1 / beside.length : target.weight / together
}

/** The rows of a form as ranks: one that stands beside the one above has its rank. */
export function ranked<T extends { beside: boolean }>(rows: readonly T[]): (T & { rank: number })[] {
  let rank = 0
  return rows.map((row, index) => {
    if (index === 0 || !row.beside) rank += 1
    return { ...row, rank }
  })
}
