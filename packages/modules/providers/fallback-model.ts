import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { ContentWithheld, StreamCut } from './walk/classify-failure.ts'
import { extractiveMetadata, extractiveModel, extractiveParts } from './extractive.ts'
import { readToFirstContent } from './walk/first-content.ts'
import type { Answered } from './gateway.ts'
import { inlineFiles } from './inline-files.ts'
import { startModelCall, type LastResort, type ModelCall, type ModelCallOptions } from './model-call.ts'
import { refused } from './problems.ts'
import { noUsage } from './usage.ts'
import { relayStream } from './walk/relay-stream.ts'
import { RequestRefused, walkTargets, type Walked } from './walk/walk-targets.ts'

/**
 * A chain of models as one model. Switches between its targets until the first token, never after; a fault after the
 * first token is an error part. When nobody answers: the tenant's own earlier answer, then quotations. Each call is a
 * step of the run.
 */
export function createFallbackModel(options: ModelCallOptions): LanguageModelV4 & { answered(): Answered | null } {
  const { chain, state } = options
  let answered: Answered | null = null

  async function walk<T>(
    call: ModelCall,
    callOptions: LanguageModelV4CallOptions,
    clock: { attemptMs: number; waitsFor: string },
    ask: (model: LanguageModelV4, asked: LanguageModelV4CallOptions) => Promise<T>,
  ): Promise<Walked<T> | null> {
    const prompt =
      chain.targets.length === 0
        ? callOptions.prompt
        : await inlineFiles(callOptions.prompt, state.allowedHosts, callOptions.abortSignal)
    return walkTargets<T>({
      ...clock,
      targets: chain.targets,
      settings: state.settings,
      breaker: state.breaker,
      health: state.health,
      now: state.now,
      signal: callOptions.abortSignal,
      call: ({ adapter, model }, abortSignal) =>
        ask(adapter.language(model), adapter.prepare({ ...callOptions, prompt, abortSignal })),
      failed: (attempt) => call.failed(attempt),
    })
  }

  /** Whatever ends a call early ends its step too, and leaves as something that its reader can understand. */
  async function guarded<T>(
    callOptions: LanguageModelV4CallOptions,
    work: (call: ModelCall) => Promise<T>,
  ): Promise<T> {
    const call = await startModelCall(options, callOptions)
    try {
      return await work(call)
    } catch (error) {
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
      guarded(callOptions, async (call): Promise<LanguageModelV4GenerateResult> => {
        const clock = { attemptMs: state.settings.answerMs, waitsFor: 'answer' }
        const walked = await walk(call, callOptions, clock, async (model, asked) =>
          complete(await model.doGenerate(asked)),
        )
        if (!walked) {
          const found = await call.lastResort()
          answered = found.answered
          return generateResult(found)
        }
        answered = call.commit(walked)
        const result = walked.value
        const whole = result.finishReason.unified === 'stop'
        await call.settle(walked, { outcome: 'ok', usage: result.usage, content: result.content, complete: whole })
        return { ...result, providerMetadata: { ...result.providerMetadata, ...metadata(answered) } }
      }),

    doStream: (callOptions) =>
      guarded(callOptions, async (call): Promise<LanguageModelV4StreamResult> => {
        const clock = { attemptMs: state.settings.firstTokenMs, waitsFor: 'first token' }
        const walked = await walk(call, callOptions, clock, async (model, asked) => {
          const startedMs = performance.now()
          const result = await model.doStream(asked)
          return { ...(await readToFirstContent(result.stream, startedMs)), response: result.response }
        })
        if (!walked) {
          const found = await call.lastResort()
          answered = found.answered
          return { stream: ReadableStream.from(streamParts(found)) }
        }
        answered = call.commit(walked)
        const stream = relayStream({
          call,
          health: state.health,
          walked,
          idleMs: state.settings.idleMs,
          signal: callOptions.abortSignal,
          metadata: metadata(answered),
        })
        return { stream, ...(walked.value.response ? { response: walked.value.response } : {}) }
      }),
  }
}

/** @throws ContentWithheld, StreamCut when the provider answered without an answer */
function complete(result: LanguageModelV4GenerateResult): LanguageModelV4GenerateResult {
  const said = result.content.some((part) => part.type !== 'text' || part.text !== '')
  if (!said && result.finishReason.unified === 'content-filter') throw new ContentWithheld()
  if (!said && result.finishReason.unified === 'error')
    throw new StreamCut('the provider ended its answer with an error')
  return result
}

/** Who answered, for readers of the AI SDK's results. */
function metadata(answered: Answered): SharedV4ProviderMetadata {
  return { guildhall: { ...answered } }
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
  return { guildhall: { ...found.answered, ...extra } }
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
