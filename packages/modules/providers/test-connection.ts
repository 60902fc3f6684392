import { notFound, type Context } from '@guildhall/kernel'
import type { TestResult } from './administration.ts'
import { createCircuitBreaker } from './cooldowns/circuit-breaker.ts'
import { createCooldowns } from './cooldowns/cooldowns.ts'
import type { Connection } from './connection.ts'
import { createFallbackModel } from './fallback-model.ts'
import type { GatewayState } from './gateway-state.ts'
import { chatModels, createTarget } from './routes/resolve-chain.ts'

/** One tiny real call, journaled like any other. Past open circuits, and with one attempt: the answer is wanted now. */
export async function testConnection(
  { state, ctx }: { state: GatewayState; ctx: Context },
  connections: readonly Connection[],
  slug: string,
): Promise<TestResult> {
  const connection = connections.find((candidate) => candidate.slug === slug)
  if (!connection) throw notFound('configured provider', slug)
  const model = chatModels(connection)[0]
  if (model === undefined)
    return {
      ok: false,
      latencyMs: 0,
      detail: 'It offers no model that answers. Name one in its settings.',
      model: null,
      runId: null,
    }

  let failure: string | null = null
  const alone: GatewayState = {
    ...state,
    cooldowns: createCooldowns(createCircuitBreaker(), null),
    settings: { ...state.settings, attempts: 1, answerMs: 30_000, totalMs: 30_000 },
    health: {
      ...state.health,
      failed(failing, reason, message) {
        failure = connection.source === 'own' ? `${reason}: ${message}` : reason
        state.health.failed(failing, reason, message)
      },
    },
  }
  const run = await ctx.services.runs.start(ctx, { kind: 'provider-test', title: `Test of ${connection.label}` })
  const chain = {
    requested: `${slug}/${model}`,
    route: null,
    targets: [createTarget(connection, model, state.fetch)],
    missing: [],
    extractive: false,
  }
  const language = createFallbackModel({
    ctx,
    state: alone,
    chain,
    request: { model: chain.requested, run, step: 'test' },
    useCache: false,
  })
  const started = performance.now()
  try {
    const result = await language.doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Answer with the word: ready' }] }],
      maxOutputTokens: 64,
      abortSignal: ctx.signal,
    })
    const latencyMs = Math.round(performance.now() - started)
    const said = result.content
      .map((part) => (part.type === 'text' ? part.text : ''))
      .join('')
      .trim()
    await run.end('ok')
    state.breaker.reset(connection.id)
    if (connection.homeId !== null) state.sharedCooldowns.forgotten(connection.homeId, connection.id)
    return {
      ok: true,
      latencyMs,
      detail: `${model} answered${said ? `: ${said.slice(0, 80)}` : ' without words'}`,
      model,
      runId: run.id,
    }
  } catch (error) {
    const latencyMs = Math.round(performance.now() - started)
    if (ctx.signal.aborted) {
      await run.end('cancelled')
      throw error
    }
    const detail =
      failure ?? `invalid_request${connection.source === 'own' && error instanceof Error ? `: ${error.message}` : ''}`
    await run.end('failed', { error: detail })
    return { ok: false, latencyMs, detail, model, runId: run.id }
  }
}
