import { reasonText } from '@/format/run'
import { fateOf, type Fate } from './target-state'
import type { WalkedAttempt, WalkEvent } from './walk-stream'

/** A target on the way of a call. */
export interface FlowStage {
  provider: string
  model: string
  /** Of the connection, for people. */
  name: string
  state: Fate | 'waiting' | 'asking'
  /** Why it failed or was passed over. */
  why: string | null
  /** Attempts that were sent. */
  attempts: number
  ms: number | null
  tokens: number | null
  costMicros: number | null
}

const blank = { state: 'waiting' as const, why: null, attempts: 0, ms: null, tokens: null, costMicros: null }

/** What the events of a walk have come to so far, in the order in which its targets are asked. */
export function flowStages(events: readonly WalkEvent[], nameOf: (provider: string) => string): FlowStage[] {
  const stages = new Map<string, FlowStage>()
  const at = (target: { provider: string; model: string }): FlowStage => {
    const key = `${target.provider}/${target.model}`
    const known = stages.get(key)
    if (known) return known
    const { provider, model } = target
    const made: FlowStage = { provider, model, name: nameOf(provider), ...blank }
    stages.set(key, made)
    return made
  }
  for (const event of events) {
    if (event.type === 'start') for (const target of [...event.missing, ...event.targets]) at(target)
    else if (event.type === 'asking') at(event.target).state = 'asking'
    else if (event.type === 'attempt') note(at(event.attempt), event.attempt)
  }
  return [...stages.values()]
}

function note(stage: FlowStage, attempt: WalkedAttempt): void {
  const fate = fateOf(attempt)
  if (fate !== 'skipped') {
    stage.attempts += 1
    stage.ms = (stage.ms ?? 0) + attempt.ms
  }
  stage.state = fate
  stage.costMicros = attempt.costMicros
  stage.tokens = attempt.tokensIn === null ? null : attempt.tokensIn + (attempt.tokensOut ?? 0)
  stage.why = fate === 'answered' ? null : whyOf(attempt)
}

/** `the provider was overloaded (HTTP 503)` */
export function whyOf({ reason, status }: Pick<WalkedAttempt, 'reason' | 'status'>): string | null {
  if (reason === null) return status === null ? null : `HTTP ${String(status)}`
  return status === null ? reasonText(reason) : `${reasonText(reason)} (HTTP ${String(status)})`
}
