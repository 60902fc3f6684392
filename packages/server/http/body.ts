import { invalidInput, Problem } from '@guildhall/kernel'

/** How long the rest of a refused body is still read, and thrown away, in milliseconds. */
export const lingerMs = 5_000

/**
 * Reads a request body up to a limit.
 * @throws Problem 413. What is sent beyond the limit is thrown away first: a sender whose line is cut reads no answer.
 */
export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  let refusedMs = declared > limit ? performance.now() : null
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit) refusedMs ??= performance.now()
    if (refusedMs === null) chunks.push(chunk)
    else if (performance.now() - refusedMs > lingerMs) break
  }
  if (refusedMs !== null) throw tooLarge(limit)
  return Buffer.concat(chunks)
}

export function tooLarge(limit: number): Problem {
  return new Problem({
    status: 413,
    type: 'too-large',
    title: 'Too large',
    detail: `The request body is larger than ${String(Math.round(limit / 1024))} KiB.`,
    // Some of the body may still be on its way: the next request must not be sent behind it.
    headers: { connection: 'close' },
  })
}

/** Deeper nesting than this has no use here and can exhaust the stack of whoever walks the value later. */
const maxDepth = 64

/** Reads a JSON body. @throws Problem 415, 413 or 400 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const bytes = await readBody(request, limit)
  if (bytes.length === 0) return undefined
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw new Problem({
      status: 415,
      type: 'unsupported-media-type',
      title: 'Unsupported media type',
      detail: 'Send JSON with `content-type: application/json`.',
    })
  return parseJson(bytes.toString('utf8'))
}

export function parseJson(text: string): unknown {
  refuseDeepNesting(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidInput([
      { field: '', message: `is not JSON: ${error instanceof Error ? error.message : 'syntax error'}` },
    ])
  }
}

/** @throws Problem 400 for JSON that is nested without end */
export function refuseDeepNesting(json: string): void {
  if (nestingOf(json) > maxDepth) throw tooDeep()
}

/** The same for a value that somebody else has parsed. @throws Problem 400 */
export function refuseDeepValue(value: unknown): void {
  // Level by level: walking down by recursion is what such a value is made to break.
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw tooDeep()
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
}

function tooDeep(): Problem {
  return invalidInput([{ field: '', message: `is nested deeper than ${String(maxDepth)} levels` }])
}

function nestingOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth)
    else if (code === 93 || code === 125) depth--
  }
  return deepest
}
