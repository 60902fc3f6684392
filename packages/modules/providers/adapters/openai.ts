import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { kinds } from '../kinds.ts'
import { adapterWith, type AdapterSettings, type ProviderAdapter } from './adapter.ts'
import { lazyEmbedding, lazyImage, lazyLanguage, lazySpeech, lazyTranscription, once } from './lazy.ts'
import { moderationModel } from './moderation.ts'
import { inWordsOf, wishesOf } from './wishes.ts'

/** OpenAI by its Responses API, and by chat completions where only they can do what was asked. */
export function openaiAdapter({ apiKey, baseUrl, fetch }: AdapterSettings): ProviderAdapter {
  const openai = once(async () => {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({ apiKey: apiKey ?? '', baseURL: baseUrl, fetch })
  })
  const {
    embeddingModel = '',
    imageModel = '',
    transcriptionModel = '',
    speechModel = '',
    moderationModel: judge = '',
  } = kinds.openai
  const provider = 'openai'
  return adapterWith({
    language: (model) =>
      responsesOrChat({
        responses: lazyLanguage({ provider, model, load: async () => (await openai()).responses(model) }),
        chat: lazyLanguage({ provider, model, load: async () => (await openai()).chat(model) }),
      }),
    prepare: (options) => inWordsOf(options, 'openai', openaiWords(options)),
    embedding: {
      model: embeddingModel,
      create: (model) => lazyEmbedding({ provider, model, load: async () => (await openai()).embeddingModel(model) }),
    },
    image: {
      model: imageModel,
      create: (model) => lazyImage({ provider, model, load: async () => (await openai()).image(model) }),
    },
    transcription: {
      model: transcriptionModel,
      create: (model) =>
        lazyTranscription({ provider, model, load: async () => (await openai()).transcription(model) }),
    },
    speech: {
      model: speechModel,
      create: (model) => lazySpeech({ provider, model, load: async () => (await openai()).speech(model) }),
    },
    moderation: { model: judge, create: (model) => moderationModel({ apiKey, baseUrl, fetch }, model) },
    webSearchTool: { type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} },
    logprobs: tellsLogprobs,
  })
}

/** Models that think first tell none (OpenAI, reasoning: unsupported parameters). */
export function tellsLogprobs(model: string): boolean {
  return /gpt-3\.5|gpt-35|gpt-4|chatgpt-4o|gpt-5(\.\d)?-chat/.test(model)
}

/** Wishes in the words that OpenAI and Azure share. The Responses API keeps conversations unless told otherwise. */
export function openaiWords(options: LanguageModelV4CallOptions) {
  const { parallelToolCalls, logprobs } = wishesOf(options)
  return {
    store: false,
    parallelToolCalls,
    // At least one alternative: the package takes no 0, and `true` would ask for 20.
    logprobs: logprobs === undefined ? undefined : Math.max(1, logprobs),
  }
}

/** The Responses API has no stop sequences, seed or penalties: with one of them the request goes by chat completions. */
export function responsesOrChat(models: { responses: LanguageModelV4; chat: LanguageModelV4 }): LanguageModelV4 {
  const choose = ({ stopSequences, seed, presencePenalty, frequencyPenalty }: LanguageModelV4CallOptions) =>
    (stopSequences && stopSequences.length > 0) ||
    seed !== undefined ||
    Boolean(presencePenalty) ||
    Boolean(frequencyPenalty)
      ? models.chat
      : models.responses
  return {
    ...models.responses,
    doGenerate: (options) => choose(options).doGenerate(options),
    doStream: (options) => choose(options).doStream(options),
  }
}
