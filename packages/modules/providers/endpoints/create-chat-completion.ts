import { endpoint, invalidInput, notFound, type Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { AgentTurn } from '../agent-completions.ts'
import type { Answered } from '../gateway.ts'
import { callOptionsOf, ChatRequest } from '../openai/chat-request.ts'
import { eventsOfAgent, eventsOfResult, eventsOfStream } from '../openai/events.ts'
import { answerHeaders, servedModel } from '../openai/headers.ts'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { readBody } from '../openai/read-body.ts'
import { renderCompletion, renderStream, type CompletionHead } from '../openai/render-completion.ts'
import { messageText } from '../prompt-text.ts'

const eventStream = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

export const createChatCompletion = endpoint({
  name: 'completions.create',
  summary: 'Chat completions for OpenAI clients: `default`, `provider/model`, a model, or `agent:<slug>`',
  route: 'POST /v1/chat/completions',
  permission: 'providers:use',
  maxBody: 32 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: ChatRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const body = await readBody(request, ChatRequest)
    const agent = /^agent:(.+)$/.exec(body.model)?.[1]
    return agent === undefined ? completeWithModel(body, ctx) : completeWithAgent(agent, body, ctx)
  },
})

async function completeWithModel(body: ChatRequest, ctx: Context): Promise<Response> {
  const options = callOptionsOf(body)
  const question = options.prompt.findLast((message) => message.role === 'user')
  const run = await ctx.services.runs.start(ctx, {
    kind: 'completion',
    title: question ? messageText(question) : 'Completion',
    input: body,
  })
  const abort = new AbortController()
  const abortSignal = AbortSignal.any([ctx.signal, abort.signal])
  try {
    const model = await ctx.services.providers.languageModel(ctx, { model: body.model, run, step: 'completion' })
    if (!body.stream) {
      const result = await model.doGenerate({ ...options, abortSignal })
      const answered = model.answered()
      const { body: completion } = await renderCompletion(eventsOfResult(result), () =>
        headOf(run, answered, body.model),
      )
      const totals = await run.end('ok', { output: completion })
      return Response.json(
        {
          ...completion,
          guildhall: { run: run.id, ...answered, costMicros: totals.costMicros, costComplete: totals.costComplete },
        },
        { headers: answerHeaders(run.id, answered, totals) },
      )
    }
    const { stream } = await model.doStream({ ...options, abortSignal })
    const answered = model.answered()
    const rendered = renderStream(eventsOfStream(stream), {
      head: headOf(run, answered, body.model),
      includeUsage: body.stream_options?.include_usage === true,
      abort,
      async further() {
        const totals = await run.end('ok')
        return { run: run.id, ...answered, costMicros: totals.costMicros, costComplete: totals.costComplete }
      },
      failed: (error) => endFailed(run, error, abortSignal),
    })
    return new Response(rendered, { headers: { ...eventStream, ...answerHeaders(run.id, answered) } })
  } catch (error) {
    await endFailed(run, error, abortSignal)
    throw error
  }
}

async function completeWithAgent(slug: string, body: ChatRequest, ctx: Context): Promise<Response> {
  const { agentCompletions } = ctx.services
  if (!agentCompletions) throw notFound('agent', slug)
  if (body.tools && body.tools.length > 0)
    throw invalidInput([{ field: 'tools', message: 'must be left out: an agent brings its own tools' }])
  if (body.response_format && body.response_format.type !== 'text')
    throw invalidInput([{ field: 'response_format', message: 'must be left out: an agent answers in words' }])
  const abort = new AbortController()
  const signal = AbortSignal.any([ctx.signal, abort.signal])
  const stream = body.stream === true
  const { runId, parts } = await agentCompletions.complete(ctx, { slug, messages: turnsOf(body), stream, signal })
  const head = { id: completionId(runId), created: seconds(), model: body.model }
  if (!stream) {
    const { body: completion, end } = await renderCompletion(eventsOfAgent(parts), () => head)
    const headers = answerHeaders(runId, answeredIn(end?.further))
    return Response.json({ ...completion, guildhall: { run: runId, ...end?.further } }, { headers })
  }
  const rendered = renderStream(eventsOfAgent(parts), {
    head,
    includeUsage: body.stream_options?.include_usage === true,
    abort,
    further: async (end) => ({ run: runId, ...end.further }),
    // The agent ends its own run.
    failed: () => Promise.resolve(),
  })
  return new Response(rendered, { headers: { ...eventStream, ...answerHeaders(runId, null) } })
}

/** Agents take words; pictures and tool calls of a foreign conversation mean nothing to them. */
function turnsOf(body: ChatRequest): AgentTurn[] {
  return callOptionsOf(body).prompt.map((message, index): AgentTurn => {
    const wordless =
      message.role === 'tool' || (message.role !== 'system' && message.content.some((part) => part.type !== 'text'))
    if (message.role === 'tool' || wordless)
      throw invalidInput([{ field: `messages.${index}`, message: 'must hold text only for an agent' }])
    return { role: message.role, text: messageText(message) }
  })
}

async function endFailed(run: RunHandle, error: unknown, signal: AbortSignal): Promise<void> {
  await run.end(signal.aborted ? 'cancelled' : 'failed', {
    error: error instanceof Error ? error.message : String(error),
  })
}

function answeredIn(further: Record<string, unknown> | undefined): Answered | null {
  const { provider, model, source, fallbackReason } = further ?? {}
  if (typeof provider !== 'string' || typeof model !== 'string') return null
  const known = source === 'cached' || source === 'extractive' ? source : 'fresh'
  return { provider, model, source: known, fallbackReason: typeof fallbackReason === 'string' ? fallbackReason : null }
}

const seconds = () => Math.floor(Date.now() / 1000)
const completionId = (runId: string) => `chatcmpl-${runId.replaceAll('-', '')}`

function headOf(run: RunHandle, answered: Answered | null, requested: string): CompletionHead {
  return { id: completionId(run.id), created: seconds(), model: answered ? servedModel(answered) : requested }
}
