import { kinds } from '../kinds.ts'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyLanguage, once } from './lazy.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

/** Models on Amazon Bedrock by the Converse API, signed with an access key or sent with a Bedrock API key. */
export function bedrockAdapter({ apiKey, baseUrl, settings, fetch }: AdapterSettings): ProviderAdapter {
  const bedrock = once(async () => {
    const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock')
    const region = settings?.region ?? ''
    return createAmazonBedrock({
      baseURL: baseUrl,
      region,
      fetch,
      // An empty key instead of none: without one the package would take that of the process's environment.
      ...(settings?.accessKeyId
        ? { apiKey: '', accessKeyId: settings.accessKeyId, secretAccessKey: apiKey ?? '' }
        : { apiKey: apiKey ?? '', accessKeyId: '', secretAccessKey: '' }),
    })
  })
  const provider = 'bedrock'
  return adapterWith({
    language: (model) => lazyLanguage({ provider, model, load: async () => (await bedrock()).languageModel(model) }),
    prepare(options) {
      const { thinkingTokens, thinking } = wishesOf(options)
      return inWordsOf(options, 'bedrock', {
        reasoningConfig:
          thinkingTokens === undefined
            ? thinking && { type: thinking }
            : { type: 'enabled', budgetTokens: thinkingTokens },
      })
    },
    embedding: {
      model: kinds.bedrock.embeddingModel ?? '',
      create: (model) => lazyEmbedding({ provider, model, load: async () => (await bedrock()).embeddingModel(model) }),
    },
  })
}
