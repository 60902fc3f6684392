/** One complete server-sent event of a stream: its bytes, and what its `data` lines say. */
export interface EventBytes {
  bytes: Buffer
  data: string
}

/** Longer than this is no event but a fault. */
const longest = 16 * 1024 * 1024

/**
 * Cuts the bytes of a stream into server-sent events (WHATWG HTML, section 9.2), without changing one of them.
 * @returns what takes the next bytes and gives the events that are complete with them
 * @throws Error for an event that does not end
 */
export function cutEvents(): (chunk: Buffer) => EventBytes[] {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const events: EventBytes[] = []
    let from = 0
    for (let end = endOfEvent(bytes, from); end > 0; end = endOfEvent(bytes, from)) {
      const event = bytes.subarray(from, end)
      events.push({ bytes: event, data: dataOf(event.toString('utf8')) })
      from = end
    }
    rest = bytes.subarray(from)
    if (rest.length > longest) throw new Error(`an event of the stream is longer than ${String(longest)} bytes`)
    return events
  }
}

/** Position after the empty line that ends an event; 0 = there is none yet. */
function endOfEvent(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
  }
  return 0
}

function dataOf(event: string): string {
  // Nearly always one line.
  const single = /^data: ?(.*)\r?\n\r?\n$/.exec(event)
  if (single) return single[1] ?? ''
  return event
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(line[5] === ' ' ? 6 : 5)] : []))
    .join('\n')
}
