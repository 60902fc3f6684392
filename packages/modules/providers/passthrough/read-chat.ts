import type { LanguageModelV4Content, LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { z } from 'zod'

/** What of an answer in the chat completions dialect the gateway must know. */
export interface ChatOutcome {
  content: LanguageModelV4Content[]
  finish: LanguageModelV4FinishReason | null
  usage: LanguageModelV4Usage | undefined
}

const count = z.number().nonnegative().nullish().catch(null)
const Usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish().catch(null),
  completion_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(null),
})

/** Usage in the words of the AI SDK; undefined when the provider said nothing that can be read. */
export function usageOf(given: unknown): LanguageModelV4Usage | undefined {
  const read = Usage.safeParse(given)
  if (!read.success) return undefined
  const { prompt_tokens: input, completion_tokens: output } = read.data
  if (input === null || input === undefined || output === null || output === undefined) return undefined
  const cacheRead = read.data.prompt_tokens_details?.cached_tokens ?? 0
  const cacheWrite = read.data.prompt_tokens_details?.cache_write_tokens ?? 0
  const reasoning = read.data.completion_tokens_details?.reasoning_tokens ?? 0
  return {
    inputTokens: { total: input, noCache: input - cacheRead - cacheWrite, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  }
}

const unified: Record<string, LanguageModelV4FinishReason['unified']> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
}

function finishOf(raw: string): LanguageModelV4FinishReason {
  return { unified: unified[raw] ?? 'other', raw }
}

interface ToolCall {
  id: string
  name: string
  arguments: string
}

/** Puts an answer together, from one object or from the deltas of a stream. */
export interface ChatCollector {
  /** @returns whether this brought content: words, a tool call, a refusal, sound */
  add(choice: unknown): boolean
  outcome(usage: unknown): ChatOutcome
  readonly finished: boolean
}

export function collectChat(): ChatCollector {
  let text = ''
  let reasoning = ''
  const calls = new Map<number, ToolCall>()
  let finish: LanguageModelV4FinishReason | null = null

  function addCalls(given: unknown): boolean {
    if (!Array.isArray(given)) return false
    for (const [position, call] of given.entries()) {
      if (!isRecord(call)) continue
      const index = typeof call['index'] === 'number' ? call['index'] : position
      const known = calls.get(index) ?? { id: '', name: '', arguments: '' }
      calls.set(index, known)
      const called = isRecord(call['function']) ? call['function'] : {}
      if (typeof call['id'] === 'string') known.id = call['id']
      if (typeof called['name'] === 'string') known.name += called['name']
      if (typeof called['arguments'] === 'string') known.arguments += called['arguments']
    }
    return given.length > 0
  }

  return {
    get finished() {
      return finish !== null
    },
    add(choice) {
      if (!isRecord(choice)) return false
      const said = isRecord(choice['delta']) ? choice['delta'] : isRecord(choice['message']) ? choice['message'] : {}
      let content = false
      const words = said['content']
      if (typeof words === 'string' && words !== '') {
        text += words
        content = true
      }
      const thought = said['reasoning_content'] ?? said['reasoning']
      if (typeof thought === 'string' && thought !== '') {
        reasoning += thought
        content = true
      }
      if (typeof said['refusal'] === 'string' && said['refusal'] !== '') {
        text += said['refusal']
        content = true
      }
      if (addCalls(said['tool_calls'])) content = true
      if (isRecord(said['audio'])) content = true
      if (typeof choice['finish_reason'] === 'string') finish = finishOf(choice['finish_reason'])
      return content
    },
    outcome: (usage) => ({
      content: [
        ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...[...calls.values()].map((call) => ({
          type: 'tool-call' as const,
          toolCallId: call.id,
          toolName: call.name,
          input: call.arguments,
        })),
      ],
      finish,
      usage: usageOf(usage),
    }),
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
