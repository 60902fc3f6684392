import type { UIMessageChunk } from 'ai'

/** An answer that is being written: everything of it so far, and those who read along. */
export interface ActiveAnswer {
  readonly messageId: string
  /** Aborts when somebody stops the answer. */
  readonly stopped: AbortSignal
  stop(): void
  emit: (chunk: UIMessageChunk) => void
  /** The answer is complete and stored. */
  end(): void
  readonly ended: Promise<void>
  /** Server-sent events from the beginning of the answer to its end. Who stops reading does not stop the answer. */
  follow(): ReadableStream<Uint8Array>
}

export interface ActiveAnswers {
  open(chatId: string, messageId: string): ActiveAnswer
  of(chatId: string): ActiveAnswer | undefined
  all(): ActiveAnswer[]
}

/** Proxies close connections that are silent for a minute. */
const keepAliveMs = 15_000
const encoder = new TextEncoder()
const keepAlive = encoder.encode(': keep-alive\n\n')
const done = encoder.encode('data: [DONE]\n\n')

export function createActiveAnswers(): ActiveAnswers {
  const answers = new Map<string, ActiveAnswer>()
  return {
    open(chatId, messageId) {
      const answer = createActiveAnswer(messageId, () => {
        if (answers.get(chatId) === answer) answers.delete(chatId)
      })
      answers.set(chatId, answer)
      return answer
    },
    of: (chatId) => answers.get(chatId),
    all: () => [...answers.values()],
  }
}

type Reader = ReadableStreamDefaultController<Uint8Array>

function createActiveAnswer(messageId: string, onEnd: () => void): ActiveAnswer {
  const stopping = new AbortController()
  const events: Uint8Array[] = []
  const readers = new Map<Reader, NodeJS.Timeout>()
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>()
  let complete = false

  function send(event: Uint8Array): void {
    events.push(event)
    for (const reader of readers.keys()) reader.enqueue(event)
  }

  function leave(reader: Reader): void {
    clearInterval(readers.get(reader))
    readers.delete(reader)
  }

  return {
    messageId,
    stopped: stopping.signal,
    stop: () => stopping.abort(),
    emit: (chunk) => send(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`)),
    end() {
      if (complete) return
      complete = true
      send(done)
      for (const reader of readers.keys()) {
        leave(reader)
        reader.close()
      }
      onEnd()
      resolveEnded()
    },
    ended,
    follow() {
      let mine: Reader | undefined
      return new ReadableStream<Uint8Array>({
        start(reader) {
          for (const event of events) reader.enqueue(event)
          if (complete) {
            reader.close()
            return
          }
          mine = reader
          const timer = setInterval(() => reader.enqueue(keepAlive), keepAliveMs)
          timer.unref()
          readers.set(reader, timer)
        },
        cancel() {
          if (mine) leave(mine)
        },
      })
    },
  }
}
