/** Headers of a stream of server-sent events that nothing on the way may hold back. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** One server-sent event. */
export function frame(data: string, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`
}

/** Frames as bytes. `left` is called when the reader goes away before the end. */
export function byteStream(
  frames: AsyncGenerator<string, void>,
  left: (reason: unknown) => Promise<void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await frames.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel(reason) {
      // First: a generator that waits for a provider ends only when the provider is stopped.
      await left(reason)
      await frames.return()
    },
  })
}
