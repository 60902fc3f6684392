import { anonymousCaller, auditEvents, tenants, type Caller } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOwner } from './index.ts'
import { acceptInvitation } from './operations/accept-invitation.ts'
import { createApiKey } from './operations/create-api-key.ts'
import { inviteMember } from './operations/create-invitation.ts'
import { getMe } from './operations/get-me.ts'
import { listApiKeys } from './operations/list-api-keys.ts'
import { listGrants } from './operations/list-grants.ts'
import { listInvitations } from './operations/list-invitations.ts'
import { listMembers } from './operations/list-members.ts'
import { previewInvitation } from './operations/preview-invitation.ts'
import { putGrant } from './operations/put-grant.ts'
import { removeGrant } from './operations/remove-grant.ts'
import { removeMember } from './operations/remove-member.ts'
import { revokeApiKey } from './operations/revoke-api-key.ts'
import { revokeInvitation } from './operations/revoke-invitation.ts'
import { setFirstPassword } from './operations/set-first-password.ts'
import { updateMe } from './operations/update-me.ts'
import { updateMember } from './operations/update-member.ts'
import { refusal, startIdentity, type Browser, type IdentityTest } from './testing/start-identity.ts'

const password = 'correct horse battery'
let app: IdentityTest
let owner: Browser
let address = 0
/** Each person has an address of their own, so that limits by address stay out of the way. */
const newBrowser = () => app.browser({ address: `198.51.100.${++address}` })

beforeAll(async () => {
  app = await startIdentity({ mailServer: true })
  const { account } = await ensureOwner(app.runtime, { email: 'owner@example.test', password, name: 'Olivia Owner' })
  owner = newBrowser()
  await owner.auth('POST', '/sign-in/email', { email: account.email, password })
})
afterAll(() => app.stop())

const tokenMailed = (to: string) =>
  new URL(app.outbox.findLast((mail) => mail.to === to)?.action?.url ?? '').hash.slice(1)

/** Invites somebody, lets them accept, and signs them in. */
async function join(inviter: Caller, email: string, role: 'viewer' | 'member' | 'admin' | 'owner'): Promise<Browser> {
  await app.run(inviteMember, { email, role }, inviter)
  await app.run(acceptInvitation, { token: tokenMailed(email), name: email, password }, anonymousCaller)
  const browser = newBrowser()
  const signedIn = await browser.auth('POST', '/sign-in/email', { email, password })
  expect(signedIn.status).toBe(200)
  return browser
}

const idOf = async (browser: Browser) => (await browser.caller()).actor.id

