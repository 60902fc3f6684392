import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyLanguage, once } from './lazy.ts'
import { inWordsOf } from './wishes.ts'

/** Models that Hugging Face routes to inference providers. */
export function huggingfaceAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const huggingface = once(async () => {
    const { createHuggingFace } = await import('@ai-sdk/huggingface')
    return createHuggingFace({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  return adapterWith({
    language: (model) =>
      lazyLanguage({ provider: 'huggingface', model, load: async () => (await huggingface()).responses(model) }),
    prepare: (options) => inWordsOf(options, 'huggingface', {}),
  })
}
