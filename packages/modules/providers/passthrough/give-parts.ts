import type { LanguageModelV4GenerateResult, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { RunTotals } from '@guildhall/modules/runs'
import type { AnswerParts } from '../cache/parts.ts'
import type { Answered } from '../gateway.ts'
import type { ModelCall } from '../model-call.ts'
import { answerHeaders, servedModel } from '../surface/answer-headers.ts'
import { seconds, type Telling } from '../surface/dialect.ts'
import { eventStreamHeaders } from '../surface/event-stream.ts'
import { eventsOfResult, eventsOfStream, type AnswerEvent } from '../surface/events.ts'
import { noUsage } from '../usage.ts'
import type { OpenedStream } from '../walk/first-content.ts'
import { relayStream } from '../walk/relay-stream.ts'
import type { Walked } from '../walk/walk-targets.ts'
import { beginStream } from './begin-stream.ts'
import { drained, endFailed, type Given, type Passing } from './passing.ts'

type Result = AnswerParts & Partial<Pick<LanguageModelV4GenerateResult, 'usage' | 'providerMetadata'>>

/** Writes an answer that is whole already, as one provider of the caller's protocol would. */
export async function giveParts(passing: Passing, parts: Result, answered: Answered): Promise<void> {
  const { asks, exchange, run } = passing
  const dialect = asks.dialect()
  const head = { runId: run.id, created: seconds(), model: servedModel(answered) }
  const events = eventsOfResult({ usage: noUsage, ...parts, warnings: [] })
  const totals = await run.end('ok', { output: parts.content })
  const guildhall = extension(passing, answered, totals)
  if (!asks.stream) {
    const bytes = Buffer.from(JSON.stringify({ ...(await dialect.whole(events, () => head)).body, guildhall }))
    exchange.start(200, {
      'content-type': 'application/json',
      'content-length': String(bytes.byteLength),
      ...answerHeaders(run.id, answered, totals),
    })
    exchange.response.end(bytes)
    return
  }
  const telling = { further: () => Promise.resolve(guildhall), failed: () => Promise.resolve() }
  await writeFrames(passing, asynchronous(events), { answered, telling })
}

/**
 * Writes what a provider of another protocol streams.
 * @returns null when it broke off, which the reader has been told in the stream
 */
export async function givePartStream(
  passing: Passing,
  call: ModelCall,
  walked: Walked<OpenedStream>,
): Promise<Given | null> {
  const { run, state, asked } = passing
  const committed = beginStream(passing, call, walked)
  let answered = committed
  let parts: AnswerParts | null = null
  const stream = relayStream({
    call,
    health: state.health,
    cooldowns: state.cooldowns,
    walked,
    signal: asked.abortSignal,
    responseFormat: asked.responseFormat,
    again: null,
    answered(who) {
      answered = who
    },
    complete(end, collected) {
      parts = { content: collected.content(), finishReason: end.finishReason }
    },
    ended: () => undefined,
    metadata: (): SharedV4ProviderMetadata => ({}),
  })
  const telling: Telling = {
    async further() {
      const totals = await run.end('ok', { output: parts?.content ?? [] })
      return extension(passing, answered, totals)
    },
    failed: (error) => endFailed(passing, error),
  }
  await writeFrames(passing, eventsOfStream(stream), { answered: committed, telling })
  asked.abortSignal?.throwIfAborted()
  return givenOf(parts, answered)
}

/** Assigned in a callback, which the compiler does not see. */
const givenOf = (parts: AnswerParts | null, answered: Answered): Given | null => (parts ? { parts, answered } : null)

async function writeFrames(
  { asks, exchange, run }: Passing,
  events: AsyncIterable<AnswerEvent>,
  { answered, telling }: { answered: Answered; telling: Telling },
): Promise<void> {
  const { response } = exchange
  const head = { runId: run.id, created: seconds(), model: servedModel(answered) }
  exchange.start(200, { ...eventStreamHeaders, ...answerHeaders(run.id, answered) })
  for await (const text of asks.dialect().frames(events, head, telling))
    if (!response.write(text)) await drained(exchange)
  response.end()
}

/** The members that this gateway adds to an answer that it writes itself. */
function extension({ run }: Passing, answered: Answered, { costMicros, costComplete }: RunTotals) {
  const { limits: _limits, ...shown } = answered
  return { run: run.id, ...shown, costMicros, costComplete }
}

async function* asynchronous<T>(values: Iterable<T>): AsyncGenerator<T, void> {
  yield* values
}