describe('invitations', () => {
  test('bring a new person in with an account of their own, once', async () => {
    const inviter = await owner.caller({ 'x-guildhall-client': 'alpha' })
    const invitation = await app.run(inviteMember, { email: 'Manager@Example.test', role: 'admin' }, inviter)
    expect(invitation).toMatchObject({ email: 'manager@example.test', link: null })
    const token = tokenMailed('manager@example.test')

    const preview = await app.run(previewInvitation, { token }, anonymousCaller)
    expect(preview).toMatchObject({
      email: 'manager@example.test',
      role: 'admin',
      tenant: { name: 'Alpha' },
      hasAccount: false,
      invitedByName: 'Olivia Owner',
    })
    expect(await refusal(app.run(acceptInvitation, { token }, anonymousCaller))).toMatchObject({
      status: 400,
      errors: [{ field: 'name' }, { field: 'password' }],
    })
    expect(
      await refusal(app.run(acceptInvitation, { token, name: 'M', password: 'short' }, anonymousCaller)),
    ).toMatchObject({ status: 400, errors: [{ field: 'password' }] })

    const accepted = await app.run(acceptInvitation, { token, name: 'Mona Manager', password }, anonymousCaller)
    expect(accepted).toMatchObject({ tenant: { slug: 'alpha' }, role: 'admin', accountCreated: true })
    expect(await refusal(app.run(acceptInvitation, { token, name: 'Again', password }, anonymousCaller))).toMatchObject(
      { status: 410 },
    )

    const browser = newBrowser()
    await browser.auth('POST', '/sign-in/email', { email: 'manager@example.test', password })
    expect(await browser.caller()).toMatchObject({ tenant: { slug: 'alpha' }, role: 'admin' })
    const me = await app.run(getMe, {}, await browser.caller())
    expect(me.tenants.map((tenant) => tenant.slug)).toEqual(['alpha'])
    expect(me.agency?.slug).toBe('agency')
    expect(await refusal(browser.caller({ 'x-guildhall-client': 'beta' }))).toEqual({
      ...(await refusal(browser.caller({ 'x-guildhall-client': 'nowhere' }))),
      detail: 'There is no client beta here.',
    })
    const members = await app.run(listMembers, {}, inviter)
    expect(members.items.map((member) => [member.name, member.role])).toEqual([['Mona Manager', 'admin']])
  })

  test('to somebody with an account need them signed in, as themselves', async () => {
    const email = 'both@example.test'
    const browser = await join(await owner.caller({ 'x-guildhall-client': 'alpha' }), email, 'viewer')
    await app.run(inviteMember, { email, role: 'member' }, await owner.caller({ 'x-guildhall-client': 'beta' }))
    const token = tokenMailed(email)
    expect(await refusal(app.run(acceptInvitation, { token, name: 'Thief', password }, anonymousCaller))).toMatchObject(
      { status: 401 },
    )
    expect(await refusal(app.run(acceptInvitation, { token }, await owner.caller()))).toMatchObject({ status: 409 })
    const accepted = await app.run(acceptInvitation, { token }, await browser.caller())
    expect(accepted).toMatchObject({ tenant: { slug: 'beta' }, role: 'member', accountCreated: false })
    // Two clients and no agency: the request has to say which.
    expect((await browser.caller()).tenant).toBeNull()
    expect(await browser.caller({ 'x-guildhall-client': 'beta' })).toMatchObject({ role: 'member' })
  })

  test('are replaced by a second one, and can be taken back', async () => {
    const inviter = await owner.caller()
    await app.run(inviteMember, { email: 'twice@example.test', role: 'viewer' }, inviter)
    const first = tokenMailed('twice@example.test')
    const second = await app.run(inviteMember, { email: 'twice@example.test', role: 'viewer' }, inviter)
    expect(await refusal(app.run(previewInvitation, { token: first }, anonymousCaller))).toMatchObject({ status: 410 })
    const token = tokenMailed('twice@example.test')
    expect((await app.run(listInvitations, {}, inviter)).items).toMatchObject([{ id: second.id, expired: false }])
    await app.run(revokeInvitation, { id: second.id }, inviter)
    expect(await refusal(app.run(previewInvitation, { token }, anonymousCaller))).toMatchObject({ status: 410 })
    expect(await refusal(app.run(previewInvitation, { token: 'x'.repeat(43) }, anonymousCaller))).toMatchObject({
      status: 410,
    })
  })

  test('are kept as hashes', async () => {
    await app.run(inviteMember, { email: 'hash@example.test', role: 'viewer' }, await owner.caller())
    const { rows } = await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db.execute('select * from invitations'),
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(tokenMailed('hash@example.test'))
  })
})

describe('nobody gives more than they have', () => {
  test('neither by invitation, role, grant nor key', async () => {
    const admin = await join(await owner.caller(), 'admin@example.test', 'admin')
    const caller = await admin.caller()
    const ownerId = await idOf(owner)
    const attempts = [
      app.run(inviteMember, { email: 'x@example.test', role: 'owner' }, caller),
      app.run(updateMember, { userId: caller.actor.id, role: 'owner' }, caller),
      app.run(updateMember, { userId: ownerId, role: 'member' }, caller),
      app.run(removeMember, { userId: ownerId }, caller),
      app.run(putGrant, { userId: caller.actor.id, clientId: null, role: 'owner' }, caller),
      app.run(createApiKey, { name: 'k', role: 'owner' }, caller),
    ]
    for (const problem of await Promise.all(attempts.map(refusal))) expect(problem).toMatchObject({ status: 403 })
    const member = await join(await owner.caller(), 'member@example.test', 'member')
    expect(
      await refusal(app.run(inviteMember, { email: 'x@example.test', role: 'viewer' }, await member.caller())),
    ).toMatchObject({ status: 403 })
  })

  test('a narrowed key makes no wider key', async () => {
    const made = await app.run(
      createApiKey,
      { name: 'narrow', role: 'admin', scopes: ['api-keys:admin', 'files:read'] },
      await owner.caller(),
    )
    const narrow = await app.runtime.services.authenticator.authenticate(new Headers({ 'x-api-key': made.key }))
    for (const scopes of [null, ['*:read'], ['files:write'], ['runs:read']])
      expect(await refusal(app.run(createApiKey, { name: 'wide', role: 'admin', scopes }, narrow))).toMatchObject({
        status: 403,
      })
    expect(
      await refusal(app.run(createApiKey, { name: 'odd', role: 'admin', scopes: ['files'] }, narrow)),
    ).toMatchObject({ status: 400, errors: [{ field: 'scopes.0' }] })
    expect(await app.run(createApiKey, { name: 'same', role: 'viewer', scopes: ['files:read'] }, narrow)).toMatchObject(
      { scopes: ['files:read'] },
    )
    expect(await refusal(app.run(listMembers, {}, narrow))).toMatchObject({ status: 403 })
  })
})

