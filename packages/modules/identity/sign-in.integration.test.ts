import { anonymousCaller } from '@guildhall/kernel'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOwner } from './index.ts'
import { getMe } from './operations/get-me.ts'
import { getSignInOptions } from './operations/get-sign-in-options.ts'
import { startIdentity, type Browser, type IdentityTest } from './testing/start-identity.ts'

const email = 'owner@example.test'
const password = 'correct horse battery'
let app: IdentityTest
beforeAll(async () => {
  app = await startIdentity({ mailServer: true })
})
afterAll(() => app.stop())

const linkMailed = (to: string, subject: RegExp) =>
  app.outbox.findLast((mail) => mail.to === to && subject.test(mail.subject))?.action?.url ?? ''
/** The code of the period that begins `periods` later; the library accepts one period of clock difference. */
const codeOf = (secret: string, periods = 0) =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + periods * 30 })

async function actions(): Promise<string[]> {
  const result = await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
    db.execute(`select action || ':' || outcome as action from audit_events order by id`),
  )
  return result.rows.map((row) => String(row['action']))
}

describe('the first owner, by form', () => {
  const owner: { browser?: Browser } = {}

  test('may sign up while there is nobody, but signs in only after the address is confirmed', async () => {
    expect(await app.run(getSignInOptions, {}, anonymousCaller)).toEqual({ signUp: 'owner', mailLeavesTheHouse: true })
    const browser = app.browser()
    owner.browser = browser
    const signedUp = await browser.auth('POST', '/sign-up/email', { email, password, name: 'Olivia Owner' })
    expect(signedUp.status).toBe(200)
    expect(browser.cookies.size).toBe(0)

    const early = await browser.auth('POST', '/sign-in/email', { email, password })
    expect(early).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } })

    const confirmed = await browser.auth('GET', linkMailed(email, /Confirm/))
    expect(confirmed.status).toBe(302)
    // A mail scanner that follows the link is not signed in by it.
    expect((await browser.caller()).actor.type).toBe('anonymous')

    expect((await browser.auth('POST', '/sign-in/email', { email, password })).status).toBe(200)
    expect(await browser.caller()).toMatchObject({ actor: { email }, tenant: { slug: 'agency' }, role: 'owner' })
  })

  test('closes the form for everybody after them, with one answer for known and unknown addresses', async () => {
    expect(await app.run(getSignInOptions, {}, anonymousCaller)).toMatchObject({ signUp: 'closed' })
    const known = await app
      .browser()
      .auth('POST', '/sign-up/email', { email, password: 'another long password', name: 'X' })
    const unknown = await app
      .browser()
      .auth('POST', '/sign-up/email', { email: 'new@example.test', password: 'another long password', name: 'X' })
    expect(known).toMatchObject({ status: 403, body: { code: 'SIGN_UP_CLOSED' } })
    expect(unknown.body).toEqual(known.body)
    expect(await app.runtime.services.accounts.findByEmail('new@example.test')).toBeNull()
  })

  test('adds a second factor; a code works once, a backup code works once, and a link does not go around it', async () => {
    const browser = owner.browser ?? app.browser()
    const enabled = await browser.auth('POST', '/two-factor/enable', { password })
    const { totpURI, backupCodes } = enabled.body as { totpURI: string; backupCodes: string[] }
    const secret = new URL(totpURI).searchParams.get('secret') ?? ''
    const first = codeOf(secret)
    expect((await browser.auth('POST', '/two-factor/verify-totp', { code: first })).status).toBe(200)
    expect(await app.runtime.services.accounts.findByEmail(email)).toMatchObject({ twoFactorEnabled: true })

    const phone = app.browser()
    const asked = await phone.auth('POST', '/sign-in/email', { email, password })
    expect(asked.body).toMatchObject({ twoFactorRedirect: true })
    expect((await phone.caller()).actor.type).toBe('anonymous')
    // The code of the enrolment has been seen.
    expect(await phone.auth('POST', '/two-factor/verify-totp', { code: first })).toMatchObject({ status: 401 })
    const next = codeOf(secret, 1)
    expect((await phone.auth('POST', '/two-factor/verify-totp', { code: next })).status).toBe(200)
    expect((await phone.caller()).actor).toMatchObject({ email })

    const shoulderSurfer = app.browser({ address: '192.0.2.7' })
    await shoulderSurfer.auth('POST', '/sign-in/email', { email, password })
    expect(await shoulderSurfer.auth('POST', '/two-factor/verify-totp', { code: next })).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CODE' },
    })
    expect((await shoulderSurfer.caller()).actor.type).toBe('anonymous')

    const code = backupCodes[0] ?? ''
    expect((await shoulderSurfer.auth('POST', '/two-factor/verify-backup-code', { code })).status).toBe(200)
    const again = app.browser({ address: '192.0.2.8' })
    await again.auth('POST', '/sign-in/email', { email, password })
    expect((await again.auth('POST', '/two-factor/verify-backup-code', { code })).status).toBe(401)

    const account = await app.runtime.services.accounts.findByEmail(email)
    expect(await app.runtime.services.accounts.createSignInLink(account?.id ?? '')).toBeNull()
  })

  test('resets the password by mail: once, with all sessions ended, and the second factor still asked for', async () => {
    const browser = owner.browser ?? app.browser()
    expect((await browser.caller()).actor.type).toBe('user')
    const forgetful = app.browser({ address: '192.0.2.20' })
    const known = await forgetful.auth('POST', '/request-password-reset', { email, redirectTo: '/reset-password' })
    const unknown = await forgetful.auth('POST', '/request-password-reset', {
      email: 'nobody@example.test',
      redirectTo: '/reset-password',
    })
    expect(unknown).toMatchObject({ status: 200, body: known.body })

    expect(app.outbox.filter((mail) => mail.to === 'nobody@example.test')).toEqual([])
    const opened = await forgetful.auth('GET', linkMailed(email, /new password/))
    const token = new URL(opened.headers.get('location') ?? '', 'http://localhost:4100').searchParams.get('token')
    const change = { token, newPassword: 'a wholly new password' }
    expect((await forgetful.auth('POST', '/reset-password', change)).status).toBe(200)
    expect((await forgetful.auth('POST', '/reset-password', change)).status).toBe(400)

    expect((await browser.caller()).actor.type).toBe('anonymous')
    const withNew = await forgetful.auth('POST', '/sign-in/email', { email, password: 'a wholly new password' })
    expect(withNew.body).toMatchObject({ twoFactorRedirect: true })
    expect((await forgetful.auth('POST', '/sign-in/email', { email, password })).status).toBe(401)
  })

  test('leaves each of these in the audit trail of the agency', async () => {
    expect(await actions()).toEqual(
      expect.arrayContaining([
        'auth.sign-in:ok',
        'auth.sign-in:failed',
        'auth.second-factor-on:ok',
        'auth.password-reset:ok',
      ]),
    )
  })
})

