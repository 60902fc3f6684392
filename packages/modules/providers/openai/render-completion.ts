import { asProblem } from '@guildhall/kernel'
import type { CompletionEnd, CompletionEvent, CompletionUsage, FinishReason } from './events.ts'
import { errorObject } from './problem.ts'

/** What all objects of one completion share. */
export interface CompletionHead {
  id: string
  /** Seconds since 1970. */
  created: number
  /** Who answers, `provider/model`. */
  model: string
}

interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/** The answer as one object. `guildhall` is an extension: run, cost, and who answered. */
export async function renderCompletion(
  events: Iterable<CompletionEvent> | AsyncIterable<CompletionEvent>,
  head: () => CompletionHead,
): Promise<{ body: Record<string, unknown>; end: CompletionEnd | null }> {
  let text = ''
  let reasoning = ''
  const calls: ToolCall[] = []
  let end: CompletionEnd | null = null
  for await (const event of events) {
    if (event.type === 'text') text += event.delta
    else if (event.type === 'reasoning') reasoning += event.delta
    else if (event.type === 'tool-start')
      calls[event.index] = { id: event.id, type: 'function', function: { name: event.name, arguments: '' } }
    else if (event.type === 'tool-arguments') {
      const call = calls[event.index]
      if (call) call.function.arguments += event.delta
    } else end = event
  }
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const finish: FinishReason = end?.finishReason ?? 'stop'
  const body = {
    ...head(),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: end?.usage ?? null,
  }
  return { body, end }
}

export interface StreamRendering {
  head: CompletionHead
  includeUsage: boolean
  /** The extension of the last chunk; called once all is known. */
  further(end: CompletionEnd): Promise<Record<string, unknown>>
  /** Called when the stream broke, or its reader left. */
  failed(error: unknown): Promise<void>
  /** Stops whoever is writing. */
  abort: AbortController
}

/**
 * The answer as server-sent events. A fault after the beginning is an event with an `error` member and then the end
 * without `[DONE]`: the one form that the official clients report as an error (a clean end looks complete to them).
 */
export function renderStream(
  events: AsyncIterable<CompletionEvent>,
  rendering: StreamRendering,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const lines = serverSentEvents(events, rendering)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await lines.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(`data: ${next.value}\n\n`))
    },
    async cancel(reason) {
      rendering.abort.abort(reason)
      await lines.return()
      await rendering.failed(reason)
    },
  })
}

async function* serverSentEvents(
  events: AsyncIterable<CompletionEvent>,
  rendering: StreamRendering,
): AsyncGenerator<string, void> {
  const { head, includeUsage } = rendering
  const chunk = (delta: Record<string, unknown>, finish: FinishReason | null, usage?: CompletionUsage | null) =>
    JSON.stringify({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(usage === undefined ? {} : { usage }),
    })
  const withoutUsage = includeUsage ? null : undefined
  yield chunk({ role: 'assistant', content: '', refusal: null }, null, withoutUsage)
  try {
    for await (const event of events) {
      if (event.type === 'end') {
        yield chunk({}, event.finishReason, withoutUsage)
        const guildhall = await rendering.further(event)
        if (includeUsage)
          yield JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage: event.usage, guildhall })
      } else yield chunk(deltaOf(event), null, withoutUsage)
    }
    yield '[DONE]'
  } catch (error) {
    await rendering.failed(error)
    yield JSON.stringify({ error: errorObject(asProblem(error)) })
  }
}

function deltaOf(event: Exclude<CompletionEvent, CompletionEnd>): Record<string, unknown> {
  switch (event.type) {
    case 'text':
      return { content: event.delta }
    case 'reasoning':
      return { reasoning_content: event.delta }
    case 'tool-start':
      return {
        tool_calls: [
          { index: event.index, id: event.id, type: 'function', function: { name: event.name, arguments: '' } },
        ],
      }
    case 'tool-arguments':
      return { tool_calls: [{ index: event.index, function: { arguments: event.delta } }] }
  }
}
