import type { AdapterSettings, ProviderAdapter } from './adapter.ts'
import { adapterWith } from './adapter.ts'
import { lazyLanguage, once } from './lazy.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

/** Claude by the Messages API. */
export function anthropicAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const anthropic = once(async () => {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  return adapterWith({
    language: (model) =>
      lazyLanguage({ provider: 'anthropic', model, load: async () => (await anthropic()).languageModel(model) }),
    prepare(options) {
      const { parallelToolCalls, thinkingTokens, thinking } = wishesOf(options)
      return inWordsOf(options, 'anthropic', {
        disableParallelToolUse: parallelToolCalls === undefined ? undefined : !parallelToolCalls,
        thinking:
          thinkingTokens === undefined
            ? thinking && { type: thinking }
            : { type: 'enabled', budgetTokens: thinkingTokens },
      })
    },
    webSearchTool: { type: 'provider', id: 'anthropic.web_search_20250305', name: 'web_search', args: { maxUses: 3 } },
  })
}
