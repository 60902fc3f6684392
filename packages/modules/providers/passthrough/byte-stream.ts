import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Readable } from 'node:stream'
import { cutIn } from '../call-content.ts'
import { ContentWithheld, StreamCut } from '../walk/classify-failure.ts'
import { cutEvents, type EventBytes } from './event-bytes.ts'
import { isRecord, type AnswerReader, type Outcome } from './wire.ts'

export interface ByteStreamOptions {
  reader: AnswerReader
  /** What was asked for: JSON that ends in its middle is a fault. */
  responseFormat: LanguageModelV4CallOptions['responseFormat']
  /** `performance.now()` when the target was asked. */
  startedMs: number
}

/** A stream of a provider's own bytes at its first content. */
export interface ByteStream {
  kind: 'byte-stream'
  firstTokenMs: number
  /**
   * Gives the bytes on, event by event, those up to the first content first, all but the last event.
   * @param write returns false when its reader is slow; `drained` is then waited for
   * @returns what was said, when the provider has said that it is done
   * @throws StreamCut when the stream ended before, or in the middle of what was asked for; what the provider sent as an error
   */
  relay(to: {
    write(bytes: Buffer): boolean
    drained(): Promise<unknown> | undefined
    idleMs: number
    onIdle(): void
  }): Promise<Outcome>
  /** What was received so far. */
  soFar(): Outcome
  /** The last event. */
  closing(): Buffer | string
  /** How the rest of a stream that broke off is replaced. */
  fault: AnswerReader['fault']
}

/** @throws StreamCut, ContentWithheld when an answer at its end is none, or a part of one */
export function requireWhole(reader: AnswerReader, responseFormat: ByteStreamOptions['responseFormat']): void {
  const { content, finish, usage } = reader.outcome()
  if (finish === null) throw new StreamCut('the answer has no finish reason', usage)
  if (!reader.said && finish.unified === 'content-filter') throw new ContentWithheld(usage)
  if (finish.unified === 'error') throw new StreamCut('the provider ended its answer with an error', usage)
  const cut = cutIn({ content, finishReason: finish }, responseFormat)
  if (cut !== null) throw new StreamCut(cut, usage)
}

/** @throws StreamCut, ContentWithheld, or what the provider sent as an error, before any content */
export async function openByteStream(body: Readable, options: ByteStreamOptions): Promise<ByteStream> {
  const { reader, responseFormat, startedMs } = options
  const cut = cutEvents()
  let last: Buffer | null = null
  let done = false
  const waiting: Buffer[] = []

  /** @returns whether the event is given on */
  function take({ data, bytes }: EventBytes): boolean {
    if (data === '') return true
    if (data === '[DONE]') {
      done = true
      return false
    }
    let read: unknown
    try {
      read = JSON.parse(data)
    } catch {
      throw new StreamCut('an event of the stream is not JSON')
    }
    if (!isRecord(read)) return true
    const finishedBefore = reader.finished
    const what = reader.event(read)
    // Before the event that says so is given on. What was said nothing of may still be followed by its usage.
    if (!finishedBefore && reader.finished && reader.said) requireWhole(reader, responseFormat)
    if (what === 'last') {
      done = true
      last = bytes
    }
    return what === 'give'
  }

  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  const ended = () => done
  /** Events that came together with the first content: a fault in them comes after it. */
  let behind: EventBytes[] = []
  while (!reader.said && !ended()) {
    const next = await chunks.next()
    if (next.done) break
    const events = cut(next.value)
    const first = events.findIndex((event) => {
      if (!ended() && take(event)) waiting.push(event.bytes)
      return reader.said
    })
    if (first >= 0) behind = events.slice(first + 1)
  }
  // Said nothing and ended by itself: an empty answer is an answer.
  if (!reader.said && reader.finished) requireWhole(reader, responseFormat)
  if (!reader.said && !reader.finished) throw new StreamCut('the stream ended before any content')
  const firstTokenMs = performance.now() - startedMs

  return {
    kind: 'byte-stream',
    firstTokenMs,
    soFar: () => reader.outcome(),
    closing: () => last ?? reader.closing,
    fault: (problem) => reader.fault(problem),
    async relay(to) {
      /** What came before a fault in the same chunk is given on as well. */
      const give = async (events: readonly EventBytes[], parts: Buffer[] = []) => {
        try {
          for (const event of events) if (!done && take(event)) parts.push(event.bytes)
        } finally {
          for (const part of joined(parts)) if (!to.write(part)) await to.drained()
        }
      }
      await give(behind, waiting)
      while (!ended()) {
        const timer = setTimeout(() => to.onIdle(), to.idleMs)
        let next: IteratorResult<Buffer>
        try {
          next = await chunks.next()
        } finally {
          clearTimeout(timer)
        }
        if (next.done) break
        await give(cut(next.value))
      }
      if (!reader.finished) throw new StreamCut('the stream ended without a finish reason')
      return reader.outcome()
    },
  }
}

/** Neighbours in memory as one: most chunks hold whole events of which none is left out. */
function joined(parts: readonly Buffer[]): Buffer[] {
  const [first] = parts
  if (!first || parts.length === 1) return [...parts]
  const runs: Buffer[] = []
  let { buffer, byteOffset: from, byteLength } = first
  let to = from + byteLength
  for (const part of parts.slice(1)) {
    if (part.buffer === buffer && part.byteOffset === to) {
      to += part.byteLength
      continue
    }
    runs.push(Buffer.from(buffer, from, to - from))
    buffer = part.buffer
    from = part.byteOffset
    to = from + part.byteLength
  }
  return [...runs, Buffer.from(buffer, from, to - from)]
}
