import { asProblem, type Context, type Problem } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Answered } from '../gateway.ts'
import { messageText } from '../prompt-text.ts'
import { answerHeaders, servedModel } from './answer-headers.ts'
import { cacheControlOf } from './cache-control.ts'
import { seconds, type Asked, type Dialect, type Head } from './dialect.ts'
import { byteStream, eventStreamHeaders } from './event-stream.ts'
import { eventsOfResult, eventsOfStream } from './events.ts'

/** A model, a route or the chain of the tenant. A run of its own tells each attempt. */
export async function answerByModel(ctx: Context, request: Request, asked: Asked, dialect: Dialect): Promise<Response> {
  const { options } = asked
  const question = options.prompt.findLast((message) => message.role === 'user')
  const { projectId } = await ctx.services.limits.attribution(ctx, { projectId: null, agentId: null })
  const run = await ctx.services.runs.start(ctx, {
    kind: 'completion',
    title: question ? messageText(question) : 'Completion',
    input: asked.input,
    ...(projectId === null ? {} : { projectId }),
  })
  const abort = new AbortController()
  const abortSignal = AbortSignal.any([ctx.signal, abort.signal])
  const failed = (error: unknown) => endFailed(run, error, abortSignal)
  try {
    const model = await ctx.services.providers.languageModel(ctx, {
      model: asked.model,
      run,
      step: 'completion',
      cacheControl: cacheControlOf(request.headers),
      mayRestart: asked.stream && request.headers.get('x-guildhall-restart') === 'allow',
    })
    if (!asked.stream) {
      const result = await model.doGenerate({ ...options, abortSignal })
      const answered = model.answered()
      const { body } = await dialect.whole(eventsOfResult(result), () => headOf(run.id, answered, asked.model))
      const totals = await run.end('ok', { output: body })
      const { costMicros, costComplete } = totals
      const guildhall = { run: run.id, ...shown(answered), costMicros, costComplete }
      return Response.json({ ...body, guildhall }, { headers: answerHeaders(run.id, answered, totals) })
    }
    const { stream } = await model.doStream({ ...options, abortSignal })
    const answered = model.answered()
    const frames = dialect.frames(eventsOfStream(stream), headOf(run.id, answered, asked.model), {
      async further() {
        const { costMicros, costComplete } = await run.end('ok')
        return { run: run.id, ...shown(model.answered()), costMicros, costComplete }
      },
      failed,
    })
    const bytes = byteStream(frames, async (reason) => {
      abort.abort(reason)
      await failed(reason)
    })
    return new Response(bytes, { headers: { ...eventStreamHeaders, ...answerHeaders(run.id, answered) } })
  } catch (error) {
    await failed(error)
    throw naming(error, run.id)
  }
}

async function endFailed(run: RunHandle, error: unknown, signal: AbortSignal): Promise<void> {
  await run.end(signal.aborted ? 'cancelled' : 'failed', {
    error: error instanceof Error ? error.message : String(error),
  })
}

/** A refusal names its run in the same header as an answer. */
function naming(error: unknown, runId: string): Problem {
  const problem = asProblem(error)
  problem.headers['x-guildhall-run'] ??= runId
  return problem
}

/** What of it belongs into the body: limits are headers alone. */
function shown(answered: Answered | null): Record<string, unknown> {
  if (!answered) return {}
  const { limits: _limits, costMicros: _cost, ...rest } = answered
  return rest
}

function headOf(runId: string, answered: Answered | null, requested: string): Head {
  return { runId, created: seconds(), model: answered ? servedModel(answered) : requested }
}
