import type { ProviderKind } from '../kinds.ts'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'
import { anthropicAdapter } from './anthropic.ts'
import { azureAdapter } from './azure.ts'
import { bedrockAdapter } from './bedrock.ts'
import { googleAdapter } from './google.ts'
import { groqAdapter } from './groq.ts'
import { huggingfaceAdapter } from './huggingface.ts'
import { mistralAdapter } from './mistral.ts'
import { openaiCompatibleAdapter } from './openai-compatible.ts'
import { openaiAdapter } from './openai.ts'
import { openrouterAdapter } from './openrouter.ts'

const adapters: Record<ProviderKind, (settings: AdapterSettings) => ProviderAdapter> = {
  google: googleAdapter,
  openai: openaiAdapter,
  anthropic: anthropicAdapter,
  azure: azureAdapter,
  bedrock: bedrockAdapter,
  mistral: mistralAdapter,
  groq: groqAdapter,
  openrouter: openrouterAdapter,
  huggingface: huggingfaceAdapter,
  ollama: openaiCompatibleAdapter,
  vllm: openaiCompatibleAdapter,
  'openai-compatible': openaiCompatibleAdapter,
}

export function createAdapter(kind: ProviderKind, settings: AdapterSettings): ProviderAdapter {
  return adapters[kind](settings)
}
