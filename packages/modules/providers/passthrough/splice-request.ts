/** A request as JSON says it, with members that nobody here knows. */
export type Members = Readonly<Record<string, unknown>>

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
 * The caller's bytes with some members of their outermost object set. Everything else stays as it was sent.
 * @param body what the bytes say
 */
export function spliceRequest(bytes: Buffer, body: Members, set: Members): Buffer {
  const edits: { from: number; to: number; text: string }[] = []
  const added: string[] = []
  for (const [name, value] of Object.entries(set)) {
    const text = JSON.stringify(value)
    if (body[name] === undefined) {
      added.push(`${JSON.stringify(name)}:${text}`)
      continue
    }
    if (JSON.stringify(body[name]) === text) continue
    const range = memberRange(bytes, name)
    // A member that is there twice, or written with escapes, is rare: the whole is written anew then.
    if (range === null || !says(bytes, range, body[name])) return Buffer.from(JSON.stringify({ ...body, ...set }))
    edits.push({ ...range, text })
  }
  if (added.length > 0) {
    const start = bytes.indexOf(openBrace) + 1
    const comma = Object.keys(body).length > 0 ? ',' : ''
    edits.push({ from: start, to: start, text: added.join(',') + comma })
  }
  if (edits.length === 0) return bytes
  const parts: Buffer[] = []
  let at = 0
  for (const { from, to, text } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(bytes.subarray(at, from), Buffer.from(text))
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

function says(bytes: Buffer, { from, to }: { from: number; to: number }, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(bytes.toString('utf8', from, to))) === JSON.stringify(value)
  } catch {
    return false
  }
}
