import type { ProviderKind } from '../kinds.ts'

const compatible = () => import('@ai-sdk/openai-compatible')
const packages: Record<ProviderKind, () => Promise<unknown>> = {
  google: () => import('@ai-sdk/google'),
  openai: () => import('@ai-sdk/openai'),
  anthropic: () => import('@ai-sdk/anthropic'),
  azure: () => import('@ai-sdk/azure'),
  bedrock: () => import('@ai-sdk/amazon-bedrock'),
  mistral: () => import('@ai-sdk/mistral'),
  groq: () => import('@ai-sdk/groq'),
  openrouter: () => import('@openrouter/ai-sdk-provider'),
  huggingface: () => import('@ai-sdk/huggingface'),
  ollama: compatible,
  vllm: compatible,
  'openai-compatible': compatible,
}

const loaded = new Set<ProviderKind>()

/**
 * Loads what connections of these kinds are asked with, once per process: reading a package can take longer than a
 * provider has for its first token, and is not the provider's fault.
 * @returns null when everything is there
 */
export function loadPackages(connections: readonly { kind: ProviderKind }[]): Promise<unknown> | null {
  const missing = connections.filter(({ kind }) => !loaded.has(kind))
  if (missing.length === 0) return null
  return Promise.all(
    missing.map(async ({ kind }) => {
      // One that cannot be read is told by the attempt that needs it, and keeps nobody else from answering.
      await packages[kind]().catch(() => undefined)
      loaded.add(kind)
    }),
  )
}
