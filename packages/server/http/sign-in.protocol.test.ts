import type { AddressInfo } from 'node:net'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ensureOwner, identityModule, migrateIdentity } from '@guildhall/modules/identity'
import { notificationsModule } from '@guildhall/modules/notifications'
import { serve, type ServerType } from '@hono/node-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHttpApp } from './app.ts'

const account = { email: 'owner@example.test', password: 'correct horse battery' }
let app: TestRuntime
let server: ServerType
let url: string

const starting = () => new Response(null, { status: 503 })

beforeAll(async () => {
  let urls = { ownerUrl: '', authUrl: '' }
  // The port is needed for the public address before the modules start.
  const placeholder = serve({
    fetch: (request, env) => current(request, env),
    port: 0,
    hostname: '127.0.0.1',
    overrideGlobalObjects: false,
  })
  let current: Parameters<typeof serve>[0]['fetch'] = starting
  server = placeholder
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  app = await startTestRuntime({
    env: { GUILDHALL_URL: url },
    modules: (database) => {
      urls = database
      return [
        notificationsModule,
        identityModule({ authUrl: database.authUrl, secret: 'a test secret of more than 32 characters' }),
      ]
    },
  })
  await migrateIdentity(urls)
  await ensureOwner(app.runtime, account)
  current = createHttpApp(app.runtime, { version: '0', consoleDir: import.meta.dirname }).fetch
})
afterAll(async () => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  await app.stop()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: url, ...headers },
  })

it('signs in over the wire, and the cookie then speaks for the person', async () => {
  const signedIn = await post('/api/auth/sign-in/email', account)
  expect(signedIn.status).toBe(200)
  expect(signedIn.headers.get('cache-control')).toBe('no-store')
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const me = await fetch(`${url}/api/me`, { headers: { cookie } })
  expect(await me.json()).toMatchObject({
    user: { email: account.email },
    current: { tenant: { slug: 'agency' }, role: 'owner' },
  })
  const atClient = await fetch(`${url}/api/me`, { headers: { cookie, 'x-guildhall-client': 'alpha' } })
  expect(await atClient.json()).toMatchObject({ current: { tenant: { slug: 'alpha' } } })

  const change = (origin: string) => post('/api/api-keys', { name: 'k' }, { cookie, origin })
  expect((await change('https://evil.example')).status).toBe(403)
  expect((await change(url)).status).toBe(201)
  expect((await post('/api/auth/sign-out', {}, { cookie })).status).toBe(200)
  expect((await fetch(`${url}/api/me`, { headers: { cookie } })).status).toBe(401)
})

it('takes the printed link once', async () => {
  const { account: owner } = await ensureOwner(app.runtime)
  const link = (await app.runtime.services.accounts.createSignInLink(owner.id)) ?? ''
  const first = await fetch(link, { redirect: 'manual' })
  expect([first.status, first.headers.get('location')]).toEqual([302, `${url}/`])
  expect(first.headers.getSetCookie().some((cookie) => cookie.startsWith('guildhall.session_token='))).toBe(true)
  const second = await fetch(link, { redirect: 'manual' })
  expect(second.headers.getSetCookie().some((cookie) => cookie.includes('session_token='))).toBe(false)
})

it('counts guesses by the connection, whatever address the guesser writes into headers', async () => {
  const statuses: number[] = []
  for (let attempt = 0; attempt < 12; attempt++) {
    const address = `203.0.113.${String(attempt)}`
    const answer = await post(
      '/api/auth/sign-in/email',
      { email: `guess-${String(attempt)}@example.test`, password: 'a guess that is long' },
      { 'x-forwarded-for': address, 'x-real-ip': address, 'x-gh-client-ip': address, forwarded: `for=${address}` },
    )
    statuses.push(answer.status)
  }
  expect(statuses.at(-1)).toBe(429)
})
