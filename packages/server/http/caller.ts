import { anonymousCaller, forbidden, Problem, type Caller, type Runtime } from '@guildhall/kernel'
import type { Context } from 'hono'
import type { HttpEnvironment } from './environment.ts'
import { createFailureLimit } from './failure-limit.ts'

/** A request as far as it says who sends it. */
export interface Sender {
  headers: Headers
  method: string
  /** Address of the client, never taken from a header that a client can set. */
  address: string
}

export function callerOf(c: Context<HttpEnvironment>, runtime: Runtime): Promise<Caller> {
  return callerFrom({ headers: c.req.raw.headers, method: c.req.method, address: c.get('clientAddress') }, runtime)
}

/** Who sends this request. Browsers must come from our own pages when a cookie speaks for them (cross-site request forgery). */
export async function callerFrom({ headers, method, address }: Sender, runtime: Runtime): Promise<Caller> {
  if (!headers.has('cookie') && !headers.has('authorization') && !headers.has('x-api-key')) return anonymousCaller
  const byCookie = !headers.has('authorization') && !headers.has('x-api-key')
  if (byCookie && !['GET', 'HEAD', 'OPTIONS'].includes(method)) requireSameOrigin(headers, runtime.config.publicUrl)
  return byKey(headers, address, runtime)
}

/** Guessing keys: after this many refusals in a minute an address waits. */
const failures = createFailureLimit({ failures: 30, windowMs: 60_000 })

async function byKey(headers: Headers, address: string, runtime: Runtime): Promise<Caller> {
  const seconds = failures.blockedFor(address)
  if (seconds > 0)
    throw new Problem({
      status: 429,
      type: 'too-many-failures',
      title: 'Too many failed attempts',
      detail: `Too many requests with a wrong key or session came from here. Try again in ${String(seconds)} s.`,
      headers: { 'retry-after': String(seconds) },
    })
  try {
    return await runtime.services.authenticator.authenticate(headers)
  } catch (error) {
    if (error instanceof Problem && error.status === 401) failures.failed(address)
    throw error
  }
}

function requireSameOrigin(headers: Headers, publicUrl: string): void {
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin') return
  const origin = headers.get('origin')
  const host = headers.get('host')
  if (site === null && origin !== null && (origin === publicUrl || hostOf(origin) === host)) return
  throw forbidden('A request with a session cookie must come from the console itself. Scripts send an API key instead.')
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
