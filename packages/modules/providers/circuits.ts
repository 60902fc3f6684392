import type { Circuit } from './administration.ts'
import type { Connection } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import type { StoredRoute } from './load-providers.ts'

/** Circuits of a tenant's connections and of the models that they offer or its routes name, those alone that are not closed. */
export function openCircuits(
  { breaker }: Pick<GatewayState, 'breaker'>,
  connections: readonly Connection[],
  routes: readonly StoredRoute[],
): Circuit[] {
  return connections.flatMap((connection) => {
    const routed = routes.flatMap(({ targets }) =>
      targets.flatMap(({ provider, model }) => (provider === connection.slug ? [model] : [])),
    )
    const models = [null, ...new Set([...connection.models, ...routed])]
    return models.flatMap((model): Circuit[] => {
      const id = model === null ? connection.id : `${connection.id}|${model}`
      const openForMs = Math.round(breaker.openForMs(id))
      const about = { provider: connection.slug, model }
      if (openForMs > 0) return [{ ...about, state: 'open', openForMs, reason: breaker.reasonOf(id) }]
      return breaker.isHalfOpen(id) ? [{ ...about, state: 'half-open', openForMs: 0, reason: null }] : []
    })
  })
}
