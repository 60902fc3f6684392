import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import { cutIn } from './call-content.ts'
import type { Target } from './connection.ts'
import { ContentWithheld, StreamCut } from './walk/classify-failure.ts'
import { readToFirstContent, type OpenedStream } from './walk/first-content.ts'

export type OpenedModelStream = OpenedStream & { response: LanguageModelV4StreamResult['response'] }

/**
 * Asks a target by its provider's package for a whole answer.
 * @throws ContentWithheld, StreamCut when the provider answered without an answer, or with a part of one
 */
export async function generateByModel(
  { adapter, model }: Target,
  asked: LanguageModelV4CallOptions,
): Promise<LanguageModelV4GenerateResult> {
  const result = await adapter.language(model).doGenerate(adapter.prepare(asked))
  const { content, finishReason, usage } = result
  const said = content.some((part) => part.type !== 'text' || part.text !== '')
  if (!said && finishReason.unified === 'content-filter') throw new ContentWithheld(usage)
  if (!said && finishReason.unified === 'error')
    throw new StreamCut('the provider ended its answer with an error', usage)
  if (finishReason.unified === 'other' && finishReason.raw === undefined)
    throw new StreamCut('the provider ended its answer without a finish reason', usage)
  const cut = cutIn(result, asked.responseFormat)
  if (cut !== null) throw new StreamCut(cut, usage)
  return result
}

/** Begins a stream by the provider's package, and reads up to its first content. */
export async function streamByModel(
  { adapter, model }: Target,
  asked: LanguageModelV4CallOptions,
): Promise<OpenedModelStream> {
  const startedMs = performance.now()
  const result = await adapter.language(model).doStream(adapter.prepare(asked))
  return { ...(await readToFirstContent(result.stream, startedMs)), response: result.response }
}
