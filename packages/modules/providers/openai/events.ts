import type {
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { AgentCompletionPart } from '../agent-completions.ts'

export interface CompletionUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number }
  completion_tokens_details: { reasoning_tokens: number }
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** The last event of a completion that came to its end. */
export interface CompletionEnd {
  type: 'end'
  finishReason: FinishReason
  usage: CompletionUsage
  further?: Record<string, unknown>
}

/** What happens in a completion, whoever answers it: a model, whole or streamed, or an agent. */
export type CompletionEvent =
  | { type: 'text'; delta: string }
  | { type: 'reasoning'; delta: string }
  | { type: 'tool-start'; index: number; id: string; name: string }
  | { type: 'tool-arguments'; index: number; delta: string }
  | CompletionEnd

/** @throws the error of an error part: the completion is incomplete */
export async function* eventsOfStream(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): AsyncGenerator<CompletionEvent, void> {
  const calls = new Map<string, number>()
  const start = (id: string, name: string): CompletionEvent => {
    calls.set(id, calls.size)
    return { type: 'tool-start', index: calls.size - 1, id, name }
  }
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta' && part.delta !== '') yield { type: 'text', delta: part.delta }
    else if (part.type === 'reasoning-delta' && part.delta !== '') yield { type: 'reasoning', delta: part.delta }
    else if (part.type === 'tool-input-start' && !part.providerExecuted) yield start(part.id, part.toolName)
    else if (part.type === 'tool-input-delta') {
      const index = calls.get(part.id)
      if (index !== undefined) yield { type: 'tool-arguments', index, delta: part.delta }
    } else if (part.type === 'tool-call' && !part.providerExecuted && !calls.has(part.toolCallId)) {
      const started = start(part.toolCallId, part.toolName)
      yield started
      yield { type: 'tool-arguments', index: calls.size - 1, delta: part.input }
    } else if (part.type === 'finish')
      yield { type: 'end', finishReason: finishReasonOf(part.finishReason), usage: usageOf(part.usage) }
  }
}

export function* eventsOfResult(result: LanguageModelV4GenerateResult): Generator<CompletionEvent, void> {
  let index = 0
  for (const part of result.content) {
    if (part.type === 'text') yield { type: 'text', delta: part.text }
    else if (part.type === 'reasoning') yield { type: 'reasoning', delta: part.text }
    else if (part.type === 'tool-call' && !part.providerExecuted) {
      yield { type: 'tool-start', index, id: part.toolCallId, name: part.toolName }
      yield { type: 'tool-arguments', index, delta: part.input }
      index++
    }
  }
  yield { type: 'end', finishReason: finishReasonOf(result.finishReason), usage: usageOf(result.usage) }
}

export async function* eventsOfAgent(parts: AsyncIterable<AgentCompletionPart>): AsyncGenerator<CompletionEvent, void> {
  for await (const part of parts) {
    if (part.type === 'text') {
      yield { type: 'text', delta: part.delta }
      continue
    }
    const { tokensIn, tokensOut, costMicros, costComplete } = part.totals
    yield {
      type: 'end',
      finishReason: part.finishReason === 'content-filter' ? 'content_filter' : part.finishReason,
      usage: {
        prompt_tokens: tokensIn,
        completion_tokens: tokensOut,
        total_tokens: tokensIn + tokensOut,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      further: { ...part.answered, costMicros, costComplete, citations: part.citations },
    }
  }
}

function finishReasonOf({ unified }: LanguageModelV4FinishReason): FinishReason {
  if (unified === 'tool-calls') return 'tool_calls'
  if (unified === 'content-filter') return 'content_filter'
  return unified === 'length' ? 'length' : 'stop'
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): CompletionUsage {
  const input = inputTokens.total ?? 0
  const output = outputTokens.total ?? 0
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: inputTokens.cacheRead ?? 0 },
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  }
}
