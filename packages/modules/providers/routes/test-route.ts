import type { Context } from '@guildhall/kernel'
import type { RouteTestResult } from '../administration.ts'
import { askAlone } from '../ask-alone.ts'
import type { GatewayState } from '../gateway-state.ts'
import type { StoredRoute } from '../load-providers.ts'
import { orderTargets } from './order-targets.ts'
import { createTarget } from './resolve-chain.ts'

/** Asks every target of a route at once. */
export async function testRoute(state: GatewayState, ctx: Context, route: StoredRoute): Promise<RouteTestResult> {
  const { connections } = await state.providers.fresh(ctx)
  const targets = route.targets.map((wanted) => {
    const connection = connections.find(({ slug }) => slug === wanted.provider)
    return { wanted, target: connection ? createTarget(connection, wanted.model, state.fetch) : null }
  })
  const cooling = new Map(targets.map(({ target }) => [target, target ? state.cooldowns.openForMs(target) : 0]))
  const mayAsk = targets.some(({ target }) => target !== null)
  const run = mayAsk
    ? await ctx.services.runs.start(ctx, { kind: 'provider-test', title: `Test of the route ${route.alias}` })
    : null
  try {
    const asked = await Promise.all(
      targets.map(async ({ wanted, target }): Promise<RouteTestResult['targets'][number]> => {
        if (!target || !run)
          return { ...wanted, ok: false, ms: 0, costMicros: 0, detail: 'no key is configured', coolingMs: 0 }
        const step = `test ${wanted.provider}/${wanted.model}`
        const { ok, latencyMs, detail, costMicros } = await askAlone({ ctx, state, run, step }, target)
        return { ...wanted, ok, ms: latencyMs, costMicros, detail, coolingMs: Math.round(cooling.get(target) ?? 0) }
      }),
    )
    await run?.end('ok')
    const order = orderTargets(route.targets, `${run?.id ?? ''}\n${route.alias}`)
    const next = order.find(({ provider, model }) =>
      asked.some((each) => each.ok && each.provider === provider && each.model === model),
    )
    const wouldAnswer = next ? { provider: next.provider, model: next.model } : null
    return { runId: run?.id ?? null, wouldAnswer, targets: asked }
  } catch (error) {
    await run?.end(ctx.signal.aborted ? 'cancelled' : 'failed')
    throw error
  }
}
