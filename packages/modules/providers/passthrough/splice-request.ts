/** A request of the chat completions dialect, as far as the gateway must read it. */
export interface ChatBody {
  model?: unknown
  stream?: unknown
  stream_options?: unknown
}

const quote = 34
const backslash = 92
const openBrace = 123
const closeBrace = 125
const openBracket = 91
const closeBracket = 93
const colon = 58

/** Where the value of a member of the outermost object stands; null = it has none of that name as plain text. */
export function memberRange(json: Buffer, name: string): { from: number; to: number } | null {
  let depth = 0
  let at = 0
  while (at < json.length) {
    const byte = json[at]
    if (byte === quote) {
      const end = endOfString(json, at)
      if (depth === 1 && json.toString('latin1', at + 1, end - 1) === name) {
        let next = end
        while (isSpace(json[next])) next++
        if (json[next] === colon) {
          next++
          while (isSpace(json[next])) next++
          return { from: next, to: endOfValue(json, next) }
        }
      }
      at = end
      continue
    }
    if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    at++
  }
  return null
}

function endOfString(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === backslash) at++
    else if (json[at] === quote) return at + 1
  }
  return json.length
}

function endOfValue(json: Buffer, start: number): number {
  if (json[start] === quote) return endOfString(json, start)
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) at = endOfString(json, at) - 1
    else if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return at
      depth--
    } else if (depth === 0 && byte === 44) return at
  }
  return json.length
}

const isSpace = (byte: number | undefined) => byte === 32 || byte === 10 || byte === 13 || byte === 9

/**
 * The caller's bytes with the model that the target knows, and with usage asked for where it streams. Everything else
 * stays as it was sent.
 * @param body what the bytes say
 */
export function spliceRequest(bytes: Buffer, body: ChatBody, model: string): Buffer {
  const wantsUsage = body.stream === true && !asksForUsage(body)
  // A member that is there twice, or written with escapes, is rare: the whole is written anew then.
  const range = body.model === undefined ? null : memberRange(bytes, 'model')
  const same = range !== null && bytes.toString('utf8', range.from, range.to) === JSON.stringify(body.model)
  if (!same || (wantsUsage && body.stream_options !== undefined)) {
    const options = wantsUsage ? { stream_options: { ...objectOf(body.stream_options), include_usage: true } } : {}
    return Buffer.from(JSON.stringify({ ...body, model, ...options }))
  }
  if (body.model === model && !wantsUsage) return bytes
  const added = wantsUsage ? ',"stream_options":{"include_usage":true}' : ''
  return Buffer.concat([
    bytes.subarray(0, range.from),
    Buffer.from(JSON.stringify(model) + added),
    bytes.subarray(range.to),
  ])
}

/** Whether the caller itself wants the chunk with the usage. */
export function asksForUsage(body: ChatBody): boolean {
  return objectOf(body.stream_options)['include_usage'] === true
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
