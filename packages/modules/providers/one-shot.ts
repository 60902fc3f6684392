import type { Context } from '@guildhall/kernel'
import type { CallKind, PricedUsage } from '@guildhall/modules/ledger'
import type { AttemptRecord, RunHandle } from '@guildhall/modules/runs'
import type { Target } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import { pricedCall } from './priced-call.ts'
import { exhausted, refused } from './problems.ts'
import type { CountedTokens } from './usage.ts'
import { RequestRefused, walkTargets } from './walk/walk-targets.ts'

export interface OneShot<T> {
  ctx: Context
  state: GatewayState
  run: RunHandle
  kind: CallKind
  /** Name of the step, and what is kept of its input. */
  name: string
  input: unknown
  targets: readonly Target[]
  ask(target: Target, signal: AbortSignal): Promise<OneShotAnswer<T>>
}

interface OneShotAnswer<T> {
  value: T
  tokens: CountedTokens | null
  /** What the provider charges for; null = it did not say. */
  charged: PricedUsage | null
  /** Kept as the step's output. */
  output: unknown
}

export interface OneShotResult<T> {
  value: T
  provider: string
  model: string
  fallbackReason: string | null
}

/**
 * A call whose answer comes whole (vectors, an image, a transcript, a search): a step of the run, with the gateway's
 * retries and fallback.
 * @throws Problem 503 when no target answers, 400 when one refuses the request
 */
export function askOnce<T>(call: OneShot<T>): Promise<OneShotResult<T>> {
  const { state, ctx } = call
  return call.run.step({ kind: 'model', name: call.name, input: call.input }, async (step) => {
    const failures: AttemptRecord[] = []
    const prices = await ctx.services.ledger.prices(ctx)
    const walked = await walkTargets({
      targets: call.targets,
      settings: state.settings,
      breaker: state.breaker,
      health: state.health,
      now: state.now,
      signal: ctx.signal,
      attemptMs: state.settings.answerMs,
      waitsFor: 'answer',
      call: (target, signal) => call.ask(target, signal),
      failed({ target, startedAt, ms, reason, message, mayCost, status }) {
        const failure: AttemptRecord = {
          provider: target.connection.slug,
          model: target.model,
          outcome: reason === 'cancelled' ? 'cancelled' : 'failed',
          startedAt,
          ms,
          costMicros: mayCost ? null : 0,
          kind: call.kind,
          reason,
          error: message,
          ...(status ? { status } : {}),
        }
        failures.push(failure)
        step.attempt(failure)
      },
    }).catch((error: unknown) => {
      throw error instanceof RequestRefused ? refused(error) : error
    })
    if (!walked) throw exhausted(call.targets, failures)
    const { target, value: answer, startedAt, startedMs } = walked
    const provider = target.connection.slug
    const price = answer.charged === null ? null : prices.price(pricedCall(target, startedAt), answer.charged)
    const first = failures[0]
    const fallbackReason =
      first && (first.provider !== provider || first.model !== target.model) ? (first.reason ?? null) : null
    step.attempt({
      provider,
      model: target.model,
      outcome: 'ok',
      startedAt,
      ms: performance.now() - startedMs,
      costMicros: price?.costMicros ?? null,
      priceVersion: price?.version ?? null,
      kind: call.kind,
      ...(answer.tokens ? { tokens: answer.tokens } : {}),
      ...(fallbackReason === null ? {} : { reason: fallbackReason }),
    })
    step.output(answer.output)
    return { value: answer.value, provider, model: target.model, fallbackReason }
  })
}
