import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { AdapterSettings, ProviderAdapter } from './adapter.ts'

/** Such servers do not say what a model is for; embedding models are known by their names. */
const embeddingName = /embed|(^|[-/])(bge|e5|gte|minilm|arctic)/i

/** Ollama, vLLM, Mistral, Groq, OpenRouter and whoever else speaks OpenAI's chat completions. */
export function openaiCompatibleAdapter({ apiKey, baseUrl, name, models, fetch }: AdapterSettings): ProviderAdapter {
  const server = createOpenAICompatible({
    name,
    baseURL: baseUrl,
    fetch,
    ...(apiKey === null ? {} : { apiKey }),
    // Without these two, streams carry no usage and a JSON schema is left out of the request.
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
  const embedding = models.find((model) => embeddingName.test(model))
  return {
    language: (model) => server.chatModel(model),
    prepare: (options) => options,
    embedding: embedding === undefined ? null : { model: embedding, create: (model) => server.embeddingModel(model) },
    image: null,
    transcription: null,
    webSearchTool: null,
  }
}

/** Whether a model of such a server answers questions, as opposed to making vectors. */
export function isChatModel(model: string): boolean {
  return !embeddingName.test(model)
}
