import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import { collectContent, cutIn, isHalfToolCall } from '../call-content.ts'
import type { HealthRecord } from '../connection-health.ts'
import type { Cooldowns } from '../cooldowns/cooldowns.ts'
import type { Answered } from '../gateway.ts'
import type { ModelCall } from '../model-call.ts'
import { brokenOff } from '../problems.ts'
import { restartPart } from '../restart.ts'
import { noUsage } from '../usage.ts'
import { AttemptTimeout, StreamCut } from './classify-failure.ts'
import { isCut, type OpenedStream } from './first-content.ts'
import { openBlocks } from './open-blocks.ts'
import { untilAborted } from './until-aborted.ts'
import { tellFailure } from './tell-failure.ts'
import type { Walked } from './walk-targets.ts'

export interface RelayOptions {
  call: ModelCall
  health: HealthRecord
  cooldowns: Cooldowns
  walked: Walked<OpenedStream>
  signal: AbortSignal | undefined
  /** What was asked for: JSON that ends in its middle is a fault. */
  responseFormat: LanguageModelV4CallOptions['responseFormat']
  /** Asks those who have not been asked, after an answer broke off; null = nobody is left, or the reader could not follow. */
  again: ((brokenOff: Walked<OpenedStream>, left: AbortSignal) => Promise<Walked<OpenedStream> | null>) | null
  /** Told of each who answers, and at the end with what it has cost. */
  answered(answered: Answered): void
  metadata(answered: Answered): NonNullable<(LanguageModelV4StreamPart & { type: 'finish' })['providerMetadata']>
  /** The last part was given away, or the reader has left. */
  ended(): void
  /** The answer is complete. */
  complete(end: LanguageModelV4StreamPart & { type: 'finish' }, collected: ReturnType<typeof collectContent>): void
}

/**
 * Passes a committed stream on, watching it. A cut, an error or a silence becomes an error part and a finish with reason
 * `error`; or, where rules and reader allow it, a restart part, after which the answer begins again with somebody else. A
 * reader who leaves stops the provider. Settles each attempt exactly once, before its last part.
 */
export function relayStream(options: RelayOptions): ReadableStream<LanguageModelV4StreamPart> {
  const { call, health, cooldowns, signal } = options
  const { idleMs } = call.rules
  let walked = options.walked
  let waiting = [...walked.value.buffered]
  let collected = collectContent()
  let blocks = openBlocks()
  let usage: LanguageModelV4Usage | undefined
  let over = false
  /** The reader has left, as opposed to the caller's signal. */
  const left = new AbortController()
  /** While somebody else is being asked there is no attempt to settle. */
  let between: Promise<Walked<OpenedStream> | null> | null = null

  const received = () => ({
    usage,
    content: collected.content(),
    written: collected.written(),
    firstTokenMs: walked.value.firstTokenMs,
  })

  async function cancelled(): Promise<void> {
    if (between) await between
    if (over) return
    over = true
    options.answered(
      await call.settle(walked, { ...received(), outcome: 'cancelled', complete: false, reason: 'cancelled' }),
    )
    options.ended()
  }

  async function next(): Promise<LanguageModelV4StreamPart> {
    const ready = waiting.shift()
    if (ready) return ready
    const timer = setTimeout(() => walked.controller.abort(new AttemptTimeout(idleMs, 'further token')), idleMs)
    try {
      const { done, value } = await untilAborted(walked.value.reader.read(), walked.controller.signal)
      if (done) throw new StreamCut('the stream ended without a finish reason')
      return value
    } catch (error) {
      throw walked.controller.signal.reason instanceof AttemptTimeout ? walked.controller.signal.reason : error
    } finally {
      clearTimeout(timer)
    }
  }

  /** @returns what is given to the reader in place of the rest; `ended` = nothing comes after it */
  async function breakOff(fault: unknown): Promise<{ parts: LanguageModelV4StreamPart[]; ended: boolean }> {
    const { target } = walked
    const who = { provider: target.connection.slug, model: target.model }
    const failure = tellFailure(fault, target.connection)
    // Whoever had begun to answer was not unreachable.
    const reason = failure.reason === 'refused' ? 'cut' : failure.reason
    health.failed(target.connection, reason, failure.message)
    cooldowns.failed(target, { ...failure, reason }, { admitted: true, probes: [] })
    call.broken(walked, { ...received(), reason, error: failure.message })
    const other = options.again ? await (between = options.again(walked, left.signal).catch(() => null)) : null
    between = null
    if (other) {
      const closing = blocks.close()
      walked = other
      waiting = [...other.value.buffered]
      collected = collectContent()
      blocks = openBlocks()
      usage = undefined
      const answered = call.commit(other)
      options.answered(answered)
      const to = { provider: answered.provider, model: answered.model }
      return {
        parts: [...closing, restartPart({ type: 'guildhall-restart', from: { ...who, reason }, to })],
        ended: false,
      }
    }
    over = true
    const problem = brokenOff(who, reason, failure.message)
    await call.abandon(problem)
    options.ended()
    const finish: LanguageModelV4StreamPart = {
      type: 'finish',
      usage: usage ?? noUsage,
      finishReason: { unified: 'error', raw: reason },
      providerMetadata: options.metadata({ ...who, source: 'fresh', fallbackReason: null }),
    }
    return { parts: [{ type: 'error', error: problem }, finish], ended: true }
  }

  return new ReadableStream<LanguageModelV4StreamPart>({
    async pull(controller) {
      try {
        const part = await next()
        if (part.type === 'error') throw part.error
        if (isHalfToolCall(part)) throw new StreamCut('the stream broke off in the middle of a tool call')
        collected.add(part)
        blocks.add(part)
        if (part.type !== 'finish') {
          controller.enqueue(part)
          return
        }
        usage = part.usage
        if (isCut(part.finishReason)) throw new StreamCut('the stream ended without a finish reason')
        const { finishReason } = part
        const whole = { content: collected.content(), finishReason, halfToolCall: collected.halfToolCall() }
        const cut = cutIn(whole, options.responseFormat)
        if (cut !== null) throw new StreamCut(cut)
        if (over) return
        over = true
        const complete = part.finishReason.unified === 'stop'
        const answered = await call.settle(walked, { ...received(), outcome: 'ok', complete })
        options.answered(answered)
        options.complete(part, collected)
        controller.enqueue({
          ...part,
          providerMetadata: { ...part.providerMetadata, ...options.metadata(answered) },
        })
        controller.close()
        await walked.value.reader.cancel().catch(() => undefined)
      } catch (error) {
        if (!walked.controller.signal.aborted) walked.controller.abort(error)
        if (over) return
        if (signal?.aborted) {
          await cancelled()
          controller.error(signal.reason)
          return
        }
        const { parts, ended } = await breakOff(error)
        for (const part of parts) controller.enqueue(part)
        if (ended) controller.close()
      }
    },
    async cancel(reason) {
      left.abort(reason)
      walked.controller.abort(reason)
      await cancelled()
    },
  })
}
