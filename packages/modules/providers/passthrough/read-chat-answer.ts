import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { z } from 'zod'
import { errorObject } from '../openai/problem.ts'
import { frame } from '../surface/event-stream.ts'
import { isRecord, toldError, type AnswerReader } from './wire.ts'

const count = z.number().nonnegative().nullish().catch(null)
const Usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish().catch(null),
  completion_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(null),
})

/** Usage in the words of the AI SDK; undefined when the provider said nothing that can be read. */
function usageOf(given: unknown): LanguageModelV4Usage | undefined {
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

/**
 * Reads an answer of OpenAI's chat completions.
 * @param hideUsage the caller has not asked for the chunk with the usage: it is read and left out
 */
export function readChatAnswer({ hideUsage }: { hideUsage: boolean }): AnswerReader {
  let text = ''
  let reasoning = ''
  const calls = new Map<number, ToolCall>()
  let finish: LanguageModelV4FinishReason | null = null
  let usage: unknown
  let said = false

  /** A call without arguments is none yet: nobody can act on it. */
  function addCalls(given: unknown): void {
    if (!Array.isArray(given)) return
    for (const [position, call] of given.entries()) {
      if (!isRecord(call)) continue
      const index = typeof call['index'] === 'number' ? call['index'] : position
      const known = calls.get(index) ?? { id: '', name: '', arguments: '' }
      calls.set(index, known)
      const called = isRecord(call['function']) ? call['function'] : {}
      if (typeof call['id'] === 'string') known.id = call['id']
      if (typeof called['name'] === 'string') known.name += called['name']
      if (typeof called['arguments'] === 'string' && called['arguments'] !== '') {
        known.arguments += called['arguments']
        said = true
      }
    }
  }

  function add(choice: unknown): void {
    if (!isRecord(choice)) return
    const given = isRecord(choice['delta']) ? choice['delta'] : isRecord(choice['message']) ? choice['message'] : {}
    const words = given['content']
    if (typeof words === 'string' && words !== '') {
      text += words
      said = true
    }
    const thought = given['reasoning_content'] ?? given['reasoning']
    if (typeof thought === 'string' && thought !== '') {
      reasoning += thought
      said = true
    }
    if (typeof given['refusal'] === 'string' && given['refusal'] !== '') {
      text += given['refusal']
      said = true
    }
    addCalls(given['tool_calls'])
    if (isRecord(given['audio'])) said = true
    if (typeof choice['finish_reason'] === 'string') {
      finish = finishOf(choice['finish_reason'])
      if (calls.size > 0) said = true
    }
  }

  return {
    get said() {
      return said
    },
    get finished() {
      return finish !== null
    },
    closing: 'data: [DONE]\n\n',
    fault: (problem) => frame(JSON.stringify({ error: errorObject(problem) })),
    event(data) {
      if (data['error']) throw toldError(data['error'])
      const choices = Array.isArray(data['choices']) ? data['choices'] : []
      for (const choice of choices) add(choice)
      if (!isRecord(data['usage'])) return 'give'
      usage = data['usage']
      return hideUsage && choices.length === 0 ? 'hide' : 'give'
    },
    whole({ choices, usage: told }) {
      if (!Array.isArray(choices) || choices.length === 0) return 'has no choices'
      for (const choice of choices) add(choice)
      usage = told
      return null
    },
    outcome: () => ({
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
