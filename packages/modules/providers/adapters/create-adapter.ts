import type { ProviderKind } from '../kinds.ts'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'
import { anthropicAdapter } from './anthropic.ts'
import { googleAdapter } from './google.ts'
import { huggingfaceAdapter } from './huggingface.ts'
import { openaiCompatibleAdapter } from './openai-compatible.ts'
import { openaiAdapter } from './openai.ts'

const adapters: Record<ProviderKind, (settings: AdapterSettings) => ProviderAdapter> = {
  google: googleAdapter,
  openai: openaiAdapter,
  anthropic: anthropicAdapter,
  huggingface: huggingfaceAdapter,
  'openai-compatible': openaiCompatibleAdapter,
}

export function createAdapter(kind: ProviderKind, settings: AdapterSettings): ProviderAdapter {
  return adapters[kind](settings)
}
