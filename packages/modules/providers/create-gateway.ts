import type { Context } from '@guildhall/kernel'
import { embeddingTarget, embedTexts } from './embed.ts'
import { createFallbackModel } from './fallback-model.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ProviderGateway } from './gateway.ts'
import { generateImage } from './generate-image.ts'
import { chatModels, defaultModel, isKnownModel, resolveChain, type Known } from './routes/resolve-chain.ts'
import { embedQuestion } from './look-up-call.ts'
import { searchWeb } from './search-web.ts'
import { transcribeAudio } from './transcribe.ts'

/** The gateway of one process. */
export function createGateway(state: GatewayState): ProviderGateway {
  const connectionsOf = async (ctx: Context) => (await state.providers.of(ctx)).connections
  const known = async (ctx: Context): Promise<Known> => ({ ...(await state.providers.of(ctx)), fetch: state.fetch })
  return {
    async languageModel(ctx, request) {
      const here = await known(ctx)
      const projectId = request.projectId ?? request.run.projectId ?? null
      const about = { hasPassages: request.passages !== undefined, projectId, seed: request.run.id }
      const resolve = (name: string) => resolveChain({ name, ...about }, here)
      const embed = embedQuestion({ ctx, state, run: request.run }, here.connections)
      return createFallbackModel({ ctx, state, chain: resolve(request.model), request, resolve, embed })
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
      const { targets } = resolveChain(
        { name: defaultModel, hasPassages: false, projectId: run.projectId ?? null, seed: run.id },
        await known(ctx),
      )
      return searchWeb({ ctx, state, run }, targets, query)
    },
  }
}
