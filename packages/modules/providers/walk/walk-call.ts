import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Target } from '../connection.ts'
import type { GatewayState } from '../gateway-state.ts'
import type { ModelCall } from '../model-call.ts'
import { suitsRequest } from './suits.ts'
import { walkTargets, type Walked } from './walk-targets.ts'

export interface CallWalk<T> {
  state: GatewayState
  call: ModelCall
  asked: LanguageModelV4CallOptions
  /** The answer is given away as it comes: its first token is waited for, else the whole. */
  stream: boolean
  signal: AbortSignal | undefined
  /** Default: all of the call's chain. */
  targets?: readonly Target[]
  /** As in `walkTargets`. */
  alone?: boolean
  /** A target that takes the request as it came, so that nothing of it is lost in a translation. */
  takesBytes?: (target: Target) => boolean
  /** Asks one target. Resolves when the answer is certain enough to commit to this target. */
  ask: (target: Target, signal: AbortSignal) => Promise<T>
}

/** Walks the targets of one call by the rules of its route, and tells the call of each attempt. */
export async function walkCall<T>(walk: CallWalk<T>): Promise<Walked<T> | null> {
  const { state, call, asked, stream, signal, alone, ask } = walk
  const { rules } = call
  const clock = stream
    ? { attemptMs: rules.firstTokenMs, waitsFor: 'first token' }
    : { attemptMs: rules.answerMs, waitsFor: 'answer' }
  const usualName = `${call.chain.route?.id ?? ''} ${clock.waitsFor}`
  const walked = await walkTargets<T>({
    ...clock,
    targets: walk.targets ?? call.chain.targets,
    ...(alone === undefined ? {} : { alone }),
    signal,
    settings: state.settings,
    rules,
    cooldowns: state.cooldowns,
    health: state.health,
    now: state.now,
    hedgeAfterMs: rules.hedge ? state.usual.slow(usualName) : null,
    suits: suitsRequest(asked, call.words(), walk.takesBytes),
    async call(target, abortSignal) {
      const startedMs = performance.now()
      try {
        return await ask(target, abortSignal)
      } finally {
        call.waited(performance.now() - startedMs)
      }
    },
    waited: (ms) => call.waited(ms),
    failed: (attempt) => call.failed(attempt),
  })
  if (walked && rules.hedge) state.usual.took(usualName, performance.now() - walked.startedMs)
  return walked
}
