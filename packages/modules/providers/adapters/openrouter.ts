import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyLanguage, once } from './lazy.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

/** Many providers' models behind one key. */
export function openrouterAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const openrouter = once(async () => {
    const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
    // `strict`: in the other mode streams carry no usage.
    return createOpenRouter({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch, compatibility: 'strict' })
  })
  return adapterWith({
    language: (model) =>
      lazyLanguage({ provider: 'openrouter', model, load: async () => (await openrouter()).chat(model) }),
    prepare: (options) => inWordsOf(options, 'openrouter', wordsOf(options)),
  })
}

/** Members that the package does not know go into the body as they are. */
function wordsOf(options: LanguageModelV4CallOptions) {
  const { parallelToolCalls, thinkingTokens } = wishesOf(options)
  return {
    parallel_tool_calls: parallelToolCalls,
    reasoning: thinkingTokens === undefined ? undefined : { max_tokens: thinkingTokens },
  }
}
