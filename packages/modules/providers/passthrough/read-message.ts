import type { LanguageModelV4Content, LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { z } from 'zod'
import { messagesFault } from '../anthropic/problem.ts'
import { isRecord, toldError, type AnswerReader } from './wire.ts'

const count = z.number().nonnegative().nullish().catch(null)
const Usage = z.object({
  input_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(null),
})

/** `input_tokens` is what was neither read from the cache nor written to it. */
function usageOf(given: Record<string, unknown>): LanguageModelV4Usage | undefined {
  const read = Usage.safeParse(given)
  if (!read.success) return undefined
  const { input_tokens: noCache, output_tokens: output } = read.data
  if (noCache === null || noCache === undefined || output === null || output === undefined) return undefined
  const cacheRead = read.data.cache_read_input_tokens ?? 0
  const cacheWrite = read.data.cache_creation_input_tokens ?? 0
  const reasoning = read.data.output_tokens_details?.thinking_tokens ?? 0
  return {
    inputTokens: { total: noCache + cacheRead + cacheWrite, noCache, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  }
}

const unified: Record<string, LanguageModelV4FinishReason['unified']> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content-filter',
}

type Block =
  | { type: 'text' | 'reasoning'; text: string }
  /** `text` is the arguments as JSON; none at all = an empty object. */
  | { type: 'tool'; id: string; name: string; text: string }

/** Reads an answer of Anthropic's Messages API. */
export function readMessage(): AnswerReader {
  const blocks = new Map<number, Block>()
  let finish: LanguageModelV4FinishReason | null = null
  let usage: Record<string, unknown> = {}
  /** A stream tells it at its beginning, then as a sum: what was used is known when the last of it has come. */
  let counted = false
  let said = false

  function open(index: number, given: unknown): void {
    if (!isRecord(given)) return
    const { type, text, thinking, id, name, input } = given
    if (type === 'tool_use') {
      const whole = isRecord(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : ''
      blocks.set(index, { type: 'tool', id: asText(id), name: asText(name), text: whole })
      if (whole !== '') said = true
      return
    }
    if (type !== 'text' && type !== 'thinking') return
    const words = type === 'text' ? asText(text) : asText(thinking)
    blocks.set(index, { type: type === 'text' ? 'text' : 'reasoning', text: words })
    if (words !== '') said = true
  }

  function grow(index: number, given: unknown): void {
    const block = blocks.get(index)
    if (!block || !isRecord(given)) return
    const piece = asText(given['text'] ?? given['thinking'] ?? given['partial_json'])
    block.text += piece
    if (piece !== '') said = true
  }

  function stop(reason: unknown): void {
    if (typeof reason !== 'string') return
    finish = { unified: unified[reason] ?? 'other', raw: reason }
    if ([...blocks.values()].some(({ type }) => type === 'tool')) said = true
  }

  function add(told: unknown): void {
    if (isRecord(told)) for (const name in told) if (told[name] !== null) usage = { ...usage, [name]: told[name] }
  }

  return {
    get said() {
      return said
    },
    get finished() {
      return finish !== null
    },
    closing: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    fault: messagesFault,
    event(data) {
      const index = typeof data['index'] === 'number' ? data['index'] : 0
      switch (data['type']) {
        case 'error':
          throw toldError(data['error'])
        case 'message_start':
          if (isRecord(data['message'])) add(data['message']['usage'])
          break
        case 'content_block_start':
          open(index, data['content_block'])
          break
        case 'content_block_delta':
          grow(index, data['delta'])
          break
        case 'message_delta':
          add(data['usage'])
          counted = true
          if (isRecord(data['delta'])) stop(data['delta']['stop_reason'])
          break
        case 'message_stop':
          return 'last'
      }
      return 'give'
    },
    whole({ content, stop_reason: reason, usage: told }) {
      if (!Array.isArray(content)) return 'has no content'
      for (const [index, block] of content.entries()) open(index, block)
      add(told)
      counted = true
      stop(reason)
      return null
    },
    outcome: () => ({
      content: [...blocks.values()].flatMap(partOf),
      finish,
      usage: counted ? usageOf(usage) : undefined,
    }),
  }
}

function partOf(block: Block): LanguageModelV4Content[] {
  if (block.type === 'tool')
    return [{ type: 'tool-call', toolCallId: block.id, toolName: block.name, input: block.text }]
  return block.text === '' ? [] : [{ type: block.type, text: block.text }]
}

const asText = (value: unknown) => (typeof value === 'string' ? value : '')
