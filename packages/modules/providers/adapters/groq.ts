import { kinds } from '../kinds.ts'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyLanguage, lazyTranscription, once } from './lazy.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

export function groqAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const groq = once(async () => {
    const { createGroq } = await import('@ai-sdk/groq')
    return createGroq({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  const provider = 'groq'
  return adapterWith({
    language: (model) => lazyLanguage({ provider, model, load: async () => (await groq()).languageModel(model) }),
    prepare: (options) => inWordsOf(options, 'groq', { parallelToolCalls: wishesOf(options).parallelToolCalls }),
    transcription: {
      model: kinds.groq.transcriptionModel ?? '',
      create: (model) => lazyTranscription({ provider, model, load: async () => (await groq()).transcription(model) }),
    },
  })
}
