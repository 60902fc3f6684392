import { Problem, type Context } from '@guildhall/kernel'
import { unitsOf, type CallKind, type PricedUsage } from '@guildhall/modules/ledger'
import type { AttemptRecord, RunHandle } from '@guildhall/modules/runs'
import { admitCall, startSettling } from './admit-call.ts'
import type { Target } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import { pricedCall } from './priced-call.ts'
import { exhausted, refused } from './problems.ts'
import type { CountedTokens } from './usage.ts'
import { rulesOf } from './walk/settings.ts'
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
  /** Work behind what the caller was allowed to ask (the vector of a question): its key need not name this model. */
  isBehind?: boolean
  /** What it may use, for limits and budgets. */
  estimate: PricedUsage
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
 * @throws Problem 503 when no target answers, 400 when one refuses the request; 402, 403, 429 of limits and budgets
 */
export async function askOnce<T>(call: OneShot<T>): Promise<OneShotResult<T>> {
  const { state, ctx } = call
  const prices = await ctx.services.ledger.prices(ctx)
  const first = call.targets[0]
  const admission = await admitCall(ctx, prices, {
    requested: call.isBehind ? null : first ? `${first.connection.slug}/${first.model}` : call.kind,
    route: null,
    targets: call.targets,
    usage: call.estimate,
    // Whether a recording is counted in tokens at all is known afterwards.
    tokens: () => (call.estimate.audioSeconds === undefined ? call.estimate.input + call.estimate.output : 0),
    projectId: call.run.projectId ?? null,
    agentId: call.run.agentId ?? null,
  })
  const settling = startSettling(admission)
  if (admission.downgradeTo !== null) {
    settling.settle()
    throw noDowngrade(call.kind, admission.downgradeTo)
  }
  const rules = rulesOf(state.settings, null)
  return call.run
    .step({ kind: 'model', name: call.name, input: call.input }, async (step) => {
      const failures: AttemptRecord[] = []
      let soonestMs: number | null = null
      const write = (attempt: AttemptRecord) => {
        settling.add(attempt.tokens, attempt.costMicros)
        step.attempt(attempt)
      }
      const walked = await walkTargets({
        targets: call.targets,
        settings: state.settings,
        rules,
        cooldowns: state.cooldowns,
        health: state.health,
        now: state.now,
        signal: ctx.signal,
        attemptMs: rules.answerMs,
        waitsFor: 'answer',
        call: (target, signal) => call.ask(target, signal),
        failed({ target, startedAt, ms, reason, message, mayCost, status, openForMs }) {
          if (openForMs !== undefined) soonestMs = Math.min(soonestMs ?? openForMs, openForMs)
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
          write(failure)
        },
      }).catch((error: unknown) => {
        throw error instanceof RequestRefused ? refused(error) : error
      })
      if (!walked) throw exhausted(call.targets, failures, soonestMs)
      const { target, value: answer, startedAt, startedMs } = walked
      const provider = target.connection.slug
      const price = answer.charged === null ? null : prices.price(pricedCall(target, startedAt), answer.charged)
      const before = failures[0]
      const fallbackReason =
        before && (before.provider !== provider || before.model !== target.model) ? (before.reason ?? null) : null
      write({
        provider,
        model: target.model,
        outcome: 'ok',
        startedAt,
        ms: performance.now() - startedMs,
        costMicros: price?.costMicros ?? null,
        priceVersion: price?.version ?? null,
        units: unitsOf(answer.charged),
        kind: call.kind,
        ...(answer.tokens ? { tokens: answer.tokens } : {}),
        ...(fallbackReason === null ? {} : { reason: fallbackReason }),
      })
      step.output(answer.output)
      return { value: answer.value, provider, model: target.model, fallbackReason }
    })
    .finally(() => settling.settle())
}

/** What is asked instead of a model that answers cannot embed, paint or listen. */
function noDowngrade(kind: CallKind, downgradeTo: string): Problem {
  return new Problem({
    status: 402,
    type: 'budget-spent',
    title: 'The budget is spent',
    detail: `The budget for this month is spent. Questions are answered by ${downgradeTo} until it is raised or the month ends; for calls of the kind ${kind} there is nothing to ask instead.`,
    headers: { 'x-should-retry': 'false' },
    extensions: { code: 'insufficient_quota', limitOf: 'guildhall' },
  })
}
