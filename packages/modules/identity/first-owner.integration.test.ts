import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureApiKey, ensureOwner } from './index.ts'
import { getMe } from './operations/get-me.ts'
import { startIdentity, type IdentityTest } from './testing/start-identity.ts'

let app: IdentityTest
beforeAll(async () => {
  app = await startIdentity()
})
afterAll(() => app.stop())

test('the first owner signs in once with the printed link, and a second use of it is refused', async () => {
  const { account, created } = await ensureOwner(app.runtime)
  expect(created).toBe(true)
  const link = (await app.runtime.services.accounts.createSignInLink(account.id)) ?? ''
  expect(link).toMatch(/^http:\/\/localhost:4100\/api\/auth\/magic-link\/verify\?token=/)

  const owner = app.browser()
  const first = await owner.auth('GET', link)
  expect(first.status).toBe(302)
  expect(first.headers.get('location')).toBe('http://localhost:4100/')
  const caller = await owner.caller()
  expect(caller).toMatchObject({
    actor: { type: 'user', id: account.id },
    tenant: { id: app.agency.id },
    role: 'owner',
    method: 'session',
  })

  const thief = app.browser()
  const second = await thief.auth('GET', link)
  expect(second.headers.get('location')).toContain('/sign-in?error=INVALID_TOKEN')
  expect((await thief.caller()).actor.type).toBe('anonymous')

  const me = await app.run(getMe, {}, caller)
  expect(me).toMatchObject({
    user: { email: 'owner@guildhall.localhost', hasPassword: false, twoFactorEnabled: false },
    agency: { slug: 'agency' },
    current: { tenant: { slug: 'agency' }, role: 'owner' },
  })
  expect(me.tenants.map((tenant) => [tenant.slug, tenant.role])).toEqual([
    ['agency', 'owner'],
    ['alpha', 'owner'],
    ['beta', 'owner'],
  ])
})

test('a second start leaves the owner as they are, whatever the variables say now', async () => {
  const again = await ensureOwner(app.runtime, { email: 'somebody@example.test', password: 'another long password' })
  expect(again).toMatchObject({ created: false, account: { email: 'owner@guildhall.localhost' } })
  expect(await app.runtime.services.accounts.findByEmail('somebody@example.test')).toBeNull()
})

test('the operator’s key works at once for the agency and for each of its clients, and only its hash is stored', async () => {
  const key = 'gh_0123456789abcdefghijklmnopqrstuvwxyz'
  await ensureApiKey(app.runtime, key)
  await ensureApiKey(app.runtime, key)
  const { authenticator } = app.runtime.services
  const atAgency = await authenticator.authenticate(new Headers({ authorization: `Bearer ${key}` }))
  expect(atAgency).toMatchObject({
    actor: { type: 'api-key' },
    tenant: { slug: 'agency' },
    role: 'owner',
    method: 'api-key',
  })
  const atClient = await authenticator.authenticate(new Headers({ 'x-api-key': key, 'x-guildhall-client': 'beta' }))
  expect(atClient.tenant?.id).toBe(app.clients[1].id)
  const stored = await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
    db.execute('select * from api_keys'),
  )
  expect(JSON.stringify(stored.rows)).not.toContain(key)
})
