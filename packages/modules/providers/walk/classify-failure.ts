import { APICallError, type LanguageModelV4Usage } from '@ai-sdk/provider'
import { Problem } from '@guildhall/kernel'

type FailureReason =
  | 'rate_limited'
  | 'quota_exceeded'
  | 'server_error'
  | 'overloaded'
  | 'timeout'
  | 'refused'
  | 'cut'
  | 'bad_response'
  | 'key_rejected'
  | 'model_not_found'
  | 'context_length'
  | 'content_policy'
  | 'invalid_request'
  | 'address_refused'

/** Why an attempt failed, and what follows from it. */
export interface Failure {
  reason: FailureReason
  /** Ask the same target again, go on to the next one, or stop: the request itself is wrong. */
  next: 'retry' | 'next-target' | 'stop'
  /** Whose circuit it speaks against. */
  circuit: 'connection' | 'target' | null
  /** How long to leave it alone, when that is known. */
  openForMs?: number
  /** What the provider asked to wait. */
  retryAfterMs?: number
  status?: number
  message: string
  /** The provider may have begun to work, and to charge. */
  mayCost: boolean
  /** What it said that it has used; undefined = nothing. */
  usage?: LanguageModelV4Usage | undefined
}

/** How long a refused key or a spent quota is left alone. */
const keyCooldownMs = 5 * 60_000

/** Cut by this module's own clock, as opposed to by the caller. */
export class AttemptTimeout extends Error {
  constructor(ms: number, waitedFor: string) {
    super(`no ${waitedFor} within ${ms} ms`)
    this.name = 'AttemptTimeout'
  }
}

/** The stream ended, or broke, without the provider having said that it is done. */
export class StreamCut extends Error {
  readonly usage: LanguageModelV4Usage | undefined
  /** @param usage what the provider said that it has used all the same */
  constructor(message: string, usage?: LanguageModelV4Usage) {
    super(message)
    this.name = 'StreamCut'
    this.usage = usage
  }
}

/** An answer that the provider withheld. */
export class ContentWithheld extends Error {
  readonly usage: LanguageModelV4Usage | undefined
  /** @param usage what the provider said that it has used all the same */
  constructor(usage?: LanguageModelV4Usage) {
    super('the provider withheld its answer under its content policy')
    this.name = 'ContentWithheld'
    this.usage = usage
  }
}

/**
 * Sorts what a provider package throws, or sends as an error part, into what to do next. Retry on refused
 * connections, 408, 429, 5xx and 529; go on to the next target for what is that target's own trouble; stop on what
 * would be wrong everywhere.
 */
export function classifyFailure(error: unknown): Failure {
  const text = describe(error)
  if (error instanceof AttemptTimeout)
    return { reason: 'timeout', next: 'next-target', circuit: 'target', message: text, mayCost: true }
  if (error instanceof StreamCut)
    return { reason: 'cut', next: 'retry', circuit: 'target', message: text, mayCost: true, usage: error.usage }
  if (error instanceof ContentWithheld)
    return {
      reason: 'content_policy',
      next: 'next-target',
      circuit: null,
      message: text,
      mayCost: true,
      usage: error.usage,
    }
  if (error instanceof Problem)
    return {
      reason: 'address_refused',
      next: 'next-target',
      circuit: 'connection',
      openForMs: keyCooldownMs,
      message: text,
      mayCost: false,
    }
  if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode >= 400)
    return {
      ...byStatus(error.statusCode, `${text} ${error.responseBody ?? ''}`, retryAfterMs(error.responseHeaders)),
      status: error.statusCode,
      message: text,
    }
  const code = connectionCode(error)
  if (code === 'EPRIVATE')
    return {
      reason: 'address_refused',
      next: 'next-target',
      circuit: 'connection',
      openForMs: keyCooldownMs,
      message: text,
      mayCost: false,
    }
  // A certificate does not get better by asking again.
  if (code !== null && brokenTls.test(code))
    return { reason: 'refused', next: 'next-target', circuit: 'connection', message: text, mayCost: false }
  if ((code !== null && neverConnected.test(code)) || /before secure TLS connection/.test(text))
    return { reason: 'refused', next: 'retry', circuit: 'connection', message: text, mayCost: false }
  if (code !== null) return { reason: 'cut', next: 'retry', circuit: 'target', message: text, mayCost: true }
  if (APICallError.isInstance(error))
    return {
      reason: 'bad_response',
      next: 'retry',
      circuit: 'target',
      ...(error.statusCode ? { status: error.statusCode } : {}),
      message: text,
      mayCost: true,
    }
  return { ...byWords(text, 'server_error'), message: text }
}

type Sorted = Omit<Failure, 'message' | 'status' | 'usage'>

