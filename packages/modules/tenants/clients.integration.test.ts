import { newId, type Caller } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { identityModule, identitySchema, migrateIdentity } from '@guildhall/modules/identity'
import { notificationsModule, notificationsSchema } from '@guildhall/modules/notifications'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runs, runsModule } from '@guildhall/modules/runs'
import { Client as DatabaseClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tenantsModule } from './index.ts'
import { archiveClient } from './operations/archive-client.ts'
import { createClient } from './operations/create-client.ts'
import { eraseClient } from './operations/erase-client.ts'
import { getClient } from './operations/get-client.ts'
import { listClients } from './operations/list-clients.ts'
import { showAgencyOverview } from './operations/show-agency-overview.ts'
import { showClientOverview } from './operations/show-client-overview.ts'
import { unarchiveClient } from './operations/unarchive-client.ts'
import { updateClient } from './operations/update-client.ts'
import { getSettings } from './operations/get-settings.ts'
import { updateSettings } from './operations/update-settings.ts'

let app: TestRuntime
let owner: Caller
let urls = { ownerUrl: '', authUrl: '' }

/** As the server does it: over a connection of the owner of the tables. */
async function erase(tenant: { id: string; agencyId: string }): Promise<void> {
  const client = new DatabaseClient({ connectionString: urls.ownerUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('app.tenant', $1, true)`, [tenant.agencyId])
    const { rowCount } = await client.query('delete from tenants where id = $1', [tenant.id])
    expect(rowCount).toBe(1)
    await client.query('commit')
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  app = await startTestRuntime({
    env: { GUILDHALL_URL: 'http://localhost:4100' },
    modules: (database) => {
      urls = database
      return [
        notificationsModule,
        identityModule({ authUrl: database.authUrl, secret: 'a test secret of more than 32 characters' }),
        tenantsModule({ erase }),
        ledgerModule,
        limitsModule,
        runsModule,
      ]
    },
  })
  await migrateIdentity(urls)
  owner = app.as('owner', app.agency)
})
afterAll(() => app.stop())

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

/** A run that ended, `daysAgo` days before now. */
async function addRun(tenantId: string, daysAgo: number, more: Partial<typeof runs.$inferInsert> = {}): Promise<void> {
  const startedAt = new Date(Date.now() - daysAgo * 86_400_000)
  await app.runtime.database.within({ tenantId }, (db) =>
    db.insert(runs).values({
      id: newId(),
      tenantId,
      kind: 'chat',
      title: 'A question',
      status: 'ok',
      actorType: 'user',
      actorId: 'user-1',
      actorName: 'Test Person',
      requestId: newId(),
      processId: newId(),
      startedAt,
      endedAt: startedAt,
      costMicros: 1000,
      tokensIn: 10,
      tokensOut: 5,
      ...more,
    }),
  )
}

describe('taking on a client', () => {
  test('takes one form: workspace, look and invitation stand or fall together', async () => {
    const client = await app.run(
      createClient,
      { name: 'Müller & Söhne', industry: 'barbershop', brand: { color: '#1D4ED8' }, inviteEmail: 'boss@example.test' },
      owner,
    )
    expect(client).toMatchObject({ slug: 'muller-sohne', brand: { color: '#1d4ed8' }, role: 'owner' })
    expect(client.invitationLink).toMatch(/^http:\/\/localhost:4100\/invitation#[\w-]{43}$/)
    const { invited, mailed } = {
      invited: await app.runtime.database.within({ tenantId: client.id }, (db) =>
        db.select().from(identitySchema.invitations),
      ),
      // In the agency's name, from the agency's mailbox.
      mailed: await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
        db.select().from(notificationsSchema.mails),
      ),
    }
    expect(invited).toMatchObject([
      { id: client.invitationId, email: 'boss@example.test', role: 'owner', tenantId: client.id },
    ])
    expect(mailed).toMatchObject([
      { to: 'boss@example.test', subject: 'Invitation to Müller & Söhne', confidential: true },
    ])
  })

  test('gives a second client of the same name another slug, and refuses one that is asked for twice', async () => {
    expect((await app.run(createClient, { name: 'Same Name' }, owner)).slug).toBe('same-name')
    expect((await app.run(createClient, { name: 'Same  Name!' }, owner)).slug).toBe('same-name-2')
    expect((await app.run(createClient, { name: '新しい' }, owner)).slug).toBe('client')
    expect(await problemOf(app.run(createClient, { name: 'X', slug: 'same-name' }, owner))).toMatchObject({
      status: 409,
      errors: [{ field: 'slug' }],
    })
    expect(await problemOf(app.run(createClient, { name: 'X', slug: 'new' }, owner))).toMatchObject({ status: 400 })
    expect(await problemOf(app.run(createClient, { name: 'X', brand: { color: 'blue' } }, owner))).toMatchObject({
      status: 400,
    })
  })

  test('is for admins of the agency', async () => {
    expect(await problemOf(app.run(createClient, { name: 'X' }, app.as('member', app.agency)))).toMatchObject({
      status: 403,
    })
    expect(await problemOf(app.run(createClient, { name: 'X' }, app.as('owner', app.clients[0])))).toMatchObject({
      status: 400,
    })
  })
})

describe('clients', () => {
  test('are listed with their last 30 days, to those who reach them', async () => {
    const [alpha, beta] = app.clients
    await addRun(alpha.id, 1)
    await addRun(alpha.id, 2, { status: 'failed', costComplete: false })
    await addRun(alpha.id, 45)
    await addRun(beta.id, 50)
    const list = await app.run(listClients, { q: 'a' }, owner)
    const item = list.items.find((each) => each.slug === 'alpha')
    expect(item?.activity).toEqual({
      runs: 2,
      failed: 1,
      tokensIn: 20,
      tokensOut: 10,
      costMicros: 2000,
      costComplete: false,
    })
    expect(list.items.find((each) => each.slug === 'beta')).toMatchObject({
      activity: { runs: 0 },
      lastRunAt: expect.any(String),
    })
    expect(list.items.some((each) => each.slug === app.otherAgency.slug)).toBe(false)

    const viewer = app.as('viewer', app.agency, { id: 'staff', name: 'Staff', email: 'staff@example.test' })
    expect((await app.run(listClients, {}, viewer)).items).toEqual([])
    await app.runtime.database.within({ tenantId: app.agency.id }, async (db) => {
      await db.insert(identitySchema.memberships).values({
        tenantId: app.agency.id,
        userId: 'staff',
        role: 'viewer',
        name: 'Staff',
        email: 'staff@example.test',
      })
      await db.insert(identitySchema.agencyGrants).values({
        id: newId(),
        tenantId: app.agency.id,
        userId: 'staff',
        clientId: beta.id,
        role: 'member',
        grantedBy: 'test',
      })
    })
    expect((await app.run(listClients, {}, viewer)).items.map((each) => [each.slug, each.role])).toEqual([
      ['beta', 'member'],
    ])
    expect(await problemOf(app.run(getClient, { slug: 'alpha' }, viewer))).toMatchObject({ status: 404 })
  })

  test('change their look, and keep their slug', async () => {
    const changed = await app.run(
      updateClient,
      { slug: 'beta', name: 'Beta Records', industry: 'music', brand: {} },
      owner,
    )
    expect(changed).toMatchObject({ slug: 'beta', name: 'Beta Records', industry: 'music', brand: {} })
    const settings = await app.run(updateSettings, { brand: { color: '#aabbcc' } }, app.as('admin', app.clients[1]))
    expect(settings).toMatchObject({ name: 'Beta Records', brand: { color: '#aabbcc' } })
    expect(
      await problemOf(app.run(updateSettings, { name: 'Mine now' }, app.as('member', app.clients[1]))),
    ).toMatchObject({ status: 403 })
    expect(await app.run(getSettings, {}, app.as('viewer', app.agency))).toMatchObject({
      kind: 'agency',
      slug: 'agency',
    })
  })

  test('in the archive are out of the list and come back', async () => {
    await app.run(archiveClient, { slug: 'beta' }, owner)
    const slugs = async (archived: boolean) =>
      (await app.run(listClients, { archived }, owner)).items.map((each) => each.slug)
    expect(await slugs(false)).not.toContain('beta')
    expect(await slugs(true)).toEqual(['beta'])
    await app.run(unarchiveClient, { slug: 'beta' }, owner)
    expect(await slugs(false)).toContain('beta')
  })
})

describe('erasing a client', () => {
  test('needs its name, typed, and an owner', async () => {
    const { slug } = await app.run(createClient, { name: 'Short Lived' }, owner)
    expect(await problemOf(app.run(eraseClient, { slug, confirm: 'short lived' }, owner))).toMatchObject({
      status: 400,
      errors: [{ field: 'confirm' }],
    })
    expect(
      await problemOf(app.run(eraseClient, { slug, confirm: 'Short Lived' }, app.as('admin', app.agency))),
    ).toMatchObject({ status: 403 })
    expect(await app.run(getClient, { slug }, owner)).toMatchObject({ name: 'Short Lived' })
  })

  test('takes everything of it, and nothing of anybody else', async () => {
    const client = await app.run(createClient, { name: 'To Erase', inviteEmail: 'x@example.test' }, owner)
    await addRun(client.id, 0)
    const count = async (tenantId: string) => {
      const { rows } = await app.runtime.database.within({ tenantId }, (db) =>
        db.execute(
          'select (select count(*) from runs)::int as runs, (select count(*) from invitations)::int as invitations',
        ),
      )
      return rows[0]
    }
    const alpha = await count(app.clients[0].id)
    expect(await count(client.id)).toEqual({ runs: 1, invitations: 1 })
    await app.run(eraseClient, { slug: client.slug, confirm: 'To Erase' }, owner)
    expect(await count(client.id)).toEqual({ runs: 0, invitations: 0 })
    expect(await count(app.clients[0].id)).toEqual(alpha)
    expect(await problemOf(app.run(getClient, { slug: client.slug }, owner))).toMatchObject({ status: 404 })
  })

  test('is not possible with the application’s own rights', async () => {
    const work = app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db.execute(`delete from tenants where id = '${app.clients[0].id}'`),
    )
    expect(await problemOf(work)).toMatchObject({ cause: { code: '42501' } })
  })
})

describe('overviews', () => {
  test('of the agency add up to its clients', async () => {
    const { items } = await app.run(listClients, { limit: 200 }, owner)
    await addRun(app.agency.id, 3, { costMicros: 500 })
    const overview = await app.run(showAgencyOverview, { days: 30 }, owner)
    expect(overview.clients).toBe(items.length)
    expect(overview.activeClients).toBe(items.filter((client) => client.activity.runs > 0).length)
    const ofClients = overview.byClient.reduce((sum, client) => sum + client.costMicros, 0)
    expect(overview.total.costMicros).toBe(ofClients + 500)
    expect(overview.series).toHaveLength(30)
    expect(overview.series.reduce((sum, day) => sum + day.costMicros, 0)).toBe(overview.total.costMicros)
    expect(overview.series.at(-1)?.day).toBe(new Date().toISOString().slice(0, 10))
    expect(overview.previous.runs).toBe(2)
  })

  test('of a client show its own numbers only', async () => {
    const client = await app.run(createClient, { name: 'Numbers' }, owner)
    await addRun(client.id, 0, { agentName: 'Coach', kind: 'analysis' })
    await addRun(client.id, 1, { agentName: 'Coach' })
    await addRun(client.id, 95)
    const [{ id, slug, name }] = [client]
    const caller = app.as('viewer', { id, slug, name, kind: 'client', agencyId: app.agency.id })
    const overview = await app.run(showClientOverview, { days: 90 }, caller)
    expect(overview.total).toMatchObject({ runs: 2, costMicros: 2000 })
    expect(overview.previous).toMatchObject({ runs: 1 })
    expect(overview.series).toHaveLength(90)
    expect(overview.byAgent).toMatchObject([{ name: 'Coach', runs: 2 }])
    expect(new Set(overview.byKind.map((kind) => kind.name))).toEqual(new Set(['analysis', 'chat']))
  })
})
