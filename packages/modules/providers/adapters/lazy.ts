import type {
  EmbeddingModelV4,
  ImageModelV4,
  LanguageModelV4,
  SpeechModelV4,
  TranscriptionModelV4,
} from '@ai-sdk/provider'

/**
 * Models whose package is loaded when they are first asked: a provider that nobody uses costs neither start-up time
 * nor memory. `provider` is the name in the package's own messages.
 */
export interface Lazy<Model> {
  provider: string
  model: string
  load: () => Promise<Model>
}

/** Runs `create` once, when it is first needed; again after it failed. */
export function once<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined
  return () => {
    created ??= create().catch((error: unknown) => {
      created = undefined
      throw error
    })
    return created
  }
}

export function lazyLanguage({ provider, model, load }: Lazy<LanguageModelV4>): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider,
    modelId: model,
    // Files arrive as bytes (inlineFiles), so which addresses a provider would fetch is of no interest.
    supportedUrls: {},
    doGenerate: async (options) => (await load()).doGenerate(options),
    doStream: async (options) => (await load()).doStream(options),
  }
}

export function lazyEmbedding({ provider, model, load }: Lazy<EmbeddingModelV4>): EmbeddingModelV4 {
  const loaded = once(load)
  return {
    specificationVersion: 'v4',
    provider,
    modelId: model,
    // Read only before a call that loads the package anyway.
    get maxEmbeddingsPerCall() {
      return loaded().then((embedding) => embedding.maxEmbeddingsPerCall)
    },
    get supportsParallelCalls() {
      return loaded().then((embedding) => embedding.supportsParallelCalls)
    },
    doEmbed: async (options) => (await loaded()).doEmbed(options),
  }
}

export function lazyImage({ provider, model, load }: Lazy<ImageModelV4>): ImageModelV4 {
  return {
    specificationVersion: 'v4',
    provider,
    modelId: model,
    maxImagesPerCall: async (options) => {
      const { maxImagesPerCall } = await load()
      return typeof maxImagesPerCall === 'function' ? maxImagesPerCall(options) : maxImagesPerCall
    },
    doGenerate: async (options) => (await load()).doGenerate(options),
  }
}

export function lazyTranscription({ provider, model, load }: Lazy<TranscriptionModelV4>): TranscriptionModelV4 {
  return {
    specificationVersion: 'v4',
    provider,
    modelId: model,
    doGenerate: async (options) => (await load()).doGenerate(options),
  }
}

export function lazySpeech({ provider, model, load }: Lazy<SpeechModelV4>): SpeechModelV4 {
  return {
    specificationVersion: 'v4',
    provider,
    modelId: model,
    doGenerate: async (options) => (await load()).doGenerate(options),
  }
}
