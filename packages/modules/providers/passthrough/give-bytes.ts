import type { ModelCall } from '../model-call.ts'
import { brokenOff } from '../problems.ts'
import { answerHeaders } from '../surface/answer-headers.ts'
import { eventStreamHeaders } from '../surface/event-stream.ts'
import { AttemptTimeout } from '../walk/classify-failure.ts'
import { tellFailure } from '../walk/tell-failure.ts'
import type { Walked } from '../walk/walk-targets.ts'
import type { WholeBytes } from './ask-bytes.ts'
import { beginStream } from './begin-stream.ts'
import type { ByteStream } from './byte-stream.ts'
import { drained, endFailed, type Given, type Passing } from './passing.ts'

const noReason = { unified: 'other', raw: undefined } as const

/** A provider's whole answer as it came. */
export async function giveWholeBytes(
  { run, exchange }: Passing,
  call: ModelCall,
  walked: Walked<WholeBytes>,
): Promise<Given> {
  const { bytes, outcome } = walked.value
  const { content, usage, finish } = outcome
  const finishReason = finish ?? noReason
  call.commit(walked)
  const answered = await call.settle(walked, {
    outcome: 'ok',
    usage,
    content,
    complete: finishReason.unified === 'stop',
  })
  const totals = await run.end('ok', { output: content })
  exchange.start(200, {
    'content-type': 'application/json',
    'content-length': String(bytes.byteLength),
    ...answerHeaders(run.id, answered, totals),
  })
  exchange.response.end(bytes)
  return { parts: { content, finishReason }, answered }
}

/**
 * A provider's events as they come; the last one when the answer is booked.
 * @returns null when it broke off, which the reader has been told in the stream
 */
export async function giveByteStream(
  passing: Passing,
  call: ModelCall,
  walked: Walked<ByteStream>,
): Promise<Given | null> {
  const { run, exchange, state, asked } = passing
  const { response } = exchange
  const { value, target, controller } = walked
  const { firstTokenMs } = value
  const committed = beginStream(passing, call, walked)
  exchange.start(200, { ...eventStreamHeaders, ...answerHeaders(run.id, committed) })
  const { idleMs } = call.rules
  try {
    const { content, usage, finish } = await value.relay({
      write: (bytes) => response.write(bytes),
      drained: () => drained(exchange),
      idleMs,
      onIdle: () => controller.abort(new AttemptTimeout(idleMs, 'further token')),
    })
    const finishReason = finish ?? noReason
    const complete = finishReason.unified === 'stop'
    const answered = await call.settle(walked, { outcome: 'ok', usage, content, complete, firstTokenMs })
    await run.end('ok', { output: content })
    response.end(value.closing())
    return { parts: { content, finishReason }, answered }
  } catch (error) {
    const cause = controller.signal.reason instanceof AttemptTimeout ? controller.signal.reason : error
    if (!controller.signal.aborted) controller.abort(error)
    const { content, usage } = value.soFar()
    if (asked.abortSignal?.aborted) {
      await call.settle(walked, {
        outcome: 'cancelled',
        usage,
        content,
        complete: false,
        firstTokenMs,
        reason: 'cancelled',
      })
      throw asked.abortSignal.reason
    }
    const failure = tellFailure(cause, target.connection)
    const reason = failure.reason === 'refused' ? 'cut' : failure.reason
    state.health.failed(target.connection, reason, failure.message)
    state.cooldowns.failed(target, { ...failure, reason }, { admitted: true, probes: [] })
    call.broken(walked, { usage, content, firstTokenMs, reason, error: failure.message })
    const problem = brokenOff({ provider: target.connection.slug, model: target.model }, reason, failure.message)
    await call.abandon(problem)
    await endFailed(passing, problem)
    response.end(value.fault(problem))
    return null
  }
}
