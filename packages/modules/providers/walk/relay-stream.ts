import type { LanguageModelV4StreamPart, LanguageModelV4Usage, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { AttemptTimeout, classifyFailure, StreamCut } from './classify-failure.ts'
import type { HealthRecord } from '../connection-health.ts'
import { isCut, type OpenedStream } from './first-content.ts'
import { collectContent, type ModelCall } from '../model-call.ts'
import { brokenOff } from '../problems.ts'
import { noUsage } from '../usage.ts'
import type { Walked } from './walk-targets.ts'

export interface RelayOptions {
  call: ModelCall
  health: HealthRecord
  walked: Walked<OpenedStream>
  /** Milliseconds of silence after which the stream counts as cut. */
  idleMs: number
  signal: AbortSignal | undefined
  /** Added to the finish part. */
  metadata: SharedV4ProviderMetadata
}

/**
 * Passes a committed stream on, watching it: a cut, an error or a silence becomes an error part and a finish with
 * reason `error`; a reader who leaves stops the provider. Settles the attempt exactly once, before the last part.
 */
export function relayStream({
  call,
  health,
  walked,
  idleMs,
  signal,
  metadata,
}: RelayOptions): ReadableStream<LanguageModelV4StreamPart> {
  const { buffered, reader, firstTokenMs } = walked.value
  const waiting = [...buffered]
  const collected = collectContent()
  let usage: LanguageModelV4Usage | undefined
  let settled = false

  async function settle(end: {
    outcome: 'ok' | 'failed' | 'cancelled'
    complete: boolean
    reason?: string
    error?: string
  }): Promise<void> {
    if (settled) return
    settled = true
    await call.settle(walked, { ...end, usage, content: collected.content(), firstTokenMs })
  }

  async function next(): Promise<LanguageModelV4StreamPart> {
    const ready = waiting.shift()
    if (ready) return ready
    const timer = setTimeout(() => walked.controller.abort(new AttemptTimeout(idleMs, 'further token')), idleMs)
    try {
      const { done, value } = await reader.read()
      if (done) throw new StreamCut('the stream ended without a finish reason')
      return value
    } catch (error) {
      throw walked.controller.signal.reason instanceof AttemptTimeout ? walked.controller.signal.reason : error
    } finally {
      clearTimeout(timer)
    }
  }

  return new ReadableStream<LanguageModelV4StreamPart>({
    async pull(controller) {
      try {
        const part = await next()
        if (part.type === 'error') throw part.error
        collected.add(part)
        if (part.type !== 'finish') {
          controller.enqueue(part)
          return
        }
        usage = part.usage
        if (isCut(part)) throw new StreamCut('the stream ended without a finish reason')
        await settle({ outcome: 'ok', complete: part.finishReason.unified === 'stop' })
        controller.enqueue({ ...part, providerMetadata: { ...part.providerMetadata, ...metadata } })
        controller.close()
        await reader.cancel().catch(() => undefined)
      } catch (error) {
        if (!walked.controller.signal.aborted) walked.controller.abort(error)
        if (signal?.aborted) {
          await settle({ outcome: 'cancelled', complete: false, reason: 'cancelled' })
          controller.error(signal.reason)
          return
        }
        const failure = classifyFailure(error)
        health.failed(walked.target.connection, failure.reason, failure.message)
        await settle({
          outcome: 'failed',
          complete: false,
          reason: failure.reason === 'refused' ? 'cut' : failure.reason,
          error: failure.message,
        })
        const who = { provider: walked.target.connection.slug, model: walked.target.model }
        controller.enqueue({ type: 'error', error: brokenOff(who, failure.reason, failure.message) })
        controller.enqueue({
          type: 'finish',
          usage: usage ?? noUsage,
          finishReason: { unified: 'error', raw: failure.reason },
          providerMetadata: metadata,
        })
        controller.close()
      }
    },
    async cancel(reason) {
      walked.controller.abort(reason)
      await settle({ outcome: 'cancelled', complete: false, reason: 'cancelled' })
    },
  })
}
