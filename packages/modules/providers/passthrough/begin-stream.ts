import type { Answered } from '../gateway.ts'
import type { ModelCall } from '../model-call.ts'
import type { Walked } from '../walk/walk-targets.ts'
import type { Passing } from './passing.ts'

/** Names who answers, and leaves a note of the answer that has begun for the case that this process does not end it. */
export function beginStream({ run }: Passing, call: ModelCall, walked: Walked<{ firstTokenMs: number }>): Answered {
  const committed = call.commit(walked)
  const { firstTokenMs } = walked.value
  run.begun?.({
    provider: committed.provider,
    model: committed.model,
    outcome: 'interrupted',
    startedAt: walked.startedAt,
    ms: firstTokenMs,
    firstTokenMs,
    tokens: { input: call.words().inputTokens(), output: 0, cached: 0, estimated: true },
    costMicros: null,
    route: committed.route ?? null,
  })
  return committed
}
