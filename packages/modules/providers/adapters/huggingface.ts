import { createHuggingFace } from '@ai-sdk/huggingface'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'

/** Models that Hugging Face routes to inference providers. */
export function huggingfaceAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const huggingface = createHuggingFace({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  return {
    language: (model) => huggingface.responses(model),
    prepare: (options) => options,
    embedding: null,
    image: null,
    transcription: null,
    webSearchTool: null,
  }
}
