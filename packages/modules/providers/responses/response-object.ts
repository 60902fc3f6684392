import type { Head } from '../surface/dialect.ts'
import type { Block } from '../surface/blocks.ts'
import type { AnswerEnd, AnswerUsage, TokenLogprob } from '../surface/events.ts'
import { writeMark } from '../surface/reasoning-mark.ts'
import type { ResponsesRequest } from './responses-request.ts'

export const responseId = ({ runId }: Pick<Head, 'runId'>) => `resp_${runId.replaceAll('-', '')}`

function responseUsage({ input, cached, cacheWrite, output, reasoning }: AnswerUsage) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}

/** What a response says of itself besides its output: mostly what was asked. */
export function responseShell(request: ResponsesRequest, head: Head) {
  return {
    id: responseId(head),
    object: 'response',
    created_at: head.created,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: head.model,
    output: [] as Record<string, unknown>[],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    store: false,
    temperature: request.temperature ?? null,
    text: { format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    usage: null as ReturnType<typeof responseUsage> | null,
    user: null,
  }
}

/** How it ended. */
export function responseEnd(end: AnswerEnd | null) {
  const reason =
    end?.finishReason === 'length'
      ? 'max_output_tokens'
      : end?.finishReason === 'content-filter'
        ? 'content_filter'
        : null
  return {
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    usage: end ? responseUsage(end.usage) : null,
  }
}

export const textPart = (text: string, logprobs: TokenLogprob[]) => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs,
})

/** A block as an item of the output. Items have ids of the response's own, by their place. */
export function itemOf(
  block: Block,
  id: string,
  { status, sealed, logprobs }: { status: 'in_progress' | 'completed'; sealed: boolean; logprobs: TokenLogprob[] },
): Record<string, unknown> {
  const done = status === 'completed'
  switch (block.kind) {
    case 'text':
      return {
        type: 'message',
        id: `msg_${id}`,
        status,
        role: 'assistant',
        content: done ? [textPart(block.text, logprobs)] : [],
      }
    case 'tool':
      return {
        type: 'function_call',
        id: `fc_${id}`,
        status,
        call_id: block.call?.id ?? id,
        name: block.call?.name ?? '',
        arguments: done ? block.text : '',
      }
    case 'reasoning':
      return {
        type: 'reasoning',
        id: `rs_${id}`,
        summary: done && block.text !== '' ? [{ type: 'summary_text', text: block.text }] : [],
        ...(sealed && done ? { encrypted_content: writeMark(block.mark) } : {}),
      }
  }
}
