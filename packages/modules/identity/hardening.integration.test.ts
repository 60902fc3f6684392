import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOwner } from './index.ts'
import { startIdentity, type IdentityTest } from './testing/start-identity.ts'

const password = 'correct horse battery'
let app: IdentityTest
beforeAll(async () => {
  app = await startIdentity()
  await ensureOwner(app.runtime, { email: 'owner@example.test', password })
  await app.runtime.services.accounts.create({
    email: 'other@example.test',
    name: 'Other',
    password,
    emailVerified: true,
  })
})
afterAll(() => app.stop())

const wrong = { email: 'owner@example.test', password: 'not the password' }

describe('guessing', () => {
  test('is limited by the address of the connection, whatever address the client claims', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      const answer = await app.browser({ address: '198.51.100.1' }).auth(
        'POST',
        '/sign-in/email',
        // Another account each time, so that only the limit of the address can answer.
        { email: `guess-${attempt}@example.test`, password: 'a guess that is long' },
        {
          'x-forwarded-for': `203.0.113.${attempt}`,
          'x-real-ip': `203.0.113.${attempt}`,
          forwarded: `for=203.0.113.${attempt}`,
        },
      )
      statuses.push(answer.status)
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(statuses.slice(10)).toEqual([429, 429])
  })

  test('is counted in the database, so that every process counts together', async () => {
    const { rows } = await asAuth(`select count(*)::int as n from gh_auth."rateLimit" where key like '198.51.100.1%'`)
    expect(rows[0]?.['n']).toBeGreaterThan(0)
  })

  test('is limited by account, from whatever addresses it comes', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 11; attempt++)
      statuses.push(
        (await app.browser({ address: `203.0.113.${100 + attempt}` }).auth('POST', '/sign-in/email', wrong)).status,
      )
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
    const right = await app.browser({ address: '203.0.113.200' }).auth('POST', '/sign-in/email', { ...wrong, password })
    expect(right).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } })
  })

  test('learns nothing about who has an account', async () => {
    const known = await app
      .browser({ address: '203.0.113.201' })
      .auth('POST', '/sign-in/email', { ...wrong, email: 'other@example.test' })
    const unknown = await app
      .browser({ address: '203.0.113.202' })
      .auth('POST', '/sign-in/email', { ...wrong, email: 'ghost@example.test' })
    expect(unknown.status).toBe(401)
    expect(unknown.body).toEqual(known.body)
  })
})

