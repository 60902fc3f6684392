import { createOpenAI } from '@ai-sdk/openai'
import { kinds } from '../kinds.ts'
import { withProviderOptions, type AdapterSettings, type ProviderAdapter } from './adapter.ts'

/** OpenAI by its Responses API. */
export function openaiAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const openai = createOpenAI({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  const { embeddingModel = '', imageModel = '', transcriptionModel = '' } = kinds.openai
  return {
    language: (model) => openai.responses(model),
    // The Responses API keeps conversations on the provider's side unless told otherwise.
    prepare: (options) => withProviderOptions(options, 'openai', { store: false }),
    embedding: { model: embeddingModel, create: (model) => openai.embeddingModel(model) },
    image: { model: imageModel, create: (model) => openai.image(model) },
    transcription: { model: transcriptionModel, create: (model) => openai.transcription(model) },
    webSearchTool: { type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} },
  }
}
