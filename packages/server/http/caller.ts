import { anonymousCaller, forbidden, type Caller, type Runtime } from '@guildhall/kernel'
import type { Context } from 'hono'
import type { HttpEnvironment } from './environment.ts'

/** Who sends this request. Browsers must come from our own pages when a cookie speaks for them (cross-site request forgery). */
export async function callerOf(c: Context<HttpEnvironment>, runtime: Runtime): Promise<Caller> {
  const headers = c.req.raw.headers
  if (!headers.has('cookie') && !headers.has('authorization') && !headers.has('x-api-key')) return anonymousCaller
  const byCookie = !headers.has('authorization') && !headers.has('x-api-key')
  if (byCookie && !['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) requireSameOrigin(headers, runtime.config.publicUrl)
  return runtime.services.authenticator.authenticate(headers)
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
