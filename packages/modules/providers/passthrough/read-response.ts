import type { LanguageModelV4Content, LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { z } from 'zod'
import { responseFault } from '../responses/response-fault.ts'
import { StreamCut } from '../walk/classify-failure.ts'
import { isRecord, toldError, type AnswerReader } from './wire.ts'

const count = z.number().nonnegative().nullish().catch(null)
const Usage = z.object({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish().catch(null),
  output_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(null),
})

function usageOf(given: unknown): LanguageModelV4Usage | undefined {
  const read = Usage.safeParse(given)
  if (!read.success) return undefined
  const { input_tokens: input, output_tokens: output } = read.data
  if (input === null || input === undefined || output === null || output === undefined) return undefined
  const cacheRead = read.data.input_tokens_details?.cached_tokens ?? 0
  const cacheWrite = read.data.input_tokens_details?.cache_write_tokens ?? 0
  const reasoning = read.data.output_tokens_details?.reasoning_tokens ?? 0
  return {
    inputTokens: { total: input, noCache: input - cacheRead - cacheWrite, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  }
}

interface Item {
  type: 'text' | 'reasoning' | 'tool'
  /** Words, or the arguments of a call. */
  text: string
  id: string
  name: string
}

const deltas: Record<string, Item['type']> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'text',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.reasoning_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'tool',
}

/** Reads an answer of OpenAI's Responses API. */
export function readResponse(): AnswerReader {
  const items = new Map<number, Item>()
  let finish: LanguageModelV4FinishReason | null = null
  let usage: unknown
  let said = false
  /** For the events that tell of a fault. */
  let shell: Record<string, unknown> = { object: 'response' }
  const done: unknown[] = []
  let sequence = -1

  function itemAt(index: unknown, type: Item['type']): Item {
    const at = typeof index === 'number' ? index : 0
    const known = items.get(at)
    if (known) return known
    const fresh: Item = { type, text: '', id: '', name: '' }
    items.set(at, fresh)
    return fresh
  }

  function grow(index: unknown, type: Item['type'], piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return
    itemAt(index, type).text += piece
    said = true
  }

  /** A tool's call is known by its item, its arguments by their own events or by the item's end. */
  function addCall(index: unknown, given: unknown): void {
    if (!isRecord(given) || given['type'] !== 'function_call') return
    const item = itemAt(index, 'tool')
    if (typeof given['call_id'] === 'string') item.id = given['call_id']
    if (typeof given['name'] === 'string') item.name = given['name']
    setArguments(item, given['arguments'])
  }

  function setArguments(item: Item, given: unknown): void {
    if (typeof given !== 'string' || given === '') return
    item.text = given
    said = true
  }

  /** An item of a whole output. */
  function addItem(index: number, given: unknown): void {
    if (!isRecord(given)) return
    addCall(index, given)
    const parts = given['type'] === 'message' ? given['content'] : given['type'] === 'reasoning' ? given['summary'] : []
    if (!Array.isArray(parts)) return
    for (const part of parts)
      if (isRecord(part))
        grow(index, given['type'] === 'message' ? 'text' : 'reasoning', part['text'] ?? part['refusal'])
  }

  function end(given: unknown): void {
    if (!isRecord(given)) return
    if (Array.isArray(given['output']) && !said) for (const [at, item] of given['output'].entries()) addItem(at, item)
    usage = given['usage']
    if (given['status'] === 'completed') {
      const called = [...items.values()].some(({ type }) => type === 'tool')
      if (called) said = true
      finish = { unified: called ? 'tool-calls' : 'stop', raw: 'completed' }
    } else if (given['status'] === 'incomplete') {
      const why = isRecord(given['incomplete_details']) ? given['incomplete_details']['reason'] : undefined
      const raw = typeof why === 'string' ? why : 'incomplete'
      const known = { max_output_tokens: 'length', content_filter: 'content-filter' } as const
      finish = { unified: raw === 'max_output_tokens' || raw === 'content_filter' ? known[raw] : 'other', raw }
    } else if (given['status'] === 'failed') throw toldError(given['error'])
    else throw new StreamCut(`the provider ended its answer with the status ${String(given['status'])}`)
  }

  return {
    get said() {
      return said
    },
    get finished() {
      return finish !== null
    },
    // Never needed: the event that says that it is done is the last one.
    closing: '',
    fault: (problem) => responseFault(problem, { shell, output: done, sequence }),
    event(data) {
      const { type, output_index: index } = data
      if (typeof data['sequence_number'] === 'number') sequence = data['sequence_number']
      const kind = typeof type === 'string' ? deltas[type] : undefined
      if (kind) grow(index, kind, data['delta'])
      else
        switch (type) {
          case 'error':
            throw toldError(isRecord(data['error']) ? data['error'] : data)
          case 'response.failed':
            throw toldError(isRecord(data['response']) ? data['response']['error'] : data)
          case 'response.created':
            if (isRecord(data['response'])) shell = data['response']
            break
          case 'response.output_item.added':
            addCall(index, data['item'])
            break
          case 'response.function_call_arguments.done':
            setArguments(itemAt(index, 'tool'), data['arguments'])
            break
          case 'response.output_item.done':
            addCall(index, data['item'])
            done.push(data['item'])
            break
          case 'response.completed':
          case 'response.incomplete':
            end(data['response'])
            return 'last'
        }
      return 'give'
    },
    whole(answer) {
      if (!Array.isArray(answer['output'])) return 'has no output'
      end(answer)
      return null
    },
    outcome: () => ({ content: [...items.values()].flatMap(partOf), finish, usage: usageOf(usage) }),
  }
}

function partOf({ type, text, id, name }: Item): LanguageModelV4Content[] {
  if (type === 'tool') return [{ type: 'tool-call', toolCallId: id, toolName: name, input: text }]
  return text === '' ? [] : [{ type, text }]
}
