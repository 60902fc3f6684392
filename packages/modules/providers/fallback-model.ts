import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { mayBeKept, partsOfPayload, partsPayload, replayParts } from './cache/parts.ts'
import type { CacheLookup, CacheMiss } from './cache/call-cache.ts'
import { isHalfToolCall, isJson, textOf } from './call-content.ts'
import { extractiveMetadata, extractiveModel, extractiveParts } from './extractive.ts'
import type { Answered } from './gateway.ts'
import { inlineFiles } from './inline-files.ts'
import { lookUpCall } from './look-up-call.ts'
import { startModelCall, type LastResort, type ModelCall, type ModelCallOptions } from './model-call.ts'
import { refused } from './problems.ts'
import { noUsage } from './usage.ts'
import { ContentWithheld, StreamCut } from './walk/classify-failure.ts'
import { readToFirstContent, type OpenedStream } from './walk/first-content.ts'
import { relayStream } from './walk/relay-stream.ts'
import { suitsRequest } from './walk/suits.ts'
import { RequestRefused, walkTargets, type Walked, type WalkOptions } from './walk/walk-targets.ts'

type Opened = OpenedStream & { response: LanguageModelV4StreamResult['response'] }
type Ask<T> = (model: LanguageModelV4, asked: LanguageModelV4CallOptions) => Promise<T>

/** Begins a stream and reads up to its first content. */
const openStream: Ask<Opened> = async (model, asked) => {
  const startedMs = performance.now()
  const result = await model.doStream(asked)
  return { ...(await readToFirstContent(result.stream, startedMs)), response: result.response }
}

/**
 * A chain of models as one model. Switches between its targets until the first token; after it only where the route and
 * the reader allow an answer to begin again, else a fault is an error part. When nobody answers: the tenant's own earlier
 * answer, then quotations. Each call is a step of the run.
 */
export function createFallbackModel(options: ModelCallOptions): LanguageModelV4 & { answered(): Answered | null } {
  const { chain, state, request } = options
  let answered: Answered | null = null

  async function walk<T>(
    call: ModelCall,
    callOptions: LanguageModelV4CallOptions,
    clock: Pick<WalkOptions<T>, 'attemptMs' | 'waitsFor' | 'targets' | 'alone' | 'signal'>,
    ask: Ask<T>,
  ): Promise<Walked<T> | null> {
    const { rules } = call
    const prompt =
      clock.targets.length === 0
        ? callOptions.prompt
        : await inlineFiles(callOptions.prompt, state.allowedHosts, clock.signal)
    const usualName = `${call.chain.route?.id ?? ''} ${clock.waitsFor}`
    const walked = await walkTargets<T>({
      ...clock,
      settings: state.settings,
      rules,
      cooldowns: state.cooldowns,
      health: state.health,
      now: state.now,
      hedgeAfterMs: rules.hedge ? state.usual.slow(usualName) : null,
      suits: suitsRequest(callOptions, call.words()),
      async call({ adapter, model }, abortSignal) {
        const startedMs = performance.now()
        try {
          return await ask(adapter.language(model), adapter.prepare({ ...callOptions, prompt, abortSignal }))
        } finally {
          call.waited(performance.now() - startedMs)
        }
      },
      waited: (ms) => call.waited(ms),
      failed: (attempt) => call.failed(attempt),
    })
    if (walked && rules.hedge) state.usual.took(usualName, performance.now() - walked.startedMs)
    return walked
  }

  /** Whatever ends a call early ends its step too, and leaves as something that its reader can understand. */
  async function guarded<T>(
    callOptions: LanguageModelV4CallOptions,
    work: (call: ModelCall, kept: CacheLookup | null) => Promise<T>,
  ): Promise<T> {
    const call = await startModelCall(options, callOptions)
    let kept: CacheLookup | null = null
    try {
      kept = await lookUpCall(options, call, callOptions.abortSignal)
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
        const clock = { attemptMs: call.rules.answerMs, waitsFor: 'answer', targets: call.chain.targets }
        const walked = await walk(
          call,
          callOptions,
          { ...clock, signal: callOptions.abortSignal },
          async (model, asked) => complete(await model.doGenerate(asked), callOptions),
        )
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
        const { rules } = call
        const clock = { attemptMs: rules.firstTokenMs, waitsFor: 'first token' }
        const { targets } = call.chain
        const walked = await walk(call, callOptions, { ...clock, targets, signal: callOptions.abortSignal }, openStream)
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
        const mayRestart = rules.afterFirstToken === 'restart' && request.mayRestart === true
        const stream = relayStream({
          call,
          health: state.health,
          cooldowns: state.cooldowns,
          walked,
          signal: callOptions.abortSignal,
          again: mayRestart
            ? async (_brokenOff, left) => {
                const signal = callOptions.abortSignal ? AbortSignal.any([callOptions.abortSignal, left]) : left
                const next = await walk(
                  call,
                  callOptions,
                  { ...clock, targets: others, alone: false, signal },
                  openStream,
                )
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

/** @throws ContentWithheld, StreamCut when the provider answered without an answer, or with a part of one */
function complete(
  result: LanguageModelV4GenerateResult,
  { responseFormat }: LanguageModelV4CallOptions,
): LanguageModelV4GenerateResult {
  const { content, finishReason, usage } = result
  const said = content.some((part) => part.type !== 'text' || part.text !== '')
  if (!said && finishReason.unified === 'content-filter') throw new ContentWithheld(usage)
  if (!said && finishReason.unified === 'error')
    throw new StreamCut('the provider ended its answer with an error', usage)
  if (finishReason.unified === 'other' && finishReason.raw === undefined)
    throw new StreamCut('the provider ended its answer without a finish reason', usage)
  if (content.some(isHalfToolCall))
    throw new StreamCut('the provider ended its answer in the middle of a tool call', usage)
  // Only what begins like JSON: a model without a JSON mode wraps it, which its reader may know how to unwrap.
  const text = textOf(content).trim()
  if (responseFormat?.type === 'json' && finishReason.unified === 'stop' && /^[[{]/.test(text) && !isJson(text))
    throw new StreamCut('the provider ended its answer in the middle of its JSON', usage)
  return result
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
