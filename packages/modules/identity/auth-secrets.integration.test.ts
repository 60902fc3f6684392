import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAuthSecrets } from './auth-secrets.ts'
import { ensureOwner } from './index.ts'
import { startIdentity, testSecret, type IdentityTest } from './testing/start-identity.ts'

const email = 'owner@example.test'
const password = 'correct horse battery'
const newer = 'a newer secret that is long enough too'
const newest = 'the newest secret of all, as long as it gets'
let app: IdentityTest
beforeAll(async () => {
  app = await startIdentity()
  await ensureOwner(app.runtime, { email, password })
})
afterAll(() => app.stop())

const codeOf = (secret: string, periods: number) =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + periods * 30 })

test('a changed session secret ends sessions and keeps second factors while the old one is listed behind it', async () => {
  const browser = app.browser()
  await browser.auth('POST', '/sign-in/email', { email, password })
  expect((await browser.caller()).actor).toMatchObject({ email })
  const enabled = await browser.auth('POST', '/two-factor/enable', { password })
  const { totpURI } = enabled.body as { totpURI: string }
  const factor = new URL(totpURI).searchParams.get('secret') ?? ''
  expect((await browser.auth('POST', '/two-factor/verify-totp', { code: codeOf(factor, -1) })).status).toBe(200)

  const rotated = (await app.restartedWith(`${newer},${testSecret}`)).browser()
  for (const [name, value] of browser.cookies) rotated.cookies.set(name, value)
  expect((await rotated.caller()).actor.type).toBe('anonymous')
  rotated.cookies.clear()
  expect((await rotated.auth('POST', '/sign-in/email', { email, password })).body).toMatchObject({
    twoFactorRedirect: true,
  })
  expect((await rotated.auth('POST', '/two-factor/verify-totp', { code: codeOf(factor, 0) })).status).toBe(200)
  expect((await rotated.caller()).actor).toMatchObject({ email })

  // Without it, what it sealed stays sealed, and nobody gets in past the factor.
  const forgotten = (await app.restartedWith(newer)).browser({ address: '192.0.2.9' })
  await forgotten.auth('POST', '/sign-in/email', { email, password })
  const refused = await forgotten.auth('POST', '/two-factor/verify-totp', { code: codeOf(factor, 1) })
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect((await forgotten.caller()).actor.type).toBe('anonymous')
})

/** What the library makes of the list (its `buildSecretConfig`). */
function keysOf(text: string) {
  const { secrets, secret } = readAuthSecrets(text)
  const keys = new Map(secrets.map(({ version, value }) => [version, value]))
  return { keys, currentVersion: secrets[0]?.version ?? -1, legacySecret: secret }
}

test('a seal is opened wherever its secret stands in the list, and so is one from before seals named theirs', async () => {
  const sealed = await symmetricEncrypt({ key: keysOf(`${newer},${testSecret}`), data: 'factor' })
  for (const list of [newer, `${newest},${newer}`, `${newest}, ${newer} ,${testSecret}`])
    expect(await symmetricDecrypt({ key: keysOf(list), data: sealed })).toBe('factor')
  await expect(symmetricDecrypt({ key: keysOf(newest), data: sealed })).rejects.toThrow(/not found/)

  const early = await symmetricEncrypt({ key: testSecret, data: 'factor' })
  for (const list of [testSecret, `${newest},${newer},${testSecret}`])
    expect(await symmetricDecrypt({ key: keysOf(list), data: early })).toBe('factor')
})
