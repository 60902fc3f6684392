import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyImage, lazyLanguage, lazySpeech, lazyTranscription, once } from './lazy.ts'
import { firstFor } from './model-purpose.ts'
import { openaiWords, responsesOrChat, tellsLogprobs } from './openai.ts'
import { inWordsOf } from './wishes.ts'

/** OpenAI's models as deployments of an Azure resource. What a deployment is for is told by its name. */
export function azureAdapter({ apiKey, baseUrl, models, settings, fetch }: AdapterSettings): ProviderAdapter {
  const azure = once(async () => {
    const { createAzure } = await import('@ai-sdk/azure')
    return createAzure({
      apiKey: apiKey ?? '',
      baseURL: baseUrl,
      fetch,
      ...(settings?.apiVersion ? { apiVersion: settings.apiVersion } : {}),
    })
  })
  const provider = 'azure'
  const embedding = firstFor('embedding', models)
  const image = firstFor('image', models)
  const transcription = firstFor('transcription', models)
  const speech = firstFor('speech', models)
  return adapterWith({
    language: (model) =>
      responsesOrChat({
        responses: lazyLanguage({ provider, model, load: async () => (await azure()).responses(model) }),
        chat: lazyLanguage({ provider, model, load: async () => (await azure()).chat(model) }),
      }),
    // Chat completions read `openai`, responses `azure` first.
    prepare(options) {
      const words = openaiWords(options)
      return inWordsOf(inWordsOf(options, 'azure', words), 'openai', words)
    },
    embedding:
      embedding === undefined
        ? null
        : {
            model: embedding,
            create: (model) =>
              lazyEmbedding({ provider, model, load: async () => (await azure()).embeddingModel(model) }),
          },
    image:
      image === undefined
        ? null
        : {
            model: image,
            create: (model) => lazyImage({ provider, model, load: async () => (await azure()).imageModel(model) }),
          },
    transcription:
      transcription === undefined
        ? null
        : {
            model: transcription,
            create: (model) =>
              lazyTranscription({ provider, model, load: async () => (await azure()).transcription(model) }),
          },
    speech:
      speech === undefined
        ? null
        : {
            model: speech,
            create: (model) => lazySpeech({ provider, model, load: async () => (await azure()).speech(model) }),
          },
    logprobs: tellsLogprobs,
  })
}
