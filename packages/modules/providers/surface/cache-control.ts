import type { ModelRequest } from '../gateway.ts'

/** What a request says about kept answers (RFC 9111, 5.2.1). `no-store` says all that `no-cache` does. */
export function cacheControlOf(headers: Headers): NonNullable<ModelRequest['cacheControl']> | null {
  const directives = (headers.get('cache-control') ?? '').split(',').map((directive) => directive.trim().toLowerCase())
  if (directives.includes('no-store')) return 'no-store'
  return directives.includes('no-cache') ? 'no-cache' : null
}
