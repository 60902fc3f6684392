const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Origins that count as this installation: its public one, and the other names of this machine when that is a local one. */
function ownOrigins(publicUrl: string): string[] {
  const url = new URL(publicUrl)
  if (!loopback.includes(url.hostname)) return [url.origin]
  return loopback.map((host) => `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}`)
}

/**
 * Origins whose pages may sign in, for one request: our own, and the very host that the request was sent to, so that an
 * installation is usable by its address in the local network before GUILDHALL_URL is set. A page of another host cannot
 * name that origin, and a cookie never leaves its host.
 */
export function trustedOrigins(publicUrl: string, request: Request | undefined): string[] {
  const own = ownOrigins(publicUrl)
  if (!request) return own
  const { host } = new URL(request.url)
  return [...own, `http://${host}`, `https://${host}`]
}