describe('other sites', () => {
  test('cannot sign anybody in or out: their origin is refused', async () => {
    const foreign = app.browser({ address: '203.0.113.210', origin: 'https://evil.example' })
    const answer = await foreign.auth('POST', '/sign-in/email', { email: 'other@example.test', password })
    expect(answer).toMatchObject({ status: 403, body: { code: 'INVALID_ORIGIN' } })
    const own = app.browser({ address: '203.0.113.211' })
    expect((await own.auth('POST', '/sign-in/email', { email: 'other@example.test', password })).status).toBe(200)
    expect((await own.auth('POST', '/sign-out', {}, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await own.caller()).actor.type).toBe('user')
  })

  test('are not where a reset link leads', async () => {
    const answer = await app.browser({ address: '203.0.113.212' }).auth('POST', '/request-password-reset', {
      email: 'other@example.test',
      redirectTo: 'https://evil.example/reset',
    })
    expect(answer.status).toBe(403)
  })

  test('of this machine’s other names are our own', async () => {
    const local = app.browser({ address: '203.0.113.213', origin: 'http://127.0.0.1:4100' })
    expect((await local.auth('POST', '/sign-in/email', { email: 'other@example.test', password })).status).toBe(200)
  })
})

describe('sessions', () => {
  test('are not read from a cookie: no copy of them lies in the browser', async () => {
    const browser = app.browser({ address: '203.0.113.220' })
    await browser.auth('POST', '/sign-in/email', { email: 'other@example.test', password })
    expect([...browser.cookies.keys()]).toEqual(['guildhall.session_token'])
  })

  test('cannot be taken over with the token from the database', async () => {
    const { rows } = await asAuth(`select token from gh_auth.session limit 1`)
    const token = String(rows[0]?.['token'])
    const { authenticator } = app.runtime.services
    await expect(authenticator.authenticate(new Headers({ authorization: `Bearer ${token}` }))).rejects.toMatchObject({
      status: 401,
    })
    const caller = await authenticator.authenticate(new Headers({ cookie: `guildhall.session_token=${token}` }))
    expect(caller.actor.type).toBe('anonymous')
  })

  test('say nothing about the tenant: it comes with each request', async () => {
    const owner = app.browser({ address: '203.0.113.221' })
    const { account } = await ensureOwner(app.runtime)
    const link = await app.runtime.services.accounts.createSignInLink(account.id)
    await owner.auth('GET', link ?? '')
    const [one, two] = await Promise.all([
      owner.caller({ 'x-guildhall-client': 'alpha' }),
      owner.caller({ 'x-guildhall-client': 'beta' }),
    ])
    expect([one.tenant?.slug, two.tenant?.slug]).toEqual(['alpha', 'beta'])
    await expect(owner.caller({ 'x-guildhall-client': 'no-such' })).rejects.toMatchObject({ status: 404 })
  })
})

describe('the library', () => {
  test('is reachable only where somebody needs it', async () => {
    const browser = app.browser({ address: '203.0.113.230' })
    for (const [method, path] of [
      ['POST', '/sign-in/magic-link'],
      ['POST', '/sign-in/social'],
      ['POST', '/delete-user'],
      ['POST', '/set-password'],
      ['GET', '/error'],
      ['POST', '/link-social'],
      ['GET', '/reset-password/a/b'],
      ['GET', '//sign-out'],
    ] as const)
      expect([path, (await browser.auth(method, path, method === 'POST' ? {} : undefined)).status]).toEqual([path, 404])
  })

  test('keeps ids as text of our making, and reserves a one-time value once', async () => {
    const { rows } = await asAuth(
      `select table_name, data_type from information_schema.columns where table_schema = 'gh_auth' and column_name = 'id'`,
    )
    expect(rows.length).toBeGreaterThan(4)
    expect(new Set(rows.map((row) => row['data_type']))).toEqual(new Set(['text']))
  })

  test('keeps names of sensible length, and no pictures from elsewhere', async () => {
    const browser = app.browser({ address: '203.0.113.240' })
    await browser.auth('POST', '/sign-in/email', { email: 'other@example.test', password })
    const update = async (body: unknown) => (await browser.auth('POST', '/update-user', body)).status
    expect(await update({ name: 'x'.repeat(81) })).toBe(400)
    expect(await update({ name: 'Other', image: 'https://evil.example/pixel.png' })).toBe(400)
    expect(await update({ name: 'Another' })).toBe(200)
    expect((await browser.caller()).actor).toMatchObject({ name: 'Another' })
  })

  test('keeps no token of a link readable', async () => {
    const browser = app.browser({ address: '203.0.113.231' })
    await browser.auth('POST', '/request-password-reset', {
      email: 'other@example.test',
      redirectTo: '/reset-password',
    })
    const { rows } = await asAuth('select identifier from gh_auth.verification')
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every((row) => /^[A-Za-z0-9_-]{43}$/.test(String(row['identifier'])))).toBe(true)
  })

  test('needs no search path, which a pooler in transaction mode would not keep', async () => {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: app.database.authUrl })
    await client.connect()
    const { rows } = await client.query(`select current_user as name`)
    await client.query(
      `alter role ${String(rows[0]?.name)} in database ${app.database.name} set search_path = pg_catalog`,
    )
    await client.end()
    // A second installation on the same database, whose connections start with that path.
    const second = app.browser({ address: '203.0.113.232' })
    await endConnections()
    expect((await second.auth('POST', '/sign-in/email', { email: 'other@example.test', password })).status).toBe(200)
  })
})

test('over https, cookies are bound to the host and never sent in the clear', async () => {
  const https = await startIdentity({ env: { GUILDHALL_URL: 'https://agency.example' } })
  try {
    await ensureOwner(https.runtime, { email: 'owner@example.test', password })
    const answer = await https
      .browser({ origin: 'https://agency.example' })
      .auth('POST', 'https://agency.example/api/auth/sign-in/email', { email: 'owner@example.test', password })
    const cookie = answer.headers.getSetCookie().find((each) => each.includes('session_token')) ?? ''
    expect(cookie).toMatch(/^__Host-guildhall\.session_token=/)
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
      expect(cookie.toLowerCase()).toContain(attribute.toLowerCase())
    expect(cookie.toLowerCase()).not.toContain('domain=')
  } finally {
    await https.stop()
  }
})

async function asAuth(statement: string): Promise<{ rows: Record<string, unknown>[] }> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: app.database.authUrl })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}

async function endConnections(): Promise<void> {
  await asAuth(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
}
