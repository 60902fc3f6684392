import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyImage, lazyLanguage, once } from './lazy.ts'
import { firstFor } from './model-purpose.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

/** Ollama, vLLM, LM Studio and whoever else speaks OpenAI's chat completions. */
export function openaiCompatibleAdapter({ apiKey, baseUrl, name, models, fetch }: AdapterSettings): ProviderAdapter {
  const server = once(async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return createOpenAICompatible({
      name,
      baseURL: baseUrl,
      fetch,
      ...(apiKey === null ? {} : { apiKey }),
      // Without these two, streams carry no usage and a JSON schema is left out of the request.
      includeUsage: true,
      supportsStructuredOutputs: true,
    })
  })
  const embedding = firstFor('embedding', models)
  const image = firstFor('image', models)
  return adapterWith({
    language: (model) => lazyLanguage({ provider: name, model, load: async () => (await server()).chatModel(model) }),
    prepare(options) {
      // Members that the package does not know go into the body as they are.
      return inWordsOf(options, name, { parallel_tool_calls: wishesOf(options).parallelToolCalls })
    },
    ...(embedding === undefined
      ? {}
      : {
          embedding: {
            model: embedding,
            create: (model) =>
              lazyEmbedding({ provider: name, model, load: async () => (await server()).embeddingModel(model) }),
          },
        }),
    ...(image === undefined
      ? {}
      : {
          image: {
            model: image,
            create: (model) =>
              lazyImage({ provider: name, model, load: async () => (await server()).imageModel(model) }),
          },
        }),
  })
}
