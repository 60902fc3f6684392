import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Target } from './connection.ts'
import { createCircuitBreaker } from './cooldowns/circuit-breaker.ts'
import { circuitsOf, createCooldowns } from './cooldowns/cooldowns.ts'
import { createFallbackModel } from './fallback-model.ts'
import type { GatewayState } from './gateway-state.ts'

export interface AskedAlone {
  ok: boolean
  /** Milliseconds. */
  latencyMs: number
  /** What was answered, or why it was not; of an inherited key the reason alone, whose words may speak of its owner. */
  detail: string
  /** USD micro-units; null = price unknown. */
  costMicros: number | null
}

/**
 * One tiny real call of one target, journaled like any other: past its cooldown, which ends when it answers, and with one
 * attempt, since the answer is wanted now.
 * @throws the reason of the caller's signal
 */
export async function askAlone(
  { ctx, state, run, step }: { ctx: Context; state: GatewayState; run: RunHandle; step: string },
  target: Target,
): Promise<AskedAlone> {
  const { connection, model } = target
  const own = connection.source === 'own'
  let failure: string | null = null
  const alone: GatewayState = {
    ...state,
    cooldowns: createCooldowns(createCircuitBreaker(), null),
    settings: { ...state.settings, attempts: 1, answerMs: 30_000, totalMs: 30_000 },
    health: {
      ...state.health,
      failed(failing, reason, message) {
        failure = own ? `${reason}: ${message}` : reason
        state.health.failed(failing, reason, message)
      },
    },
  }
  const requested = `${connection.slug}/${model}`
  const language = createFallbackModel({
    ctx,
    state: alone,
    chain: { requested, route: null, targets: [target], missing: [], extractive: false },
    request: { model: requested, run, step },
    useCache: false,
  })
  const started = performance.now()
  try {
    const result = await language.doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Answer with the word: ready' }] }],
      maxOutputTokens: 64,
      abortSignal: ctx.signal,
    })
    const said = result.content
      .map((part) => (part.type === 'text' ? part.text : ''))
      .join('')
      .trim()
    state.cooldowns.succeeded(target, { admitted: true, probes: circuitsOf(target) })
    return {
      ok: true,
      latencyMs: Math.round(performance.now() - started),
      detail: `${model} answered${said ? `: ${said.slice(0, 80)}` : ' without words'}`,
      costMicros: language.answered()?.costMicros ?? null,
    }
  } catch (error) {
    if (ctx.signal.aborted) throw error
    const latencyMs = Math.round(performance.now() - started)
    const refusal = `invalid_request${own && error instanceof Error ? `: ${error.message}` : ''}`
    return { ok: false, latencyMs, detail: failure ?? refusal, costMicros: 0 }
  }
}
