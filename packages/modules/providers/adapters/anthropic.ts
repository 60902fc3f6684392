import { createAnthropic } from '@ai-sdk/anthropic'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'

/** Claude by the Messages API. */
export function anthropicAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const anthropic = createAnthropic({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  return {
    language: (model) => anthropic.languageModel(model),
    prepare: (options) => options,
    embedding: null,
    image: null,
    transcription: null,
    webSearchTool: { type: 'provider', id: 'anthropic.web_search_20250305', name: 'web_search', args: { maxUses: 3 } },
  }
}
