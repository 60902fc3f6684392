import { asProblem } from '@guildhall/kernel'
import type { Dialect, Head, Telling } from '../surface/dialect.ts'
import { frame } from '../surface/event-stream.ts'
import type { AnswerEnd, AnswerEvent, AnswerUsage, TokenLogprob } from '../surface/events.ts'
import { errorObject } from './problem.ts'

interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const

/** Chat completions. `guildhall` is an extension: run, cost, and who answered. */
export function chatCompletions({ includeUsage }: { includeUsage: boolean }): Dialect {
  return {
    formatField: 'response_format',
    whole: wholeCompletion,
    frames: (events, head, telling) => completionChunks(events, head, { telling, includeUsage }),
  }
}

const headOf = ({ runId, created, model }: Head) => ({ id: `chatcmpl-${runId.replaceAll('-', '')}`, created, model })

function completionUsage({ input, cached, cacheWrite, output, reasoning }: AnswerUsage) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

async function wholeCompletion(
  events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
  head: () => Head,
): Promise<{ body: Record<string, unknown>; end: AnswerEnd | null }> {
  let text = ''
  let reasoning = ''
  const calls: ToolCall[] = []
  let end: AnswerEnd | null = null
  for await (const event of events) {
    if (event.type === 'text') text += event.delta
    else if (event.type === 'reasoning') reasoning += event.delta
    else if (event.type === 'tool-start')
      calls[event.index] = { id: event.id, type: 'function', function: { name: event.name, arguments: '' } }
    else if (event.type === 'tool-arguments') {
      const call = calls[event.index]
      if (call) call.function.arguments += event.delta
    } else if (event.type === 'end') end = event
  }
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const body = {
    ...headOf(head()),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message,
        logprobs: logprobsOf(end?.logprobs),
        finish_reason: finishReasons[end?.finishReason ?? 'stop'],
      },
    ],
    usage: end ? completionUsage(end.usage) : null,
  }
  return { body, end }
}

function logprobsOf(logprobs: TokenLogprob[] | null | undefined) {
  return logprobs ? { content: logprobs, refusal: null } : null
}

/**
 * Chunks. A fault after the beginning is an event with an `error` member and then the end without `[DONE]`: the one form
 * that the official clients report as an error (a clean end looks complete to them).
 */
async function* completionChunks(
  events: AsyncIterable<AnswerEvent>,
  told: Head,
  { telling, includeUsage }: { telling: Telling; includeUsage: boolean },
): AsyncGenerator<string, void> {
  const head = { ...headOf(told), object: 'chat.completion.chunk' }
  const usage = includeUsage ? { usage: null } : {}
  const chunk = (delta: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    frame(
      JSON.stringify({
        ...head,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
        ...usage,
      }),
    )
  yield chunk({ role: 'assistant', content: '', refusal: null })
  try {
    for await (const event of events) {
      if (event.type === 'end') {
        // Providers tell them at the end; clients add up what each chunk brings.
        if (event.logprobs) yield chunk({}, { logprobs: logprobsOf(event.logprobs) })
        yield chunk({}, { finish_reason: finishReasons[event.finishReason] })
        const guildhall = await telling.further(event)
        if (includeUsage)
          yield frame(JSON.stringify({ ...head, choices: [], usage: completionUsage(event.usage), guildhall }))
      } else if (event.type === 'restart') {
        const { from, to } = event
        yield frame(JSON.stringify({ ...head, choices: [], ...usage, guildhall: { restart: { from, to } } }))
      } else {
        const delta = deltaOf(event)
        if (delta) yield chunk(delta)
      }
    }
    yield frame('[DONE]')
  } catch (error) {
    await telling.failed(error)
    yield frame(JSON.stringify({ error: errorObject(asProblem(error)) }))
  }
}

function deltaOf(event: Exclude<AnswerEvent, AnswerEnd | { type: 'restart' }>): Record<string, unknown> | null {
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
    case 'reasoning-end':
    case 'tool-end':
      return null
  }
}
