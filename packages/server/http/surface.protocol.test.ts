import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
  const made = await server.request('/api/clients', {
    method: 'POST',
    body: JSON.stringify({ name: 'Alpha', slug: 'alpha' }),
  })
  if (made.status !== 201) throw new Error(await made.text())
})
afterAll(() => server.stop())

describe('the HTTP surface', () => {
  it('describes itself in valid OpenAPI 3.1', async () => {
    const document = await json<{ openapi: string; paths: Record<string, unknown> }>(
      await server.request('/openapi.json', { key: null }),
    )
    expect(document.openapi).toBe('3.1.0')
    const result = await new Validator().validate(document)
    expect(result.errors ?? []).toEqual([])
    expect(Object.keys(document.paths).length).toBeGreaterThan(40)
  })

  it('answers every problem as problem+json with a request id', async () => {
    const cases: [string, RequestInit & { key?: string | null; client?: string }, number][] = [
      ['/api/no-such-thing', {}, 404],
      ['/api/clients', { key: null }, 401],
      ['/api/clients', { key: 'gh_wrongwrongwrongwrongwrongwrongwrongwrong' }, 401],
      ['/api/clients', { method: 'POST', body: '{"name":' }, 400],
      [
        '/api/clients',
        { method: 'POST', body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        415,
      ],
      ['/api/clients', { method: 'POST', body: JSON.stringify({ name: 'x'.repeat(2_000_000) }) }, 413],
      ['/api/clients', { method: 'POST', body: `${'['.repeat(5000)}${']'.repeat(5000)}` }, 400],
      ['/api/chats', { client: 'nobody' }, 404],
      ['/api/clients?limit=99999', {}, 400],
      ['/api/clients?sort=password', {}, 400],
    ]
    for (const [path, init, status] of cases) {
      const response = await server.request(path, init)
      expect([path, response.status]).toEqual([path, status])
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      const problem = await json<{ requestId: string }>(response)
      expect(problem).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
        requestId: expect.any(String),
      })
      expect(response.headers.get('x-request-id')).toBe(problem.requestId)
    }
  })

  it('does not let a foreign page use a session cookie', async () => {
    const cookie = await signIn(server)
    const send = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/clients`, {
        method: 'POST',
        body: JSON.stringify({ name: 'By cookie' }),
        headers: { cookie, 'content-type': 'application/json', ...headers },
      })
    expect((await send({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await send({})).status).toBe(403)
    expect((await send({ origin: server.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
  })

  it('signs in once by the printed link, and not again', async () => {
    const again = await fetch(server.signInLink(), { redirect: 'manual' })
    expect(again.headers.get('set-cookie') ?? '').not.toMatch(/session_token=[^;]/)
  })

  it('sends the headers that keep the console to itself', async () => {
    const page = await fetch(`${server.url}/`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await fetch(`${server.url}/assets/none.js`)).status).toBe(404)
    expect((await fetch(`${server.url}/clients/alpha`)).headers.get('content-type')).toContain('text/html')
    expect((await fetch(`${server.url}/docs`)).status).toBe(200)
  })

  it('does not answer a path that climbs out of the console', async () => {
    for (const path of [
      '/assets/..%2f..%2fpackage.json',
      '/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/build.ts',
    ]) {
      const text = await (await fetch(`${server.url}${path}`)).text()
      expect(text).not.toContain('@guildhall/console')
    }
  })
})

/** Follows the printed link; returns the session cookie. */
async function signIn(running: RunningServer): Promise<string> {
  const response = await fetch(running.signInLink(), { redirect: 'manual' })
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  expect(cookies.join('; ')).toContain('session_token=')
  return cookies.join('; ')
}
