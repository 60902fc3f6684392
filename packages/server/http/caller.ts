import { anonymousCaller, forbidden, Problem, type Caller, type Runtime } from '@guildhall/kernel'
import type { Context } from 'hono'
import type { HttpEnvironment } from './environment.ts'
import { createFailureLimit } from './failure-limit.ts'

/** Who sends this request. Browsers must come from our own pages when a cookie speaks for them (cross-site request forgery). */
export async function callerOf(c: Context<HttpEnvironment>, runtime: Runtime): Promise<Caller> {
  const headers = c.req.raw.headers
  if (!headers.has('cookie') && !headers.has('authorization') && !headers.has('x-api-key')) return anonymousCaller
  const byCookie = !headers.has('authorization') && !headers.has('x-api-key')
  if (byCookie && !['GET', 'HEAD', 'OPTIONS'].includes(c.req.method))
    requireSameOrigin(headers, runtime.config.publicUrl)
  return byKey(c, runtime)
}

/** Guessing keys: after this many refusals in a minute an address waits. */
const failures = createFailureLimit({ failures: 30, windowMs: 60_000 })

async function byKey(c: Context<HttpEnvironment>, runtime: Runtime): Promise<Caller> {
  const address = c.get('clientAddress')
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
    return await runtime.services.authenticator.authenticate(c.req.raw.headers)
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
