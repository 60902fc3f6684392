import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { invalidInput, notFound, type Context } from '@guildhall/kernel'
import type { AgentTurn } from '../agent-completions.ts'
import type { Answered } from '../gateway.ts'
import { messageText } from '../prompt-text.ts'
import { answerHeaders } from './answer-headers.ts'
import { seconds, type Asked, type Dialect } from './dialect.ts'
import { byteStream, eventStreamHeaders } from './event-stream.ts'
import { eventsOfAgent } from './events.ts'

/** A published agent of the tenant under `agent:<slug>`. It ends its own run. */
export async function answerByAgent(ctx: Context, slug: string, asked: Asked, dialect: Dialect): Promise<Response> {
  const { agentCompletions } = ctx.services
  if (!agentCompletions) throw notFound('agent', slug)
  const { prompt, tools, responseFormat } = asked.options
  if (tools && tools.length > 0)
    throw invalidInput([{ field: 'tools', message: 'must be left out: an agent brings its own tools' }])
  if (responseFormat && responseFormat.type !== 'text')
    throw invalidInput([{ field: dialect.formatField, message: 'must be left out: an agent answers in words' }])
  const abort = new AbortController()
  const signal = AbortSignal.any([ctx.signal, abort.signal])
  const { stream, model } = asked
  const { runId, parts } = await agentCompletions.complete(ctx, { slug, messages: turnsOf(prompt), stream, signal })
  const head = { runId, created: seconds(), model }
  if (!stream) {
    const { body, end } = await dialect.whole(eventsOfAgent(parts), () => head)
    const headers = answerHeaders(runId, answeredIn(end?.further))
    return Response.json({ ...body, guildhall: { run: runId, ...end?.further } }, { headers })
  }
  const frames = dialect.frames(eventsOfAgent(parts), head, {
    further: async (end) => ({ run: runId, ...end.further }),
    failed: () => Promise.resolve(),
  })
  const bytes = byteStream(frames, async (reason) => abort.abort(reason))
  return new Response(bytes, { headers: { ...eventStreamHeaders, ...answerHeaders(runId, null) } })
}

/** Agents take words; pictures and tool calls of a foreign conversation mean nothing to them. */
function turnsOf(prompt: LanguageModelV4Prompt): AgentTurn[] {
  return prompt.map((message, index): AgentTurn => {
    const wordless =
      message.role === 'tool' || (message.role !== 'system' && message.content.some((part) => part.type !== 'text'))
    if (message.role === 'tool' || wordless)
      throw invalidInput([{ field: `messages.${index}`, message: 'must hold text only for an agent' }])
    return { role: message.role, text: messageText(message) }
  })
}

function answeredIn(further: Record<string, unknown> | undefined): Answered | null {
  const { provider, model, source, fallbackReason } = further ?? {}
  if (typeof provider !== 'string' || typeof model !== 'string') return null
  const known = source === 'cached' || source === 'extractive' ? source : 'fresh'
  return { provider, model, source: known, fallbackReason: typeof fallbackReason === 'string' ? fallbackReason : null }
}
