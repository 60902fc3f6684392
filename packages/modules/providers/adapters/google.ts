import { kinds } from '../kinds.ts'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyImage, lazyLanguage, once } from './lazy.ts'
import { inWordsOf } from './wishes.ts'

/** Gemini by its own API. */
export function googleAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const google = once(async () => {
    const { createGoogle } = await import('@ai-sdk/google')
    return createGoogle({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  const { embeddingModel = '', imageModel = '' } = kinds.google
  const provider = 'google'
  return adapterWith({
    language: (model) => lazyLanguage({ provider, model, load: async () => (await google()).languageModel(model) }),
    prepare: (options) => inWordsOf(options, 'google', {}),
    // 1536 instead of 3072: what an index of pgvector can hold, and the model is trained for the shorter form.
    embedding: {
      model: embeddingModel,
      dimensions: 1536,
      create: (model) => lazyEmbedding({ provider, model, load: async () => (await google()).embeddingModel(model) }),
    },
    image: {
      model: imageModel,
      create: (model) => lazyImage({ provider, model, load: async () => (await google()).image(model) }),
    },
    webSearchTool: { type: 'provider', id: 'google.google_search', name: 'google_search', args: {} },
  })
}