describe('the last owner', () => {
  test('of the agency cannot leave or step down, until there is another', async () => {
    const caller = await owner.caller()
    const userId = caller.actor.id
    expect(await refusal(app.run(removeMember, { userId }, caller))).toMatchObject({ status: 409 })
    expect(await refusal(app.run(updateMember, { userId, role: 'admin' }, caller))).toMatchObject({ status: 409 })
    const second = await join(caller, 'second-owner@example.test', 'owner')
    // Two owners who remove each other at the same moment: one of them stays.
    const secondCaller = await second.caller()
    const outcomes = await Promise.allSettled([
      app.run(updateMember, { userId, role: 'admin' }, secondCaller),
      app.run(updateMember, { userId: secondCaller.actor.id, role: 'admin' }, caller),
    ])
    const owners = (await app.run(listMembers, { role: 'owner' }, caller)).items
    expect(owners).toHaveLength(1)
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toMatchObject([{ status: 409 }])
    if (owners[0]?.userId !== userId) {
      await app.run(updateMember, { userId, role: 'owner' }, await second.caller())
      await app.run(updateMember, { userId: secondCaller.actor.id, role: 'member' }, await owner.caller())
    } else await app.run(removeMember, { userId: secondCaller.actor.id }, await owner.caller())
  })

  test('of a client stays too, unless the agency removes them', async () => {
    const agency = await owner.caller({ 'x-guildhall-client': 'beta' })
    const boss = await join(agency, 'boss@example.test', 'owner')
    const caller = await boss.caller()
    expect(await refusal(app.run(removeMember, { userId: caller.actor.id }, caller))).toMatchObject({ status: 409 })
    await app.run(removeMember, { userId: caller.actor.id }, agency)
    expect((await boss.caller()).tenant).toBeNull()
  })
})

describe('staff of the agency', () => {
  test('reach a client by grant, with its role, and no more from the request after it is taken back', async () => {
    const staff = await join(await owner.caller(), 'staff@example.test', 'member')
    expect(await refusal(staff.caller({ 'x-guildhall-client': 'alpha' }))).toMatchObject({ status: 404 })
    const userId = await idOf(staff)
    const clientId = app.clients[0].id
    const grant = await app.run(putGrant, { userId, clientId, role: 'viewer' }, await owner.caller())
    expect(await staff.caller({ 'x-guildhall-client': 'alpha' })).toMatchObject({
      role: 'viewer',
      tenant: { id: clientId },
    })
    const again = await app.run(putGrant, { userId, clientId, role: 'admin' }, await owner.caller())
    expect(again.id).toBe(grant.id)
    expect(await staff.caller({ 'x-guildhall-client': 'alpha' })).toMatchObject({ role: 'admin' })
    expect(await refusal(staff.caller({ 'x-guildhall-client': 'beta' }))).toMatchObject({ status: 404 })
    expect((await app.run(listGrants, { userId }, await owner.caller())).items).toMatchObject([
      { client: { slug: 'alpha' }, role: 'admin' },
    ])

    await app.run(removeGrant, { id: grant.id }, await owner.caller())
    expect(await refusal(staff.caller({ 'x-guildhall-client': 'alpha' }))).toMatchObject({ status: 404 })

    await app.run(putGrant, { userId, clientId: null, role: 'member' }, await owner.caller())
    expect(await staff.caller({ 'x-guildhall-client': 'beta' })).toMatchObject({ role: 'member' })
    await app.run(removeMember, { userId }, await owner.caller())
    expect(await refusal(staff.caller({ 'x-guildhall-client': 'beta' }))).toMatchObject({ status: 404 })
  })

  test('get no grant for a client of another agency, and none without being a member', async () => {
    const userId = await idOf(owner)
    const caller = await owner.caller()
    expect(
      await refusal(app.run(putGrant, { userId, clientId: app.otherAgency.id, role: 'viewer' }, caller)),
    ).toMatchObject({ status: 404 })
    expect(
      await refusal(app.run(putGrant, { userId: 'nobody', clientId: null, role: 'viewer' }, caller)),
    ).toMatchObject({ status: 404 })
  })
})

