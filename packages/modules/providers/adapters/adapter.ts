import type {
  EmbeddingModelV4,
  ImageModelV4,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4ProviderTool,
  SpeechModelV4,
  TranscriptionModelV4,
} from '@ai-sdk/provider'
import type { ConnectionSettings } from '../kinds.ts'
import type { Moderation } from './moderation.ts'

/** What an adapter needs to reach a provider. */
export interface AdapterSettings {
  /** Null where the server asks for none. */
  apiKey: string | null
  baseUrl: string
  /** Name of the connection in the adapter's own messages. */
  name: string
  /** Models that the connection offers. */
  models: readonly string[]
  /** What this kind needs beside key and address. */
  settings?: ConnectionSettings
  fetch: typeof globalThis.fetch
}

/** Models of one purpose, and which of them answers when none is named. */
interface Offered<Model> {
  model: string
  create(model: string): Model
}

/** The models of one provider. What is null, it cannot do. */
export interface ProviderAdapter {
  language(model: string): LanguageModelV4
  /** What this provider needs in each call beyond what was asked, and what was asked in its own words. */
  prepare(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions
  /** `dimensions` is what is asked for, where the provider lets one choose. */
  embedding: (Offered<EmbeddingModelV4> & { dimensions?: number }) | null
  image: Offered<ImageModelV4> | null
  transcription: Offered<TranscriptionModelV4> | null
  speech: Offered<SpeechModelV4> | null
  moderation: Offered<Moderation> | null
  /** The provider's own search tool, executed by itself. */
  webSearchTool: LanguageModelV4ProviderTool | null
  /** Whether this model tells how likely each token was. */
  logprobs(model: string): boolean
}

/** An adapter that can do no more than what is named. */
export function adapterWith(
  can: Pick<ProviderAdapter, 'language'> & Partial<Omit<ProviderAdapter, 'language'>>,
): ProviderAdapter {
  return {
    prepare: (options) => options,
    embedding: null,
    image: null,
    transcription: null,
    speech: null,
    moderation: null,
    webSearchTool: null,
    logprobs: () => false,
    ...can,
  }
}
