import { asProblem } from '@guildhall/kernel'
import type { Dialect, Head, Telling } from '../surface/dialect.ts'
import { blocksOf, collectBlocks, type Block } from '../surface/blocks.ts'
import { frame } from '../surface/event-stream.ts'
import type { AnswerEnd, AnswerEvent, AnswerUsage } from '../surface/events.ts'
import { writeMark } from '../surface/reasoning-mark.ts'
import { messagesFault } from './problem.ts'

/** @param inputTokens estimate of the prompt, for the first event of a stream: what was used is known at its end */
export function anthropicMessages({ inputTokens }: { inputTokens: () => number }): Dialect {
  return {
    formatField: 'output_config.format',
    whole: wholeMessage,
    frames: (events, head, telling) => messageEvents(events, head, { telling, inputTokens }),
  }
}

function headOf({ runId, model }: Head) {
  return { id: `msg_${runId.replaceAll('-', '')}`, type: 'message', role: 'assistant', model }
}

/** `input_tokens` is what was neither read from the cache nor written to it. */
function messageUsage({ input, cached, cacheWrite, output, reasoning }: AnswerUsage) {
  return {
    input_tokens: Math.max(0, input - cached - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    output_tokens: output,
    ...(reasoning > 0 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
  }
}

const nothing: AnswerUsage = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 }

function stopOf(end: AnswerEnd | null): { stop_reason: string; stop_sequence: string | null } {
  const sequence = end?.stopSequence ?? null
  const reasons = {
    stop: sequence === null ? 'end_turn' : 'stop_sequence',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    'content-filter': 'refusal',
  }
  return { stop_reason: reasons[end?.finishReason ?? 'stop'], stop_sequence: sequence }
}

async function wholeMessage(
  events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
  head: () => Head,
): Promise<{ body: Record<string, unknown>; end: AnswerEnd | null }> {
  const { blocks, end } = await collectBlocks(events)
  const body = {
    ...headOf(head()),
    content: blocks.map(wholeBlock),
    ...stopOf(end),
    usage: messageUsage(end?.usage ?? nothing),
  }
  return { body, end }
}

/** Claude's own marks go out as they came; those of others in an envelope that comes back with the next turn. */
function signatureOf({ mark }: Block): string {
  const own = mark?.['anthropic']?.['signature']
  return typeof own === 'string' ? own : (writeMark(mark) ?? '')
}

function redactedOf({ kind, text, mark }: Block): string | null {
  const redacted = mark?.['anthropic']?.['redactedData']
  return kind === 'reasoning' && text === '' && typeof redacted === 'string' ? redacted : null
}

function wholeBlock(block: Block): Record<string, unknown> {
  const redacted = redactedOf(block)
  if (redacted !== null) return { type: 'redacted_thinking', data: redacted }
  if (block.kind === 'reasoning') return { type: 'thinking', thinking: block.text, signature: signatureOf(block) }
  if (block.kind === 'text') return { type: 'text', text: block.text, citations: null }
  return { type: 'tool_use', ...block.call, input: inputOf(block.text) }
}

function inputOf(json: string): unknown {
  try {
    return json.trim() === '' ? {} : JSON.parse(json)
  } catch {
    // Cut off by a token limit: the stop reason tells, and an object is what clients expect here.
    return {}
  }
}

/** From `message_start` to `message_stop`; a fault ends the stream with `error` instead. */
async function* messageEvents(
  events: AsyncIterable<AnswerEvent>,
  head: Head,
  { telling, inputTokens }: { telling: Telling; inputTokens: () => number },
): AsyncGenerator<string, void> {
  const message = {
    ...headOf(head),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: messageUsage({ ...nothing, input: inputTokens() }),
  }
  yield event('message_start', { message })
  try {
    for await (const happened of blocksOf(events)) {
      if (happened.type === 'end') {
        const guildhall = await telling.further(happened)
        yield event('message_delta', { delta: stopOf(happened), usage: messageUsage(happened.usage), guildhall })
        continue
      }
      const { block } = happened
      const { index } = block
      if (happened.type === 'open') {
        // Thoughts that are only sealed are known when they end.
        if (block.kind !== 'reasoning') yield event('content_block_start', { index, content_block: emptyBlock(block) })
      } else if (happened.type === 'delta') {
        if (block.kind === 'reasoning' && block.text === happened.delta)
          yield event('content_block_start', { index, content_block: emptyBlock(block) })
        if (happened.delta !== '') yield event('content_block_delta', { index, delta: deltaOf(block, happened.delta) })
      } else {
        const redacted = redactedOf(block)
        if (redacted !== null)
          yield event('content_block_start', { index, content_block: { type: 'redacted_thinking', data: redacted } })
        else if (block.kind === 'reasoning') {
          if (block.text === '') yield event('content_block_start', { index, content_block: emptyBlock(block) })
          yield event('content_block_delta', {
            index,
            delta: { type: 'signature_delta', signature: signatureOf(block) },
          })
        }
        yield event('content_block_stop', { index })
      }
    }
    yield event('message_stop', {})
  } catch (error) {
    await telling.failed(error)
    yield messagesFault(asProblem(error))
  }
}

function event(type: string, members: Record<string, unknown>): string {
  return frame(JSON.stringify({ type, ...members }), type)
}

function emptyBlock({ kind, call }: Block): Record<string, unknown> {
  if (kind === 'text') return { type: 'text', text: '', citations: null }
  if (kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' }
  return { type: 'tool_use', ...call, input: {} }
}

function deltaOf({ kind }: Block, delta: string): Record<string, unknown> {
  if (kind === 'text') return { type: 'text_delta', text: delta }
  if (kind === 'reasoning') return { type: 'thinking_delta', thinking: delta }
  return { type: 'input_json_delta', partial_json: delta }
}