describe('API keys', () => {
  test('are shown once, say when they were used, and stop at the moment they are revoked', async () => {
    const caller = await owner.caller({ 'x-guildhall-client': 'alpha' })
    const made = await app.run(createApiKey, { name: 'CRM', role: 'member' }, caller)
    expect(made.key).toMatch(/^gh_[A-Za-z0-9_-]{43}$/)
    const { authenticator } = app.runtime.services
    const use = (headers: Record<string, string> = {}) =>
      authenticator.authenticate(new Headers({ authorization: `Bearer ${made.key}`, ...headers }))
    expect(await use()).toMatchObject({
      actor: { type: 'api-key', name: 'CRM' },
      tenant: { slug: 'alpha' },
      role: 'member',
    })
    // A key of a client is not a key of its neighbour.
    expect(await refusal(use({ 'x-guildhall-client': 'beta' }))).toMatchObject({ status: 404 })
    const list = () => app.run(listApiKeys, { state: 'active' }, caller)
    await expect
      .poll(async () => (await list()).items[0])
      .toMatchObject({ name: 'CRM', last4: made.key.slice(-4), lastUsedAt: expect.any(String) })
    const listed = await list()
    expect(JSON.stringify(listed)).not.toContain(made.key)
    await app.run(revokeApiKey, { id: made.id }, caller)
    expect(await refusal(use())).toMatchObject({ status: 401 })
    expect((await app.run(listApiKeys, { state: 'active' }, caller)).items).toEqual([])
  })

  test('that are wrong, or of another kind, are refused and never taken for nobody', async () => {
    const { authenticator } = app.runtime.services
    for (const headers of [
      { 'x-api-key': 'gh_wrong' },
      { authorization: 'Bearer eyJhbGciOi' },
      { authorization: 'Basic dTpw' },
      { authorization: 'Bearer' },
    ])
      expect(await refusal(authenticator.authenticate(new Headers(headers)))).toMatchObject({ status: 401 })
  })

  test('expire', async () => {
    const made = await app.run(createApiKey, { name: 'short', role: 'viewer', expiresInDays: 1 }, await owner.caller())
    await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db.execute(`update api_keys set expires_at = now() - interval '1 second' where id = '${made.id}'`),
    )
    expect(
      await refusal(app.runtime.services.authenticator.authenticate(new Headers({ 'x-api-key': made.key }))),
    ).toMatchObject({ status: 401 })
  })
})

describe('one’s own account', () => {
  test('has a name that its memberships follow', async () => {
    await app.run(updateMe, { name: 'Olivia O.' }, await owner.caller())
    const members = await app.run(listMembers, { q: 'olivia' }, await owner.caller())
    expect(members.items.map((member) => member.name)).toEqual(['Olivia O.'])
  })

  test('with a password takes another only from somebody who knows it', async () => {
    expect(
      await refusal(app.run(setFirstPassword, { password: 'a wholly new password' }, await owner.caller())),
    ).toMatchObject({ status: 409 })
    expect(await refusal(app.run(updateMe, { email: 'new@example.test' }, await owner.caller()))).toMatchObject({
      status: 400,
    })
    const changed = await owner.auth('POST', '/change-password', {
      currentPassword: password,
      newPassword: 'a wholly new password',
      revokeOtherSessions: true,
    })
    expect(changed.status).toBe(200)
    expect((await owner.caller()).actor.type).toBe('user')
  })

  test('moves to another address by a link that went there', async () => {
    const before = await idOf(owner)
    expect((await owner.auth('POST', '/change-email', { newEmail: 'olivia@example.test' })).status).toBe(200)
    expect((await owner.caller()).actor).toMatchObject({ email: 'owner@example.test' })
    const link = app.outbox.findLast((mail) => mail.to === 'olivia@example.test')?.action?.url ?? ''
    expect((await owner.auth('GET', link)).status).toBe(302)
    expect((await owner.caller()).actor).toMatchObject({ id: before, email: 'olivia@example.test' })
    expect((await app.run(listMembers, { q: 'olivia@' }, await owner.caller())).items).toHaveLength(1)
  })
})

test('an archived client locks out its people and keys, not its agency', async () => {
  const agency = await owner.caller({ 'x-guildhall-client': 'beta' })
  const insider = await join(agency, 'insider@example.test', 'member')
  const { key } = await app.run(createApiKey, { name: 'beta', role: 'viewer' }, agency)
  const byKey = () => app.runtime.services.authenticator.authenticate(new Headers({ 'x-api-key': key }))
  const archive = (at: Date | null) =>
    app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db.update(tenants).set({ archivedAt: at }).where(eq(tenants.id, app.clients[1].id)),
    )
  await archive(new Date())
  expect((await insider.caller()).tenant).toBeNull()
  expect(await refusal(insider.caller({ 'x-guildhall-client': 'beta' }))).toMatchObject({ status: 404 })
  expect(await refusal(byKey())).toMatchObject({ status: 401 })
  expect((await owner.caller({ 'x-guildhall-client': 'beta' })).role).toBe('owner')
  await archive(null)
  expect((await insider.caller()).tenant?.slug).toBe('beta')
  expect((await byKey()).tenant?.slug).toBe('beta')
})

test('the audit trail of the client knows who joined', async () => {
  const rows = await app.runtime.database.within({ tenantId: app.clients[0].id }, (db) =>
    db.select().from(auditEvents).where(eq(auditEvents.action, 'invitations.accept')),
  )
  expect(rows.map((row) => [row.actorName, row.metadata['role']])).toContainEqual(['Mona Manager', 'admin'])
})
