import { kinds } from '../kinds.ts'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyLanguage, lazyTranscription, once } from './lazy.ts'
import { moderationModel } from './moderation.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

export function mistralAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const mistral = once(async () => {
    const { createMistral } = await import('@ai-sdk/mistral')
    return createMistral({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  const { embeddingModel = '', transcriptionModel = '', moderationModel: judge = '' } = kinds.mistral
  const provider = 'mistral'
  return adapterWith({
    language: (model) => lazyLanguage({ provider, model, load: async () => (await mistral()).chat(model) }),
    prepare: (options) => inWordsOf(options, 'mistral', { parallelToolCalls: wishesOf(options).parallelToolCalls }),
    embedding: {
      model: embeddingModel,
      create: (model) => lazyEmbedding({ provider, model, load: async () => (await mistral()).embeddingModel(model) }),
    },
    transcription: {
      model: transcriptionModel,
      create: (model) =>
        lazyTranscription({ provider, model, load: async () => (await mistral()).transcription(model) }),
    },
    moderation: { model: judge, create: (model) => moderationModel({ apiKey, baseUrl, fetch }, model) },
  })
}
