import type { Context, Runtime } from '@guildhall/kernel'
import type { Connection } from './connection.ts'
import { createFallbackModel } from './fallback-model.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ProviderGateway } from './gateway.ts'
import { loadChain, loadConnections } from './load-connections.ts'
import { chatModels, resolveChain } from './resolve-chain.ts'

/** The gateway of one process. */
export function createGateway(runtime: Runtime, state: GatewayState): ProviderGateway {
  const connectionsOf = (ctx: Context): Promise<Connection[]> => loadConnections(runtime, ctx)
  return {
    async languageModel(ctx, request) {
      const [connections, chain] = await Promise.all([connectionsOf(ctx), loadChain(runtime, ctx)])
      const resolved = resolveChain(
        request.model,
        { connections, chain, fetch: state.fetch },
        request.passages !== undefined,
      )
      return createFallbackModel({ ctx, state, chain: resolved, request })
    },
    async hasGenerativeModel(ctx) {
      return (await connectionsOf(ctx)).some((connection) => chatModels(connection).length > 0)
    },
    embed: () => Promise.resolve(null),
    transcribe: () => Promise.reject(new Error('transcription is not built yet')),
    generateImage: () => Promise.reject(new Error('images are not built yet')),
    searchWeb: () => Promise.resolve(null),
  }
}
