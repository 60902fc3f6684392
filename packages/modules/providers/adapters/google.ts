import { createGoogle } from '@ai-sdk/google'
import { kinds } from '../kinds.ts'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'

/** Gemini by its own API. */
export function googleAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const google = createGoogle({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  const { embeddingModel = '', imageModel = '' } = kinds.google
  return {
    language: (model) => google.languageModel(model),
    prepare: (options) => options,
    // 1536 instead of 3072: what an index of pgvector can hold, and the model is trained for the shorter form.
    embedding: { model: embeddingModel, dimensions: 1536, create: (model) => google.embeddingModel(model) },
    image: { model: imageModel, create: (model) => google.image(model) },
    transcription: null,
    webSearchTool: { type: 'provider', id: 'google.google_search', name: 'google_search', args: {} },
  }
}
