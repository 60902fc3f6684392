import { lookup as resolveHost } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch, request, type Dispatcher, type RequestInit, type Response } from 'undici'
import { invalidInput } from './problem.ts'

/**
 * Ranges that are not public: loopback, private, link-local, carrier NAT, documentation, multicast, reserved (IANA
 * special-purpose registries). One list per family, since a BlockList also compares IPv4 with IPv4-mapped IPv6 ranges.
 */
const refused4 = new BlockList()
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])
  refuse(refused4, network, 'ipv4')
const refused6 = new BlockList()
for (const network of [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
])
  refuse(refused6, network, 'ipv6')

function refuse(list: BlockList, network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix = ''] = network.split('/')
  list.addSubnet(address, Number(prefix), family)
}

/** IPv4-mapped IPv6 addresses count as private: no public service needs to be written that way. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  return family === 4 ? !refused4.check(address, 'ipv4') : !refused6.check(address, 'ipv6')
}

/** Entries `host` or `host:port` that an operator allows although they are private. */
export function parsePrivateHosts(list: string): ReadonlySet<string> {
  return new Set(
    list
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter(Boolean),
  )
}

function isAllowed(url: URL, allowed: ReadonlySet<string>): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return allowed.has(host) || allowed.has(`${host}:${port}`)
}

/**
 * Checks an address that a person has typed, before anything is sent.
 * @throws Problem 400 that names the field when the URL is not http(s), carries credentials, or names a private host.
 */
export function checkOutgoingUrl(text: string, allowed: ReadonlySet<string>, field = 'url'): URL {
  const refuse = (message: string) => invalidInput([{ field, message }])
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refuse('is not a URL')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('must start with https:// or http://')
  if (url.username || url.password) throw refuse('must not carry a user name or password')
  if (isAllowed(url, allowed)) return url
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const privateName =
    isIP(host) === 0 && (!host.includes('.') || /\.(localhost|local|internal|home\.arpa)$/i.test(host))
  if (privateName || (isIP(host) !== 0 && !isPublicAddress(host)))
    throw refuse('names a private address; the operator can allow it with GUILDHALL_PRIVATE_HOSTS')
  return url
}

/** Resolves only to public addresses, in the socket itself: a name that changes its answer between check and use gains nothing. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const blocked = addresses.find((entry) => !isPublicAddress(entry.address))
    const first = addresses[0]
    if (blocked || !first)
      return callback(
        Object.assign(new Error(`${hostname} resolves to a private address`), { code: 'EPRIVATE' }),
        '',
        0,
      )
    if (options.all) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

export interface SafeFetchOptions extends RequestInit {
  allowed: ReadonlySet<string>
  /** Most redirects that are followed; each hop is checked anew. Default 3. */
  maxRedirects?: number
  /** Milliseconds for name, connection and TLS together; default 10 s. */
  connectMs?: number
}

const agents = new Map<string, Agent>()

/** One pool of connections per kind of address and time allowed. */
function agentFor(allowed: boolean, connectMs: number | undefined): Agent {
  const key = `${allowed ? 'operator' : 'public'} ${connectMs ?? ''}`
  const known = agents.get(key)
  if (known) return known
  const connect = { ...(allowed ? {} : { lookup: publicLookup }), ...(connectMs ? { timeout: connectMs } : {}) }
  const agent = new Agent({ connect })
  agents.set(key, agent)
  return agent
}

/** `fetch` for every URL that a user gave: public addresses only, redirects checked hop by hop, credentials dropped on a change of origin. */
export async function safeFetch(
  text: string,
  { allowed, maxRedirects = 3, connectMs, ...init }: SafeFetchOptions,
): Promise<Response> {
  let url = checkOutgoingUrl(text, allowed)
  let headers = init.headers
  for (let hop = 0; ; hop++) {
    const dispatcher = agentFor(isAllowed(url, allowed), connectMs)
    const response = await undiciFetch(url, {
      ...init,
      ...(headers ? { headers } : {}),
      redirect: 'manual',
      dispatcher,
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    await response.body?.cancel()
    if (hop >= maxRedirects)
      throw invalidInput([{ field: 'url', message: `redirects more than ${maxRedirects} times` }])
    if (init.method && init.method !== 'GET' && init.method !== 'HEAD')
      throw invalidInput([
        { field: 'url', message: 'redirects a request that changes something; give the final address' },
      ])
    const next = checkOutgoingUrl(new URL(location, url).href, allowed)
    if (next.origin !== url.origin) headers = undefined
    url = next
  }
}

export interface SafeRequestOptions {
  allowed: ReadonlySet<string>
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: Buffer | string
  signal: AbortSignal
  /** Milliseconds for name, connection and TLS together; default 10 s. */
  connectMs?: number
}

/** Addresses that were checked under a list of private hosts; the socket checks again where they lead. */
const checked = new WeakMap<ReadonlySet<string>, Map<string, URL>>()
const mostChecked = 500

function checkedUrl(address: string, allowed: ReadonlySet<string>): URL {
  const known = checked.get(allowed) ?? new Map<string, URL>()
  const url = known.get(address) ?? checkOutgoingUrl(address, allowed)
  if (known.size >= mostChecked) known.clear()
  checked.set(allowed, known.set(address, url))
  return url
}

/**
 * Like `safeFetch` without the platform's Response and streams, over connections that are kept: for answers that are
 * passed on as bytes. A redirect is not followed: it comes back as what it is.
 * @throws Problem 400 for an address that may not be asked; the error of the socket
 */
export function safeRequest(
  address: string,
  { allowed, connectMs, ...options }: SafeRequestOptions,
): Promise<Dispatcher.ResponseData> {
  const url = checkedUrl(address, allowed)
  return request(url, { ...options, dispatcher: agentFor(isAllowed(url, allowed), connectMs) })
}
