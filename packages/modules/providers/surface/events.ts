import type {
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { AgentCompletionPart } from '../agent-completions.ts'
import { restartOf, type Restart } from '../restart.ts'

/** Tokens of one answer. */
export interface AnswerUsage {
  /** All input tokens; the two below are parts of it. */
  input: number
  cached: number
  cacheWrite: number
  /** All output tokens; `reasoning` is part of it. */
  output: number
  reasoning: number
}

type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter'

/** How likely a token was, in the shape that OpenAI gives it. */
export type TokenLogprob = Record<string, unknown>

/** The last event of an answer that came to its end. */
export interface AnswerEnd {
  type: 'end'
  finishReason: FinishReason
  /** The stop sequence that ended it, where the provider says so. */
  stopSequence: string | null
  usage: AnswerUsage
  /** Null where none were asked for, or given. */
  logprobs: TokenLogprob[] | null
  /** What an agent tells beside its words. */
  further?: Record<string, unknown>
}

/** What happens in an answer, whoever gives it (a model, whole or streamed, or an agent) and however it is rendered. */
export type AnswerEvent =
  | { type: 'text'; delta: string }
  | { type: 'reasoning'; delta: string }
  /** A stretch of reasoning is over; `mark` is what its provider wants to see again in the next turn. */
  | { type: 'reasoning-end'; mark: SharedV4ProviderMetadata | null }
  | { type: 'tool-start'; index: number; id: string; name: string }
  | { type: 'tool-arguments'; index: number; delta: string }
  | { type: 'tool-end'; index: number }
  /** What came before is void: the answer begins again with somebody else. Only for readers that asked for it. */
  | ({ type: 'restart' } & Pick<Restart, 'from' | 'to'>)
  | AnswerEnd

/** @throws the error of an error part: the answer is incomplete */
export async function* eventsOfStream(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): AsyncGenerator<AnswerEvent, void> {
  let calls = new Map<string, number>()
  const marks = new Map<string, SharedV4ProviderMetadata>()
  for await (const part of stream) {
    switch (part.type) {
      case 'error':
        throw part.error
      case 'text-delta':
        if (part.delta !== '') yield { type: 'text', delta: part.delta }
        break
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end': {
        const mark = { ...marks.get(part.id), ...part.providerMetadata }
        marks.set(part.id, mark)
        if (part.type === 'reasoning-delta' && part.delta !== '') yield { type: 'reasoning', delta: part.delta }
        if (part.type === 'reasoning-end') yield { type: 'reasoning-end', mark: markOrNull(mark) }
        break
      }
      case 'tool-input-start':
        if (part.providerExecuted) break
        calls.set(part.id, calls.size)
        yield { type: 'tool-start', index: calls.size - 1, id: part.id, name: part.toolName }
        break
      case 'tool-input-delta': {
        const index = calls.get(part.id)
        if (index !== undefined) yield { type: 'tool-arguments', index, delta: part.delta }
        break
      }
      case 'tool-call': {
        if (part.providerExecuted) break
        const known = calls.get(part.toolCallId)
        const index = known ?? calls.size
        if (known === undefined) {
          calls.set(part.toolCallId, index)
          yield { type: 'tool-start', index, id: part.toolCallId, name: part.toolName }
          yield { type: 'tool-arguments', index, delta: part.input }
        }
        yield { type: 'tool-end', index }
        break
      }
      case 'raw': {
        const restart = restartOf(part)
        if (restart) {
          calls = new Map()
          yield { type: 'restart', from: restart.from, to: restart.to }
        }
        break
      }
      case 'finish':
        yield endOf(part)
    }
  }
}

export function* eventsOfResult(result: LanguageModelV4GenerateResult): Generator<AnswerEvent, void> {
  let index = 0
  for (const part of result.content) {
    if (part.type === 'text') yield { type: 'text', delta: part.text }
    else if (part.type === 'reasoning') {
      if (part.text !== '') yield { type: 'reasoning', delta: part.text }
      yield { type: 'reasoning-end', mark: markOrNull(part.providerMetadata) }
    } else if (part.type === 'tool-call' && !part.providerExecuted) {
      yield { type: 'tool-start', index, id: part.toolCallId, name: part.toolName }
      yield { type: 'tool-arguments', index, delta: part.input }
      yield { type: 'tool-end', index }
      index++
    }
  }
  yield endOf(result)
}

export async function* eventsOfAgent(parts: AsyncIterable<AgentCompletionPart>): AsyncGenerator<AnswerEvent, void> {
  for await (const part of parts) {
    if (part.type === 'text') {
      yield { type: 'text', delta: part.delta }
      continue
    }
    const { tokensIn, tokensOut, costMicros, costComplete } = part.totals
    yield {
      type: 'end',
      finishReason: part.finishReason,
      stopSequence: null,
      usage: { input: tokensIn, cached: 0, cacheWrite: 0, output: tokensOut, reasoning: 0 },
      logprobs: null,
      further: { ...part.answered, costMicros, costComplete, citations: part.citations },
    }
  }
}

interface Finish {
  finishReason: LanguageModelV4FinishReason
  usage: LanguageModelV4Usage
  providerMetadata?: SharedV4ProviderMetadata | undefined
}

function endOf({ finishReason, usage, providerMetadata }: Finish): AnswerEnd {
  const { inputTokens, outputTokens } = usage
  const stopSequence = providerMetadata?.['anthropic']?.['stopSequence']
  return {
    type: 'end',
    finishReason: finishReasonOf(finishReason),
    stopSequence: typeof stopSequence === 'string' ? stopSequence : null,
    usage: {
      input: inputTokens.total ?? 0,
      cached: inputTokens.cacheRead ?? 0,
      cacheWrite: inputTokens.cacheWrite ?? 0,
      output: outputTokens.total ?? 0,
      reasoning: outputTokens.reasoning ?? 0,
    },
    logprobs: logprobsIn(providerMetadata),
  }
}

function finishReasonOf({ unified }: LanguageModelV4FinishReason): FinishReason {
  return unified === 'tool-calls' || unified === 'content-filter' || unified === 'length' ? unified : 'stop'
}

/** Chat completions give one list, the Responses API a list for each stretch of text. */
function logprobsIn(metadata: SharedV4ProviderMetadata | undefined): TokenLogprob[] | null {
  const told = metadata?.['openai']?.['logprobs'] ?? metadata?.['azure']?.['logprobs']
  if (!Array.isArray(told)) return null
  const entries: unknown[] = told.flat()
  return entries.filter(isRecord)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function markOrNull(mark: SharedV4ProviderMetadata | undefined): SharedV4ProviderMetadata | null {
  return mark && Object.keys(mark).length > 0 ? mark : null
}
