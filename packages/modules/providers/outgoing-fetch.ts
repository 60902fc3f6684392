import { safeFetch } from '@guildhall/kernel'
import { connectClock } from './walk/connect-clock.ts'

/** `fetch` for the provider packages: public addresses only, besides those that the operator allows. */
export function outgoingFetch(allowed: ReadonlySet<string>): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
    const headers = new Headers(init.headers)
    const body = await bodyOf(init.body, headers)
    const connectMs = connectClock.getStore()
    const response = await safeFetch(url, {
      allowed,
      method: init.method ?? 'GET',
      headers: Object.fromEntries(headers),
      ...(body === null ? {} : { body }),
      ...(init.signal ? { signal: init.signal } : {}),
      ...(connectMs === undefined ? {} : { connectMs }),
    })
    // The undici package's Response has the members of the platform's, made of the same code.
    return response
  }
}

/** Forms are written out here: the form class of the platform is not the one that the undici package knows. */
async function bodyOf(body: RequestInit['body'], headers: Headers): Promise<string | Uint8Array | null> {
  if (body === null || body === undefined) return null
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  const written = new Response(body)
  const type = written.headers.get('content-type')
  if (type) headers.set('content-type', type)
  return new Uint8Array(await written.arrayBuffer())
}
