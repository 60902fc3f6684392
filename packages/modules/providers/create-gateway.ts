import type { Context, Runtime } from '@guildhall/kernel'
import { embeddingTarget, embedTexts } from './embed.ts'
import { createFallbackModel } from './fallback-model.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ProviderGateway } from './gateway.ts'
import { generateImage } from './generate-image.ts'
import { loadProviders } from './load-providers.ts'
import { chatModels, defaultModel, isKnownModel, resolveChain, type Known } from './routes/resolve-chain.ts'
import { searchWeb } from './search-web.ts'
import { transcribeAudio } from './transcribe.ts'

/** The gateway of one process. */
export function createGateway(runtime: Runtime, state: GatewayState): ProviderGateway {
  const connectionsOf = async (ctx: Context) => (await loadProviders(runtime, ctx)).connections
  const known = async (ctx: Context): Promise<Known> => ({ ...(await loadProviders(runtime, ctx)), fetch: state.fetch })
  return {
    async languageModel(ctx, request) {
      const chain = resolveChain(request.model, await known(ctx), request.passages !== undefined)
      return createFallbackModel({ ctx, state, chain, request })
    },
    async hasGenerativeModel(ctx) {
      return (await connectionsOf(ctx)).some((connection) => chatModels(connection).length > 0)
    },
    async knowsModel(ctx, model) {
      return isKnownModel(model, await known(ctx))
    },
    async embed(ctx, texts, run) {
      const target = embeddingTarget(await connectionsOf(ctx), state.fetch)
      if (!target) return null
      const { vectors, provider, model } = await embedTexts({ ctx, state, run }, target, texts)
      return { vectors, model: `${provider}/${model}` }
    },
    transcribe: async (ctx, audio, run) => transcribeAudio({ ctx, state, run }, await connectionsOf(ctx), audio),
    generateImage: async (ctx, request, run) => generateImage({ ctx, state, run }, await connectionsOf(ctx), request),
    async searchWeb(ctx, query, run) {
      const { targets } = resolveChain(defaultModel, await known(ctx), false)
      return searchWeb({ ctx, state, run }, targets, query)
    },
  }
}
