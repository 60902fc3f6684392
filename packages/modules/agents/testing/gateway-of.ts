import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelRequest, ProviderGateway } from '@guildhall/modules/providers'
import { MockLanguageModelV4 } from 'ai/test'

/** One call of the model: what it streams, piece by piece. */
export type Script = (call: LanguageModelV4CallOptions) => AsyncIterable<LanguageModelV4StreamPart>

export interface ScriptedGateway extends ProviderGateway {
  /** Calls that the model got, in order. */
  calls: LanguageModelV4CallOptions[]
  requests: ModelRequest[]
  /** The next calls play these; the last one plays again. */
  play(...scripts: Script[]): void
}

const notHere = () => Promise.reject(new Error('not part of this test'))
export const costOfACall = 1500

/** A gateway whose model plays scripts, with each call a step and an attempt of the run as of a real provider. */
export function gatewayOf(): ScriptedGateway {
  const calls: LanguageModelV4CallOptions[] = []
  const requests: ModelRequest[] = []
  let scripts: Script[] = [says('Nothing was planned.')]
  return {
    calls,
    requests,
    play(...next) {
      scripts = next
      calls.length = 0
      requests.length = 0
    },
    languageModel: async (_ctx, request) => {
      requests.push(request)
      const mock = new MockLanguageModelV4({
        provider: 'test',
        modelId: 'script',
        doStream: async (call) => {
          const script = scripts[Math.min(calls.length, scripts.length - 1)]
          calls.push(call)
          if (!script) throw new Error('no script')
          const step = await request.run.openStep({ kind: 'model', name: request.step ?? 'model' })
          const startedAt = new Date()
          return {
            stream: streamOf(script(call), call.abortSignal, async (outcome) => {
              const tokens = { input: 10, output: 20, cached: 0 }
              step.attempt({
                provider: 'test',
                model: 'script',
                outcome,
                startedAt,
                ms: 5,
                tokens,
                costMicros: costOfACall,
              })
              await step.end(outcome)
            }),
          }
        },
      })
      const answered = { provider: 'test', model: 'script', source: 'fresh' as const, fallbackReason: null }
      return withAnswered(mock, () => (calls.length > 0 ? answered : null))
    },
    hasGenerativeModel: async () => true,
    knowsModel: async (_ctx, model) => ['default', 'test/script'].includes(model),
    embed: async () => null,
    transcribe: notHere,
    generateImage: notHere,
    searchWeb: async () => null,
  }
}

function withAnswered<A>(model: LanguageModelV4, answered: () => A): LanguageModelV4 & { answered(): A } {
  return Object.assign(model, { answered })
}

function streamOf(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
  signal: AbortSignal | undefined,
  onEnd: (outcome: 'ok' | 'failed' | 'cancelled') => Promise<void>,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    async start(controller) {
      const aborted = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })
      aborted.catch(() => undefined)
      const iterator = parts[Symbol.asyncIterator]()
      try {
        for (;;) {
          const { done, value } = await Promise.race([iterator.next(), aborted])
          if (done) break
          controller.enqueue(value)
        }
        await onEnd('ok')
        controller.close()
      } catch (error) {
        await onEnd(signal?.aborted ? 'cancelled' : 'failed')
        controller.error(error)
      }
    },
  })
}

const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 20, text: 20, reasoning: undefined },
}

/** Streams text in the given pieces; a function is awaited where it stands. */
export function says(...pieces: (string | (() => Promise<unknown>))[]): Script {
  return async function* () {
    yield { type: 'stream-start', warnings: [] }
    yield { type: 'text-start', id: '0' }
    for (const piece of pieces) {
      if (typeof piece === 'string') yield { type: 'text-delta', id: '0', delta: piece }
      else await piece()
    }
    yield { type: 'text-end', id: '0' }
    yield { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } }
  }
}

/** Calls a tool. */
export function calls(toolName: string, input: unknown): Script {
  return async function* () {
    yield { type: 'stream-start', warnings: [] }
    yield { type: 'tool-call', toolCallId: crypto.randomUUID(), toolName, input: JSON.stringify(input) }
    yield { type: 'finish', usage, finishReason: { unified: 'tool-calls', raw: 'tool_calls' } }
  }
}
