import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const gzipAsync = promisify(gzip)

/** Below this a packet more or less is not noticed, and the compression would cost more than it saves. */
const leastBytes = 2048

/**
 * The body of an answer to a read, and its encoding. Compressed for programs and for our own pages only: the length of a
 * compressed answer gives away what it holds to somebody who can have a person's browser ask for it again and again with
 * guesses in it (BREACH, Gluck, Harris and Prado 2013). Another site can do no more than that browser sends of itself, and
 * what it sends for another site carries `Sec-Fetch-Site`. Answers to writes, in which a new key is shown once, are not
 * compressed at all, nor is anything that streams.
 */
export async function compressedJson(
  request: Request,
  output: unknown,
): Promise<{ body: string | Uint8Array<ArrayBuffer>; encoding: 'gzip' | null }> {
  const body = JSON.stringify(output)
  const site = request.headers.get('sec-fetch-site')
  const wanted =
    body.length >= leastBytes &&
    (site === null || site === 'same-origin') &&
    /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))/i.test(request.headers.get('accept-encoding') ?? '')
  if (!wanted) return { body, encoding: null }
  // On a thread of its own: a large answer does not hold up the others.
  return { body: new Uint8Array(await gzipAsync(body, { level: 4 })), encoding: 'gzip' }
}
