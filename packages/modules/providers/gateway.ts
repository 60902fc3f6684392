import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'

/** A passage that an extractive answer may quote. Handed to models in the prompt as well. */
export interface Passage {
  id: string
  title: string
  text: string
  locator?: { page?: number; sheet?: string; slide?: number; startSeconds?: number; endSeconds?: number }
}

export interface ModelRequest {
  /** `default` (the tenant's chain), a route's alias, `provider/model`, or a model name that one configured provider has. */
  model: string
  run: RunHandle
  /** What the last link of the chain, the built-in extractive answerer, may quote. Empty = the conversation itself. */
  passages?: readonly Passage[]
  /** Name of the step in the timeline; default `model`. */
  step?: string
  /**
   * What the caller's `Cache-Control` says. `no-cache`: nothing kept from earlier may answer, except when nobody else
   * does; what comes is kept. `no-store`: nothing kept answers at all, and what comes is not kept to be given again.
   */
  cacheControl?: 'no-cache' | 'no-store' | null
  /**
   * The reader understands that an answer begins again with another provider (`restartOf`), where the route's rules
   * say so. Default false: an answer that breaks off ends with an error.
   */
  mayRestart?: boolean
  /** Whose route of that name it is, and whose limits count; default those of the run. */
  projectId?: string | null
  agentId?: string | null
}

/** The chosen model of a chain told who answered and at what price. */
export interface Answered {
  provider: string
  model: string
  /** `fresh` from a provider, `cached` = the tenant's own earlier answer, `extractive` = the built-in answerer. */
  source: 'fresh' | 'cached' | 'extractive'
  /** Why the preferred target did not answer; null when it did. */
  fallbackReason: string | null
  /** Attempts until somebody answered, those of earlier targets and retries included. */
  attempts?: number
  /** Alias of the route that was asked; null = a model by name. */
  route?: string | null
  /** Milliseconds that the gateway itself took until it gave the first part away, without waiting for providers. */
  overheadMs?: number
  /** USD micro-units of all attempts of this call; null = some price is unknown. Absent until the answer is whole. */
  costMicros?: number | null
  /** An answer that was kept under the route's rules, and how like its question is (1 = the same); null = none was. */
  cache?: { kind: 'exact' | 'semantic'; similarity: number } | null
  /** `x-ratelimit-*` of the caller's tightest limits. */
  limits?: Readonly<Record<string, string>>
}

export interface ImageResult {
  bytes: Uint8Array
  mediaType: string
  provider: string
  model: string
}

export interface WebSource {
  url: string
  title: string
  snippet: string
}

/**
 * Language and other models of a tenant behind one door. Each call walks the chain with one state machine: retries
 * with full jitter, fallback only before the first token, every attempt in the run.
 */
export interface ProviderGateway {
  /**
   * A model for the AI SDK (`generateText`, `streamText`, `ToolLoopAgent`). Its calls are steps of `run`.
   * With `maxRetries: 0` in the AI SDK call: retrying is the gateway's.
   */
  languageModel(ctx: Context, request: ModelRequest): Promise<LanguageModelV4 & { answered(): Answered | null }>
  /** Whether a generative provider is configured for this tenant, so that asking one makes sense. */
  hasGenerativeModel(ctx: Context): Promise<boolean>
  /** Whether `model` of a request can be this: `default`, or what a provider that is configured for this tenant has. */
  knowsModel(ctx: Context, model: string): Promise<boolean>
  /** Null when no configured provider embeds. Vectors are L2-normalised. */
  embed(
    ctx: Context,
    texts: readonly string[],
    run: RunHandle,
  ): Promise<{ vectors: Float32Array[]; model: string } | null>
  /** @throws Problem `not-configured` when no provider transcribes. */
  transcribe(
    ctx: Context,
    audio: { bytes: Uint8Array; mediaType: string; filename: string },
    run: RunHandle,
  ): Promise<{
    text: string
    segments: { start: number; end: number; text: string }[]
    provider: string
    model: string
  }>
  /** @throws Problem `not-configured` when no provider makes images. */
  generateImage(ctx: Context, request: { prompt: string; size?: string }, run: RunHandle): Promise<ImageResult>
  /** Web search of a provider; null when none offers it. */
  searchWeb(
    ctx: Context,
    query: string,
    run: RunHandle,
  ): Promise<{ text: string; sources: WebSource[]; answered: Answered } | null>
}

declare module '@guildhall/kernel' {
  interface Services {
    providers: ProviderGateway
  }
}