function byStatus(status: number, words: string, wait: number | undefined): Sorted {
  const asked = wait === undefined ? {} : { retryAfterMs: wait }
  switch (status) {
    case 401:
    case 402:
    case 403:
      return {
        reason: status === 402 ? 'quota_exceeded' : 'key_rejected',
        next: 'next-target',
        circuit: 'connection',
        openForMs: keyCooldownMs,
        mayCost: false,
      }
    case 404:
      return { reason: 'model_not_found', next: 'next-target', circuit: null, mayCost: false }
    case 408:
      return { reason: 'timeout', next: 'retry', circuit: 'target', mayCost: true }
    case 413:
      return { reason: 'context_length', next: 'next-target', circuit: null, mayCost: false }
    case 429:
      return isSpent(words)
        ? {
            reason: 'quota_exceeded',
            next: 'next-target',
            circuit: 'connection',
            openForMs: keyCooldownMs,
            mayCost: false,
          }
        : { reason: 'rate_limited', next: 'retry', circuit: 'target', ...asked, mayCost: false }
    case 529:
      return { reason: 'overloaded', next: 'retry', circuit: 'target', ...asked, mayCost: false }
    default:
      if (status >= 500) return { reason: 'server_error', next: 'retry', circuit: 'target', ...asked, mayCost: false }
      return byWords(words, 'invalid_request')
  }
}

const isSpent = (words: string) => /insufficient_quota|billing|exceeded your current quota|credit balance/i.test(words)

/** Providers tell these apart in words only, as a 400 or as an event in a stream. */
function byWords(words: string, otherwise: 'server_error' | 'invalid_request'): Sorted {
  if (
    /context.?(length|window)|maximum context|too many tokens|prompt is too long|input token count|exceeds the (maximum|limit).*token/i.test(
      words,
    )
  )
    return { reason: 'context_length', next: 'next-target', circuit: null, mayCost: false }
  if (/content.?(policy|filter|management)|safety|responsible ai|blocked by/i.test(words))
    return { reason: 'content_policy', next: 'next-target', circuit: null, mayCost: false }
  if (/api.?key (not valid|invalid|expired)|invalid.?(x-)?api.?key|incorrect api key/i.test(words))
    return {
      reason: 'key_rejected',
      next: 'next-target',
      circuit: 'connection',
      openForMs: keyCooldownMs,
      mayCost: false,
    }
  if (isSpent(words))
    return {
      reason: 'quota_exceeded',
      next: 'next-target',
      circuit: 'connection',
      openForMs: keyCooldownMs,
      mayCost: false,
    }
  if (otherwise === 'invalid_request') return { reason: 'invalid_request', next: 'stop', circuit: null, mayCost: false }
  if (/rate.?limit/i.test(words)) return { reason: 'rate_limited', next: 'retry', circuit: 'target', mayCost: false }
  if (/overloaded/i.test(words)) return { reason: 'overloaded', next: 'retry', circuit: 'target', mayCost: false }
  return { reason: 'server_error', next: 'retry', circuit: 'target', mayCost: true }
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), and the `retry-after-ms` of some providers. */
export function retryAfterMs(headers: Record<string, string> | undefined, now = Date.now()): number | undefined {
  const ms = Number(headers?.['retry-after-ms'])
  if (headers?.['retry-after-ms'] && Number.isFinite(ms)) return Math.max(0, ms)
  const value = headers?.['retry-after']
  if (!value) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Names that do not resolve, refused connections: nothing was sent. Any other socket error comes after the request. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/
const brokenTls = /^(EPROTO|ERR_TLS.*|ERR_SSL.*|.*CERT.*|.*SIGNATURE.*)$/

/** The code of the socket error below a thrown value; null when there is none. */
function connectionCode(error: unknown): string | null {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    if ('code' in current && typeof current.code === 'string' && /^[A-Z0-9_]+$/.test(current.code)) return current.code
    if (current instanceof TypeError && current.message === 'terminated' && !(current.cause instanceof Error))
      return 'UND_ERR_SOCKET'
  }
  return null
}

/** The message with its cause, since `fetch failed` alone says nothing. */
function describe(error: unknown): string {
  if (error instanceof Error) {
    const cause =
      error.cause instanceof Error && error.cause.message !== '' && !error.message.includes(error.cause.message)
        ? `: ${error.cause.message}`
        : ''
    const code = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : ''
    return `${error.message}${cause}${code}`
  }
  if (typeof error === 'object' && error !== null) {
    if ('message' in error && typeof error.message === 'string')
      return `${'code' in error ? `${String(error.code)}: ` : ''}${error.message}`
    return JSON.stringify(error)
  }
  return String(error)
}
