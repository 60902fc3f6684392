import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'

/** A message as a client would have it, put together from the chunks that clients get. */
export interface AssembledMessage {
  add(chunk: UIMessageChunk): void
  /** Parts so far. */
  parts(): UIMessage['parts']
  /** Resolves when all chunks are in place. */
  complete(): Promise<UIMessage['parts']>
}

export function assembleMessage(): AssembledMessage {
  const { readable, writable } = new TransformStream<UIMessageChunk, UIMessageChunk>(
    undefined,
    { highWaterMark: Number.POSITIVE_INFINITY },
    { highWaterMark: Number.POSITIVE_INFINITY },
  )
  const writer = writable.getWriter()
  let latest: UIMessage['parts'] = []
  const read = (async () => {
    for await (const message of readUIMessageStream({ stream: readable })) latest = message.parts
  })()
  return {
    add: (chunk) => void writer.write(chunk),
    parts: () => latest,
    async complete() {
      await writer.close()
      await read
      return latest
    },
  }
}
