import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkOutgoingUrl, isPublicAddress, parsePrivateHosts, safeFetch } from './safe-fetch.ts'

const nobody = parsePrivateHosts('')

describe('an address that a person typed', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.1.2.3/',
    'http://172.20.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://localhost/',
    'http://metadata.google.internal/',
    'http://printer.local/',
    'http://0.0.0.0/',
    'http://intranet/',
  ])('is refused when it names a private host: %s', (url) => {
    expect(() => checkOutgoingUrl(url, nobody)).toThrow('private')
  })
  it.each(['file:///etc/passwd', 'gopher://example.com/', 'ftp://example.com/', 'javascript:alert(1)'])(
    'is refused when it is not http: %s',
    (url) => {
      expect(() => checkOutgoingUrl(url, nobody)).toThrow('https://')
    },
  )
  it('is refused with a password in it, and names its field', () => {
    expect(() => checkOutgoingUrl('https://user:secret@example.com/', nobody, 'baseUrl')).toThrow('baseUrl')
  })
  it('passes when it is public, or when the operator allows exactly it', () => {
    expect(checkOutgoingUrl('https://example.com/x', nobody).hostname).toBe('example.com')
    expect(checkOutgoingUrl('http://127.0.0.1:11434/v1', parsePrivateHosts('127.0.0.1:11434')).port).toBe('11434')
    expect(() => checkOutgoingUrl('http://127.0.0.1:5432/', parsePrivateHosts('127.0.0.1:11434'))).toThrow('private')
  })
  it('knows public from private numbers', () => {
    expect(isPublicAddress('8.8.8.8')).toBe(true)
    expect(isPublicAddress('2606:4700:4700::1111')).toBe(true)
    expect(isPublicAddress('::ffff:10.0.0.1')).toBe(false)
    expect(isPublicAddress('not an address')).toBe(false)
  })
})

describe('a request to it', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
      else response.end(`authorization: ${request.headers.authorization ?? 'none'}`)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it('does not follow a redirect to a private host', async () => {
    const allowed = parsePrivateHosts(`127.0.0.1:${String(port)}`)
    await expect(safeFetch(`http://127.0.0.1:${String(port)}/away`, { allowed })).rejects.toThrow('private')
  })
  it('gives up on a redirect loop', async () => {
    const allowed = parsePrivateHosts(`127.0.0.1:${String(port)}`)
    await expect(safeFetch(`http://127.0.0.1:${String(port)}/loop`, { allowed })).rejects.toThrow('redirects more than')
  })
  it('does not connect to a public name that resolves to a private address', async () => {
    // Many resolvers answer this name with 127.0.0.1; without a network the lookup fails. Neither reaches the server.
    await expect(safeFetch(`http://localtest.me:${String(port)}/`, { allowed: nobody })).rejects.toThrow()
  })
})