test('an open form answers the same for a known and an unknown address, and only the mailbox tells them apart', async () => {
  const open = await startIdentity({ mailServer: true, env: { GUILDHALL_SIGN_UP: 'open' } })
  try {
    await ensureOwner(open.runtime, { email, password })
    const signUp = async (to: string) => {
      const { status, body } = await open
        .browser()
        .auth('POST', '/sign-up/email', { email: to, password, name: 'Somebody' })
      const { token, user } = body as { token: unknown; user: Record<string, unknown> }
      return { status, token, members: Object.keys(user).sort(), verified: user['emailVerified'], name: user['name'] }
    }
    expect(await signUp(email)).toEqual(await signUp('stranger@example.test'))
    expect(open.outbox.map((mail) => [mail.to, mail.subject])).toEqual([
      [email, 'You have an account already'],
      ['stranger@example.test', 'Confirm your e-mail address'],
    ])
    // A stranger has an account and nothing else.
    const stranger = open.browser({ address: '192.0.2.40' })
    await stranger.auth('GET', open.outbox.at(-1)?.action?.url ?? '')
    await stranger.auth('POST', '/sign-in/email', { email: 'stranger@example.test', password })
    const caller = await stranger.caller()
    expect(caller).toMatchObject({ actor: { type: 'user' }, tenant: null, role: null })
    expect(await open.run(getMe, {}, caller)).toMatchObject({ tenants: [], agency: null, current: null })
  } finally {
    await open.stop()
  }
})

test('without a mail server, an open form still answers the same for everybody', async () => {
  const open = await startIdentity({ env: { GUILDHALL_SIGN_UP: 'open' } })
  try {
    await ensureOwner(open.runtime, { email, password })
    const statuses = [email, 'stranger@example.test'].map(async (to) => {
      const browser = open.browser()
      const answer = await browser.auth('POST', '/sign-up/email', { email: to, password, name: 'Somebody' })
      return [answer.status, browser.cookies.size]
    })
    expect(await Promise.all(statuses)).toEqual([
      [200, 0],
      [200, 0],
    ])
  } finally {
    await open.stop()
  }
})

test('a signed-out session is worth nothing from then on', async () => {
  const { accounts } = app.runtime.services
  const account = await accounts.create({ email: 'second@example.test', name: 'Second', password, emailVerified: true })
  const browser = app.browser({ address: '192.0.2.30' })
  await browser.auth('POST', '/sign-in/email', { email: account.email, password })
  const stolen = app.browser()
  for (const [name, value] of browser.cookies) stolen.cookies.set(name, value)
  expect((await stolen.caller()).actor.type).toBe('user')
  await browser.auth('POST', '/sign-out', {})
  expect((await stolen.caller()).actor.type).toBe('anonymous')
})
