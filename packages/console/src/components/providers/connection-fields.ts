import type { Provider } from '@/api/types'

type Kind = Provider['type']
type Setting = keyof Provider['settings']

/** A field beside key, address and models. */
interface SettingField {
  name: Setting
  label: string
  placeholder: string
  required: boolean
  help?: string
}

/** What some kinds need beside a key. */
const settings: Partial<Record<Kind, SettingField[]>> = {
  azure: [
    {
      name: 'resource',
      label: 'Resource',
      placeholder: 'my-resource',
      required: true,
      help: 'The first part of its address, before .openai.azure.com',
    },
    { name: 'apiVersion', label: 'API version', placeholder: 'v1', required: false },
  ],
  bedrock: [
    { name: 'region', label: 'Region', placeholder: 'eu-central-1', required: true },
    {
      name: 'accessKeyId',
      label: 'Access key id',
      placeholder: 'AKIA…',
      required: false,
      help: 'With its secret as the key below; empty for a Bedrock API key',
    },
  ],
}

/** Where a key is made. */
const hosts: Partial<Record<Kind, string>> = {
  google: 'aistudio.google.com',
  openai: 'platform.openai.com',
  anthropic: 'console.anthropic.com',
  azure: 'portal.azure.com',
  bedrock: 'console.aws.amazon.com/bedrock',
  mistral: 'console.mistral.ai',
  groq: 'console.groq.com',
  openrouter: 'openrouter.ai/keys',
  huggingface: 'huggingface.co/settings/tokens',
}

/** Usual addresses of servers of one's own. */
const addresses: Partial<Record<Kind, string>> = {
  ollama: 'http://localhost:11434/v1',
  vllm: 'http://localhost:8000/v1',
  'openai-compatible': 'http://localhost:1234/v1',
}

export function connectionFields(kind: Kind) {
  const host = hosts[kind]
  const address = addresses[kind] ?? null
  return {
    settings: settings[kind] ?? [],
    keyHelp: `${host ? `From ${host}. ` : ''}Stored sealed, never shown again.`,
    /** A server of one's own: an address instead of a key. */
    ownServer: address !== null,
    address: address ?? 'https://',
    /** Of these nobody knows the models but their owner. */
    namesModels: address !== null || kind === 'azure',
  }
}
