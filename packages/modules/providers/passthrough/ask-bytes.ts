import { APICallError, type LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { safeRequest } from '@guildhall/kernel'
import { openByteStream, requireWhole, type ByteStream } from './byte-stream.ts'
import { isRecord, type Address, type AnswerReader, type Outcome } from './wire.ts'

/** An answer that came whole: its bytes as they were, and what they say. */
export interface WholeBytes {
  kind: 'whole-bytes'
  bytes: Buffer
  outcome: Outcome
}

export interface AskBytes {
  address: Address
  headers: Readonly<Record<string, string>>
  allowed: ReadonlySet<string>
  body: Buffer
  stream: boolean
  reader: AnswerReader
  responseFormat: LanguageModelV4CallOptions['responseFormat']
  signal: AbortSignal
  /** Milliseconds to the connection; default that of the HTTP client. */
  connectMs?: number
}

/**
 * Asks one target in the caller's own protocol. Resolves with a whole answer, or with a stream at its first content.
 * @throws APICallError for a status other than 2xx; StreamCut, ContentWithheld; errors of the socket
 */
export async function askBytes(asked: AskBytes): Promise<WholeBytes | ByteStream> {
  const { address, allowed, body, signal, connectMs, reader, responseFormat } = asked
  const startedMs = performance.now()
  const response = await safeRequest(address.url, {
    allowed,
    method: 'POST',
    headers: { ...address.headers, ...asked.headers },
    body,
    signal,
    ...(connectMs === undefined ? {} : { connectMs }),
  })
  const headers = plainHeaders(response.headers)
  if (response.statusCode < 200 || response.statusCode > 299)
    throw failed(address.url, response.statusCode, headers, await bytesOf(response.body, mostOfAnError))
  const isStream = /^text\/event-stream/i.test(headers['content-type'] ?? '')
  if (asked.stream && isStream) return openByteStream(response.body, { reader, responseFormat, startedMs })
  const bytes = await bytesOf(response.body, mostOfAnAnswer)
  if (asked.stream) throw unreadable(address.url, response.statusCode, headers, bytes, 'is not a stream of events')
  const read = readObject(address.url, response.statusCode, headers, bytes)
  const why = reader.whole(read)
  if (why !== null) throw unreadable(address.url, response.statusCode, headers, bytes, why)
  requireWhole(reader, responseFormat)
  return { kind: 'whole-bytes', bytes, outcome: reader.outcome() }
}

const mostOfAnError = 64 * 1024
const mostOfAnAnswer = 64 * 1024 * 1024

async function bytesOf(body: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > most) throw new Error(`the provider's answer is longer than ${String(most)} bytes`)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function readObject(
  url: string,
  status: number,
  headers: Record<string, string>,
  bytes: Buffer,
): Record<string, unknown> {
  let read: unknown
  try {
    read = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw unreadable(url, status, headers, bytes, 'is not JSON')
  }
  if (!isRecord(read)) throw unreadable(url, status, headers, bytes, 'is not an object')
  if (isRecord(read['error'])) throw failed(url, status, headers, bytes)
  return read
}

function failed(url: string, statusCode: number, responseHeaders: Record<string, string>, bytes: Buffer): APICallError {
  const responseBody = bytes.toString('utf8')
  return new APICallError({
    message: messageIn(responseBody) ?? `the provider answered with status ${String(statusCode)}`,
    url,
    requestBodyValues: {},
    statusCode,
    responseHeaders,
    responseBody,
  })
}

/** An answer of status 200 that cannot be read: another attempt may do better, and this one may have cost. */
function unreadable(
  url: string,
  statusCode: number,
  responseHeaders: Record<string, string>,
  bytes: Buffer,
  why: string,
): APICallError {
  return new APICallError({
    message: `the provider's answer ${why}`,
    url,
    requestBodyValues: {},
    statusCode,
    responseHeaders,
    responseBody: bytes.toString('utf8', 0, 500),
  })
}

function messageIn(text: string): string | null {
  try {
    const read: unknown = JSON.parse(text)
    const error = isRecord(read) ? (read['error'] ?? read) : null
    if (typeof error === 'string') return error
    return isRecord(error) && typeof error['message'] === 'string' ? error['message'] : null
  } catch {
    return null
  }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return plain
}
