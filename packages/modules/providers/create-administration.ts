import { notConfigured, type Context } from '@guildhall/kernel'
import type { ProviderAdministration } from './administration.ts'
import { openCircuits } from './circuits.ts'
import { connectionStates } from './connection-states.ts'
import { embeddingTarget, embedTexts } from './embed.ts'
import { extractiveModel, extractiveProvider } from './extractive.ts'
import type { GatewayState } from './gateway-state.ts'
import { defaultModel, defaultOrder, resolveChain, routeAliases } from './routes/resolve-chain.ts'
import { testRoute } from './routes/test-route.ts'
import { walkRoute } from './routes/walk-route.ts'
import { testConnection } from './test-connection.ts'

export function createAdministration(state: GatewayState): ProviderAdministration {
  const connectionsOf = async (ctx: Context) => (await state.providers.fresh(ctx)).connections
  return {
    allowedHosts: state.allowedHosts,
    states: async (ctx) => connectionStates(state, await connectionsOf(ctx)),
    test: async (ctx, slug) => testConnection({ state, ctx }, await connectionsOf(ctx), slug),
    async chain(ctx) {
      const { connections, chain } = await state.providers.fresh(ctx)
      return chain ?? { targets: defaultOrder(connections), source: 'default' }
    },
    slugs: async (ctx) => (await connectionsOf(ctx)).map((connection) => connection.slug),
    async routes(ctx) {
      const { routes } = await state.providers.fresh(ctx)
      return routes.filter(({ source, projectId }) => source === 'own' || projectId === null)
    },
    testRoute: (ctx, route) => testRoute(state, ctx, route),
    walkRoute: (ctx, route, question, watching) => walkRoute({ ctx, state }, route, question, watching),
    async circuits(ctx) {
      const { connections, routes } = await state.providers.fresh(ctx)
      return openCircuits(state, connections, routes)
    },
    changed(tenantId, slug) {
      state.breaker.reset(`${tenantId}:${slug}`)
      state.sharedCooldowns.forgotten(tenantId, `${tenantId}:${slug}`)
      state.health.forget(`${tenantId}:${slug}`)
    },
    async models(ctx) {
      const { connections, routes } = await state.providers.fresh(ctx)
      const states = connectionStates(state, connections)
      return [
        { id: defaultModel, ownedBy: extractiveProvider },
        { id: extractiveModel, ownedBy: extractiveProvider },
        ...routeAliases(routes, null).map((id) => ({ id, ownedBy: extractiveProvider })),
        ...states.flatMap(({ kind, models }) => models.map(({ id }) => ({ id: `${kind}/${id}`, ownedBy: kind }))),
      ]
    },
    async embed(ctx, model, texts, run) {
      const everything = { ...(await state.providers.fresh(ctx)), fetch: state.fetch }
      const preferred = embeddingTarget(everything.connections, state.fetch)
      const embeds = (id: string) =>
        id === preferred?.model || id === `${preferred?.connection.slug}/${preferred?.model}`
      const target =
        model === defaultModel || embeds(model)
          ? preferred
          : (resolveChain(
              { name: model, hasPassages: false, projectId: run.projectId ?? null, seed: run.id },
              everything,
            ).targets[0] ?? null)
      if (!target?.adapter.embedding)
        throw notConfigured(
          'No configured provider makes embeddings with this model. Add an OpenAI or Google key, or a compatible server with an embedding model, in Settings, Providers.',
          'providers',
        )
      return embedTexts({ ctx, state, run }, target, texts, { isBehind: false })
    },
  }
}
