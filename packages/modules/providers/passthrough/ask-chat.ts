import { APICallError } from '@ai-sdk/provider'
import { safeRequest } from '@guildhall/kernel'
import { ContentWithheld, StreamCut } from '../walk/classify-failure.ts'
import type { ChatAddress } from './chat-address.ts'
import { openChatStream, type ChatStream } from './chat-stream.ts'
import { collectChat, isRecord, type ChatOutcome } from './read-chat.ts'

/** An answer that came whole: its bytes as they were, and what they say. */
export interface WholeChat {
  kind: 'whole'
  bytes: Buffer
  outcome: ChatOutcome
}

export interface AskChat {
  address: ChatAddress
  allowed: ReadonlySet<string>
  body: Buffer
  stream: boolean
  /** The caller has not asked for usage: its chunk is read and left out. */
  hideUsage: boolean
  signal: AbortSignal
  /** Milliseconds to the connection; default that of the HTTP client. */
  connectMs?: number
}

/**
 * Asks one target. Resolves with a whole answer, or with a stream at its first content.
 * @throws APICallError for a status other than 2xx; StreamCut, ContentWithheld; errors of the socket
 */
export async function askChat(asked: AskChat): Promise<WholeChat | ChatStream> {
  const { address, allowed, body, signal, connectMs } = asked
  const startedMs = performance.now()
  const response = await safeRequest(address.url, {
    allowed,
    method: 'POST',
    headers: address.headers,
    body,
    signal,
    ...(connectMs === undefined ? {} : { connectMs }),
  })
  const headers = plainHeaders(response.headers)
  if (response.statusCode < 200 || response.statusCode > 299)
    throw failed(address.url, response.statusCode, headers, await bytesOf(response.body, mostOfAnError))
  const isStream = /^text\/event-stream/i.test(headers['content-type'] ?? '')
  if (asked.stream && isStream) return openChatStream(response.body, { hideUsage: asked.hideUsage, startedMs })
  const bytes = await bytesOf(response.body, mostOfAnAnswer)
  if (asked.stream) throw unreadable(address.url, response.statusCode, headers, bytes, 'is not a stream of events')
  return { kind: 'whole', bytes, outcome: readWhole(address.url, response.statusCode, headers, bytes) }
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

function readWhole(url: string, status: number, headers: Record<string, string>, bytes: Buffer): ChatOutcome {
  let read: unknown
  try {
    read = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw unreadable(url, status, headers, bytes, 'is not JSON')
  }
  if (isRecord(read) && isRecord(read['error'])) throw failed(url, status, headers, bytes)
  const choices = isRecord(read) ? read['choices'] : undefined
  if (!isRecord(read) || !Array.isArray(choices) || choices.length === 0)
    throw unreadable(url, status, headers, bytes, 'has no choices')
  const collector = collectChat()
  let said = false
  for (const choice of choices) said = collector.add(choice) || said
  const outcome = collector.outcome(read['usage'])
  if (outcome.finish === null) throw new StreamCut('the answer has no finish reason')
  if (!said && outcome.finish.unified === 'content-filter') throw new ContentWithheld()
  if (!said && outcome.finish.unified === 'error') throw new StreamCut('the provider ended its answer with an error')
  return outcome
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
