import type {
  EmbeddingModelV4,
  ImageModelV4,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4ProviderTool,
  TranscriptionModelV4,
} from '@ai-sdk/provider'

/** What an adapter needs to reach a provider. */
export interface AdapterSettings {
  /** Null where the server asks for none. */
  apiKey: string | null
  baseUrl: string
  /** Name of the connection in the adapter's own messages. */
  name: string
  /** Models that the connection offers. */
  models: readonly string[]
  fetch: typeof globalThis.fetch
}

/** The models of one provider. What is null, it cannot do. */
export interface ProviderAdapter {
  language(model: string): LanguageModelV4
  /** What this provider needs in each call beyond what was asked. */
  prepare(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions
  /** `dimensions` is what is asked for, where the provider lets one choose. */
  embedding: { model: string; dimensions?: number; create(model: string): EmbeddingModelV4 } | null
  image: { model: string; create(model: string): ImageModelV4 } | null
  transcription: { model: string; create(model: string): TranscriptionModelV4 } | null
  /** The provider's own search tool, executed by itself. */
  webSearchTool: LanguageModelV4ProviderTool | null
}

/** Adds to the options of one provider what the caller has not set. */
export function withProviderOptions(
  options: LanguageModelV4CallOptions,
  provider: string,
  defaults: Record<string, boolean | string>,
): LanguageModelV4CallOptions {
  const given = options.providerOptions ?? {}
  return { ...options, providerOptions: { ...given, [provider]: { ...defaults, ...given[provider] } } }
}
