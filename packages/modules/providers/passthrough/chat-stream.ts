import type { Readable } from 'node:stream'
import { ContentWithheld, StreamCut } from '../walk/classify-failure.ts'
import { cutEvents, type EventBytes } from './event-bytes.ts'
import { collectChat, isRecord, type ChatOutcome } from './read-chat.ts'

export interface ChatStreamOptions {
  /** The chunk that brings the usage is read and left out. */
  hideUsage: boolean
  /** `performance.now()` when the target was asked. */
  startedMs: number
}

/** A stream of chat completions at its first content. */
export interface ChatStream {
  kind: 'stream'
  firstTokenMs: number
  /**
   * Gives the bytes on, event by event, those up to the first content first, all but the closing `[DONE]`.
   * @param write returns false when its reader is slow; `drained` is then waited for
   * @returns what was said, when the provider has said that it is done
   * @throws StreamCut when the stream ended before; what the provider sent as an error
   */
  relay(to: {
    write(bytes: Buffer): boolean
    drained(): Promise<unknown>
    idleMs: number
    onIdle(): void
  }): Promise<ChatOutcome>
  /** What was received so far. */
  soFar(): ChatOutcome
}

/** @throws StreamCut, ContentWithheld, or what the provider sent as an error, before any content */
export async function openChatStream(body: Readable, options: ChatStreamOptions): Promise<ChatStream> {
  const cut = cutEvents()
  const collector = collectChat()
  let usage: unknown
  let done = false
  let content = false
  let waiting: Buffer[] = []

  /** @returns whether the event is given on */
  function take({ data }: EventBytes): boolean {
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
    if (read['error']) throw isRecord(read['error']) ? read['error'] : new Error(JSON.stringify(read['error']))
    const choices = Array.isArray(read['choices']) ? read['choices'] : []
    for (const choice of choices) content = collector.add(choice) || content
    if (isRecord(read['usage'])) {
      usage = read['usage']
      if (options.hideUsage && choices.length === 0) return false
    }
    return true
  }

  /** Bytes of what is given on. Most chunks hold whole events of which none is left out. */
  function read(chunk: Buffer): Buffer[] {
    const events = cut(chunk)
    const kept = events.filter((event) => take(event))
    const [first] = kept
    const last = kept.at(-1)
    if (!first || !last) return []
    const together = kept.length === events.length && first.bytes.buffer === last.bytes.buffer
    if (!together) return kept.map((event) => event.bytes)
    const from = first.bytes.byteOffset
    return [Buffer.from(first.bytes.buffer, from, last.bytes.byteOffset + last.bytes.byteLength - from)]
  }

  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  while (!content) {
    const next = await chunks.next()
    if (next.done) {
      if (collector.finished && collector.outcome(usage).finish?.unified === 'content-filter')
        throw new ContentWithheld()
      // Said nothing and ended by itself: an empty answer is an answer.
      if (collector.finished) break
      throw new StreamCut('the stream ended before any content')
    }
    waiting.push(...read(next.value))
    if (done && !content) break
  }
  if (!content && !collector.finished) throw new StreamCut('the stream ended before any content')
  const firstTokenMs = performance.now() - options.startedMs

  return {
    kind: 'stream',
    firstTokenMs,
    soFar: () => collector.outcome(usage),
    async relay(to) {
      const give = async (parts: readonly Buffer[]) => {
        for (const part of parts) if (!to.write(part)) await to.drained()
      }
      await give(waiting)
      waiting = []
      while (!done) {
        const timer = setTimeout(() => to.onIdle(), to.idleMs)
        let next: IteratorResult<Buffer>
        try {
          next = await chunks.next()
        } finally {
          clearTimeout(timer)
        }
        if (next.done) break
        await give(read(next.value))
      }
      if (!collector.finished) throw new StreamCut('the stream ended without a finish reason')
      return collector.outcome(usage)
    },
  }
}
