import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { keptWouldDo } from './adapters/wishes.ts'
import { generateByModel, streamByModel } from './ask-model.ts'
import { mayBeKept, partsOfPayload, partsPayload, replayParts } from './cache/parts.ts'
import type { CacheLookup, CacheMiss } from './cache/call-cache.ts'
import type { Target } from './connection.ts'
import { extractiveMetadata, extractiveModel, extractiveParts } from './extractive.ts'
import type { Answered } from './gateway.ts'
import { inlineFiles } from './inline-files.ts'
import { lookUpCall } from './look-up-call.ts'
import { startModelCall, type LastResort, type ModelCall, type ModelCallOptions } from './model-call.ts'
import { refused } from './problems.ts'
import { noUsage } from './usage.ts'
import { relayStream } from './walk/relay-stream.ts'
import { walkCall, type CallWalk } from './walk/walk-call.ts'
import { RequestRefused, type Walked } from './walk/walk-targets.ts'

type Ask<T> = (target: Target, asked: LanguageModelV4CallOptions) => Promise<T>

/**
 * A chain of models as one model. Switches between its targets until the first token; after it only where the route and
 * the reader allow an answer to begin again, else a fault is an error part. When nobody answers: the tenant's own earlier
 * answer, then quotations. Each call is a step of the run.
 */
