import { notFound, type Context } from '@guildhall/kernel'
import type { TestResult } from './administration.ts'
import { askAlone } from './ask-alone.ts'
import type { Connection } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import { chatModels, createTarget } from './routes/resolve-chain.ts'

/** One tiny real call of a connection's preferred model. */
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
  const run = await ctx.services.runs.start(ctx, { kind: 'provider-test', title: `Test of ${connection.label}` })
  try {
    const target = createTarget(connection, model, state.fetch)
    const { ok, latencyMs, detail } = await askAlone({ ctx, state, run, step: 'test' }, target)
    await (ok ? run.end('ok') : run.end('failed', { error: detail }))
    if (ok) {
      state.breaker.reset(connection.id)
      if (connection.homeId !== null) state.sharedCooldowns.forgotten(connection.homeId, connection.id)
    }
    return { ok, latencyMs, detail, model, runId: run.id }
  } catch (error) {
    await run.end(ctx.signal.aborted ? 'cancelled' : 'failed')
    throw error
  }
}
