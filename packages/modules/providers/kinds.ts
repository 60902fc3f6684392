/** Kinds of providers, in the order in which a chain asks them when nothing else is set. */
export const providerKinds = ['google', 'openai', 'anthropic', 'huggingface', 'openai-compatible'] as const
export type ProviderKind = (typeof providerKinds)[number]

export type Capability = 'text' | 'embedding' | 'image' | 'transcription' | 'web-search'

export interface KindDescription {
  title: string
  /** Public address; null where each installation has its own. */
  baseUrl: string | null
  /** Variable whose key counts for the whole installation. */
  variable: 'GEMINI_API_KEY' | 'OPENAI_API_KEY' | 'ANTHROPIC_API_KEY' | 'HUGGINGFACE_API_KEY' | null
  /** Offered when a connection names none, the preferred one first. */
  models: readonly string[]
  embeddingModel?: string
  imageModel?: string
  transcriptionModel?: string
  webSearch: boolean
}

/** Where a key is made, what is offered, and by which models. Chosen among those whose price is published. */
export const kinds: Record<ProviderKind, KindDescription> = {
  google: {
    title: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    variable: 'GEMINI_API_KEY',
    models: ['gemini-3.8-flash', 'gemini-3.5-flash-lite', 'gemini-3.1-pro-preview', 'gemini-2.5-flash'],
    embeddingModel: 'gemini-embedding-001',
    imageModel: 'gemini-2.5-flash-image',
    webSearch: true,
  },
  openai: {
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    variable: 'OPENAI_API_KEY',
    models: ['gpt-6-luna', 'gpt-6-sol', 'gpt-5.4-mini', 'gpt-5.1'],
    embeddingModel: 'text-embedding-3-small',
    imageModel: 'gpt-image-2',
    transcriptionModel: 'whisper-1',
    webSearch: true,
  },
  anthropic: {
    title: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    variable: 'ANTHROPIC_API_KEY',
    models: ['claude-sonnet-5', 'claude-haiku-4-5', 'claude-opus-5-5'],
    webSearch: true,
  },
  huggingface: {
    title: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    variable: 'HUGGINGFACE_API_KEY',
    models: ['meta-llama/Llama-3.3-70B-Instruct', 'Qwen/Qwen3-32B'],
    webSearch: false,
  },
  'openai-compatible': {
    title: 'OpenAI-compatible server (Ollama, vLLM, Mistral, Groq, ...)',
    baseUrl: null,
    variable: null,
    models: [],
    webSearch: false,
  },
}

export function isProviderKind(text: string): text is ProviderKind {
  return providerKinds.some((kind) => kind === text)
}
