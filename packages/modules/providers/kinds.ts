/** Kinds of providers, in the order in which a chain asks them when nothing else is set. */
export const providerKinds = [
  'google',
  'openai',
  'anthropic',
  'azure',
  'bedrock',
  'mistral',
  'groq',
  'openrouter',
  'huggingface',
  'ollama',
  'vllm',
  'openai-compatible',
] as const
export type ProviderKind = (typeof providerKinds)[number]

export type Capability = 'text' | 'embedding' | 'image' | 'transcription' | 'speech' | 'moderation' | 'web-search'

/** What some kinds need beside key and address. None of it is secret. */
export interface ConnectionSettings {
  /** Azure: name of the resource, first label of its address. */
  resource?: string | undefined
  /** Azure: version of the API; default `v1`. */
  apiVersion?: string | undefined
  /** Bedrock: AWS region. */
  region?: string | undefined
  /** Bedrock: id of the access key whose secret is entered as the key. Left out = the key is a Bedrock API key. */
  accessKeyId?: string | undefined
}

export interface KindDescription {
  title: string
  /** Public address, or the usual one on this machine; null where it depends on settings or on the installation. */
  baseUrl: string | null
  /** Variable whose key counts for the whole installation. */
  variable:
    | 'GEMINI_API_KEY'
    | 'OPENAI_API_KEY'
    | 'ANTHROPIC_API_KEY'
    | 'HUGGINGFACE_API_KEY'
    | 'AZURE_API_KEY'
    | 'AWS_BEARER_TOKEN_BEDROCK'
    | 'MISTRAL_API_KEY'
    | 'GROQ_API_KEY'
    | 'OPENROUTER_API_KEY'
    | null
  /** Offered when a connection names none, the preferred one first. Empty = a connection must name them. */
  models: readonly string[]
  /** Under this name the price list knows it; null = told by the address. */
  listedAs: string | null
  /** A server of one's own: it may ask for no key, and be reached without TLS. */
  ownServer: boolean
  /** Settings that must be given, unless an address is given instead. */
  requires: readonly (keyof ConnectionSettings)[]
  embeddingModel?: string
  imageModel?: string
  transcriptionModel?: string
  speechModel?: string
  moderationModel?: string
  webSearch: boolean
}

const hosted = { ownServer: false, requires: [], webSearch: false } as const

/** Where a key is made, what is offered, and by which models. Chosen among those whose price is published. */
export const kinds: Record<ProviderKind, KindDescription> = {
  google: {
    ...hosted,
    title: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    variable: 'GEMINI_API_KEY',
    listedAs: 'google',
    models: ['gemini-3.8-flash', 'gemini-3.5-flash-lite', 'gemini-3.1-pro-preview', 'gemini-2.5-flash'],
    embeddingModel: 'gemini-embedding-001',
    imageModel: 'gemini-2.5-flash-image',
    webSearch: true,
  },
  openai: {
    ...hosted,
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    variable: 'OPENAI_API_KEY',
    listedAs: 'openai',
    models: ['gpt-6-luna', 'gpt-6-sol', 'gpt-5.4-mini', 'gpt-5.1'],
    embeddingModel: 'text-embedding-3-small',
    imageModel: 'gpt-image-2',
    transcriptionModel: 'whisper-1',
    speechModel: 'gpt-4o-mini-tts',
    moderationModel: 'omni-moderation-latest',
    webSearch: true,
  },
  anthropic: {
    ...hosted,
    title: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    variable: 'ANTHROPIC_API_KEY',
    listedAs: 'anthropic',
    models: ['claude-sonnet-5', 'claude-haiku-4-5', 'claude-opus-5-5'],
    webSearch: true,
  },
  azure: {
    ...hosted,
    title: 'Azure OpenAI',
    baseUrl: null,
    variable: 'AZURE_API_KEY',
    listedAs: 'azure',
    requires: ['resource'],
    // Deployments have the names that their owner gives them.
    models: [],
  },
  bedrock: {
    ...hosted,
    title: 'Amazon Bedrock',
    baseUrl: null,
    variable: 'AWS_BEARER_TOKEN_BEDROCK',
    listedAs: 'aws',
    requires: ['region'],
    models: ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
    embeddingModel: 'amazon.titan-embed-text-v2:0',
  },
  mistral: {
    ...hosted,
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    variable: 'MISTRAL_API_KEY',
    listedAs: 'mistral',
    models: ['mistral-medium-latest', 'mistral-small-latest', 'mistral-large-latest', 'codestral-latest'],
    embeddingModel: 'mistral-embed',
    transcriptionModel: 'voxtral-mini-latest',
    moderationModel: 'mistral-moderation-latest',
  },
  groq: {
    ...hosted,
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    variable: 'GROQ_API_KEY',
    listedAs: 'groq',
    models: ['llama-3.3-70b-versatile', 'openai/gpt-oss-120b'],
    transcriptionModel: 'whisper-large-v3-turbo',
  },
  openrouter: {
    ...hosted,
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    variable: 'OPENROUTER_API_KEY',
    listedAs: 'openrouter',
    models: ['anthropic/claude-sonnet-4.5', 'openai/gpt-5.1', 'meta-llama/llama-3.3-70b-instruct'],
  },
  huggingface: {
    ...hosted,
    title: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    variable: 'HUGGINGFACE_API_KEY',
    listedAs: 'huggingface',
    models: ['meta-llama/Llama-3.3-70B-Instruct', 'Qwen/Qwen3-32B'],
  },
  ollama: {
    ...hosted,
    title: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    variable: null,
    listedAs: null,
    ownServer: true,
    models: [],
  },
  vllm: {
    ...hosted,
    title: 'vLLM',
    baseUrl: 'http://localhost:8000/v1',
    variable: null,
    listedAs: null,
    ownServer: true,
    models: [],
  },
  'openai-compatible': {
    ...hosted,
    title: 'OpenAI-compatible server (LM Studio, llama.cpp, ...)',
    baseUrl: null,
    variable: null,
    listedAs: null,
    ownServer: true,
    models: [],
  },
}

export function isProviderKind(text: string): text is ProviderKind {
  return providerKinds.some((kind) => kind === text)
}

/** The address of a connection that names none; null where something is missing that would tell it. */
export function usualAddress(kind: ProviderKind, settings: ConnectionSettings): string | null {
  if (kind === 'azure' && settings.resource) return `https://${settings.resource}.openai.azure.com/openai`
  if (kind === 'bedrock' && settings.region) return `https://bedrock-runtime.${settings.region}.amazonaws.com`
  return kinds[kind].baseUrl
}