export function createFallbackModel(options: ModelCallOptions): LanguageModelV4 & { answered(): Answered | null } {
  const { chain, state, request } = options
  let answered: Answered | null = null

  /** Files are fetched before anybody is asked: one that cannot be had is the caller's mistake, not a provider's. */
  async function walk<T>(
    call: ModelCall,
    asked: LanguageModelV4CallOptions,
    { ask, ...how }: Pick<CallWalk<T>, 'stream' | 'targets' | 'alone' | 'signal'> & { ask: Ask<T> },
  ): Promise<Walked<T> | null> {
    const { targets = call.chain.targets } = how
    const prompt = targets.length === 0 ? asked.prompt : await inlineFiles(asked.prompt, state.allowedHosts, how.signal)
    return walkCall({
      ...how,
      state,
      call,
      asked,
      ask: (target, abortSignal) => ask(target, { ...asked, prompt, abortSignal }),
    })
  }

  /** Whatever ends a call early ends its step too, and leaves as something that its reader can understand. */
  async function guarded<T>(
    callOptions: LanguageModelV4CallOptions,
    work: (call: ModelCall, kept: CacheLookup | null) => Promise<T>,
  ): Promise<T> {
    const mine = keptWouldDo(callOptions) ? options : { ...options, useCache: false }
    const call = await startModelCall(mine, callOptions)
    let kept: CacheLookup | null = null
    try {
      kept = await lookUpCall(mine, call, callOptions.abortSignal)
      return await work(call, kept)
    } catch (error) {
      if (kept?.state === 'miss') kept.leave(callOptions.abortSignal?.aborted ? 'left' : 'failed')
      const told = error instanceof RequestRefused ? refused(error) : error
      await call.abandon(told)
      throw told
    }
  }

  return {
    specificationVersion: 'v4',
    provider: 'guildhall',
    modelId: chain.requested,
    // Claims every URL, so that the AI SDK never downloads one by itself; `inlineFiles` does, within the rules.
    supportedUrls: { '*/*': [/^https?:\/\//] },
    answered: () => answered,

    doGenerate: (callOptions) =>
      guarded(callOptions, async (call, kept): Promise<LanguageModelV4GenerateResult> => {
        if (kept?.state === 'hit') {
          const { content, finishReason } = partsOfPayload(kept.answer.payload)
          answered = await call.hit(kept.answer, content)
          const response = { modelId: answered.model, timestamp: state.now() }
          return { content, finishReason, usage: noUsage, warnings: [], response, providerMetadata: metadata(answered) }
        }
        const signal = callOptions.abortSignal
        const walked = await walk(call, callOptions, { stream: false, signal, ask: generateByModel })
        if (!walked) {
          kept?.leave('failed')
          const found = await call.lastResort()
          answered = found.answered
          return generateResult(found)
        }
        call.commit(walked)
        const { usage, content, finishReason, ...result } = walked.value
        const whole = finishReason.unified === 'stop'
        const who = await call.settle(walked, { outcome: 'ok', usage, content, complete: whole })
        answered = who
        keep(kept, who, { content, finishReason })
        const providerMetadata = { ...result.providerMetadata, ...metadata(who) }
        return { ...result, usage, content, finishReason, providerMetadata }
      }),

    doStream: (callOptions) =>
      guarded(callOptions, async (call, kept): Promise<LanguageModelV4StreamResult> => {
        if (kept?.state === 'hit') {
          const parts = partsOfPayload(kept.answer.payload)
          const who = await call.hit(kept.answer, parts.content)
          answered = who
          const replayed = replayParts(parts, { model: who.model, usage: noUsage, timestamp: state.now() })
          return { stream: ReadableStream.from(replayed.map((part) => withMetadata(part, metadata(who)))) }
        }
        const { targets } = call.chain
        const how = { stream: true, ask: streamByModel }
        const walked = await walk(call, callOptions, { ...how, signal: callOptions.abortSignal })
        if (!walked) {
          kept?.leave('failed')
          const found = await call.lastResort()
          answered = found.answered
          return { stream: ReadableStream.from(streamParts(found)) }
        }
        const committed = call.commit(walked)
        answered = committed
        /** Those that come after the first who answered, each once: an answer begins again at most that often. */
        let others = targets.slice(targets.indexOf(walked.target) + 1)
        const mayRestart = call.rules.afterFirstToken === 'restart' && request.mayRestart === true
        const stream = relayStream({
          call,
          health: state.health,
          cooldowns: state.cooldowns,
          walked,
          signal: callOptions.abortSignal,
          responseFormat: callOptions.responseFormat,
          again: mayRestart
            ? async (_brokenOff, left) => {
                const signal = callOptions.abortSignal ? AbortSignal.any([callOptions.abortSignal, left]) : left
                const next = await walk(call, callOptions, { ...how, targets: others, alone: false, signal })
                others = next ? others.slice(others.indexOf(next.target) + 1) : []
                return next
              }
            : null,
          answered(who) {
            answered = who
          },
          complete(end, collected) {
            if (answered) keep(kept, answered, { content: collected.content(), finishReason: end.finishReason })
          },
          ended: () => kept?.leave(callOptions.abortSignal?.aborted ? 'left' : 'failed'),
          metadata,
        })
        return { stream, ...(walked.value.response ? { response: walked.value.response } : {}) }
      }),
  }
}

/** Keeps a complete answer for the next who asks the same. */
function keep(
  kept: CacheMiss | null,
  { provider, model, costMicros = null }: Answered,
  answer: Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason'>,
): void {
  if (!kept) return
  if (mayBeKept(answer)) kept.keep({ payload: partsPayload(answer), provider, model, costMicros })
  else kept.leave('not-kept')
}

/** Who answered, for readers of the AI SDK's results. */
function metadata({ limits: _limits, ...answered }: Answered): SharedV4ProviderMetadata {
  return { guildhall: { ...answered, cache: answered.cache ? { ...answered.cache } : null } }
}

function withMetadata(
  part: LanguageModelV4StreamPart,
  providerMetadata: SharedV4ProviderMetadata,
): LanguageModelV4StreamPart {
  return part.type === 'finish' ? { ...part, providerMetadata } : part
}

function generateResult(found: LastResort): LanguageModelV4GenerateResult {
  const text = found.source === 'cached' ? found.text : found.text.pieces.join('')
  return {
    content: [{ type: 'text', text }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: noUsage,
    warnings: [],
    response: { modelId: found.source === 'cached' ? found.answered.model : extractiveModel, timestamp: new Date() },
    providerMetadata: lastResortMetadata(found),
  }
}

function lastResortMetadata(found: LastResort): SharedV4ProviderMetadata {
  const extra = found.source === 'extractive' ? extractiveMetadata(found.text)['guildhall'] : {}
  return { guildhall: { ...metadata(found.answered)['guildhall'], ...extra } }
}

function streamParts(found: LastResort): LanguageModelV4StreamPart[] {
  if (found.source === 'extractive')
    return extractiveParts(found.text).map((part) =>
      part.type === 'finish' ? { ...part, providerMetadata: lastResortMetadata(found) } : part,
    )
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', modelId: found.answered.model, timestamp: new Date() },
    { type: 'text-start', id: '0' },
    ...(found.text.match(/[\s\S]{1,120}/gu) ?? []).map((delta) => ({ type: 'text-delta' as const, id: '0', delta })),
    { type: 'text-end', id: '0' },
    {
      type: 'finish',
      usage: noUsage,
      finishReason: { unified: 'stop', raw: 'stop' },
      providerMetadata: lastResortMetadata(found),
    },
  ]
}
