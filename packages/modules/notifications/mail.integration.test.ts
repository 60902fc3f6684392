import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { jobs, tenants } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mails, notificationsModule, verifySmtp } from './index.ts'
import { expireMails } from './jobs/expire-mails.ts'
import { getMail } from './operations/get-mail.ts'
import { listMails } from './operations/list-mails.ts'
import { startMailServer, type MailServer } from './testing/start-mail-server.ts'

const mail = {
  to: 'person@example.test',
  subject: 'Bericht für <Müller> & Söhne',
  text: 'Hello,\n\nthis is <b>not</b> bold & goes on.',
  action: { label: 'Open "it"', url: 'https://agency.test/open?a=1&b=2' },
}

describe('without a mail server', () => {
  let app: TestRuntime
  beforeAll(async () => {
    app = await startTestRuntime({ modules: [notificationsModule] })
  })
  afterAll(() => app.stop())

  test('a mail is kept, and read in the mailbox as its recipient would see it', async () => {
    const [client] = app.clients
    await app.runtime.services.mail.send(app.context(app.as('member', client)), mail)
    const list = await app.run(listMails, {}, app.as('admin', client))
    expect(list.items).toMatchObject([{ to: mail.to, subject: mail.subject, state: 'kept', confidential: false }])
    const shown = await app.run(getMail, { id: list.items[0]?.id ?? '' }, app.as('admin', client))
    expect(shown.content?.text).toContain('this is <b>not</b> bold')
    expect(shown.content?.html).toContain('this is &lt;b&gt;not&lt;/b&gt; bold &amp; goes on.')
    expect(shown.content?.action).toEqual(mail.action)
    expect((await app.run(listMails, {}, app.as('owner', app.clients[1]))).items).toEqual([])
  })

  test('what a confidential mail says is for owners only', async () => {
    const secret = { ...mail, subject: 'Choose a new password', confidential: true }
    await app.runtime.services.mail.send(app.context(app.as('member', app.agency)), secret)
    const [item] = (await app.run(listMails, {}, app.as('admin', app.agency))).items
    const id = item?.id ?? ''
    expect(await app.run(getMail, { id }, app.as('admin', app.agency))).toMatchObject({
      content: null,
      withheld: 'confidential',
    })
    expect((await app.run(getMail, { id }, app.as('owner', app.agency))).content?.action?.url).toBe(mail.action.url)
    await expect(app.run(listMails, {}, app.as('member', app.agency))).rejects.toMatchObject({ status: 403 })
  })

  test('nothing of a mail’s words lies readable in the database', async () => {
    const { rows } = await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db.execute('select content from mails'),
    )
    expect(rows.length).toBe(1)
    expect(JSON.stringify(rows)).not.toContain('agency.test')
  })

  test('a mail about something that is rolled back is not sent', async () => {
    const [, beta] = app.clients
    const context = app.context(app.as('member', beta))
    const work = context.transaction(async (transaction) => {
      await app.runtime.services.mail.send(transaction, mail)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect((await app.run(listMails, {}, app.as('admin', beta))).items).toEqual([])
  })

  test('mails go when their retention has ended, of their own tenant and by the day after', async () => {
    const short = await startTestRuntime({
      modules: [notificationsModule],
      env: { GUILDHALL_MAIL_RETENTION_DAYS: '30' },
    })
    try {
      const [alpha, beta] = short.clients
      const context = short.context(short.as('member', alpha))
      const subjects = async () =>
        (await short.run(listMails, {}, short.as('admin', alpha))).items.map((m) => m.subject)
      const age = (subject: string, days: number, state: 'kept' | 'queued' = 'kept') =>
        context.transaction(({ db }) =>
          db
            .update(mails)
            .set({ createdAt: new Date(Date.now() - days * 86_400_000), state })
            .where(eq(mails.subject, subject)),
        )
      for (const subject of ['Old', 'Young', 'Waiting'])
        await short.runtime.services.mail.send(context, { ...mail, subject })
      await short.runtime.services.mail.send(short.context(short.as('member', beta)), mail)
      const queued = () =>
        context.transaction(({ db }) => db.select({ runAt: jobs.runAt }).from(jobs).where(eq(jobs.name, 'mail.expire')))
      expect(await queued()).toHaveLength(1)
      const wait = ((await queued())[0]?.runAt.getTime() ?? 0) - Date.now()
      expect(wait / 86_400_000).toBeGreaterThan(30)
      expect(wait / 86_400_000).toBeLessThanOrEqual(31)

      await age('Old', 31)
      await age('Young', 29)
      await age('Waiting', 31, 'queued')
      await expireMails.run({}, context)
      expect(new Set(await subjects())).toEqual(new Set(['Young', 'Waiting']))
      expect((await short.run(listMails, {}, short.as('admin', beta))).items).toHaveLength(1)
      // What is left has its own day.
      expect(await queued()).toHaveLength(2)
    } finally {
      await short.stop()
    }
  })

  test('an address that is several, or none, is refused', async () => {
    const context = app.context(app.as('member', app.agency))
    for (const to of ['a@example.test, b@example.test', 'a@example.test\r\nBcc: b@example.test', 'nobody'])
      await expect(app.runtime.services.mail.send(context, { ...mail, to })).rejects.toMatchObject({ status: 400 })
  })
})

describe('with a mail server', () => {
  let server: MailServer
  let app: TestRuntime
  beforeAll(async () => {
    server = await startMailServer()
    app = await startTestRuntime({
      worker: true,
      modules: [notificationsModule],
      env: { SMTP_URL: server.url, MAIL_FROM: 'Guildhall <no-reply@agency.test>' },
    })
    await app.runtime.database.within({ tenantId: app.agency.id }, (db) =>
      db
        .update(tenants)
        .set({ name: 'Müller & Partner', brand: { color: '#ffe600' } })
        .where(eq(tenants.id, app.agency.id)),
    )
  })
  afterAll(async () => {
    await app.stop()
    await server.stop()
  })
  const send = (more: Partial<typeof mail> & { confidential?: boolean } = {}) =>
    app.runtime.services.mail.send(app.context(app.as('member', app.agency)), { ...mail, ...more })

  async function settled(subject: string) {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
      const { items } = await app.run(listMails, { q: subject }, app.as('owner', app.agency))
      const [found] = items
      if (found && found.state !== 'queued') return found
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('The mail is still queued')
  }

  test('a mail arrives from the tenant, in its colour, as text and as HTML', async () => {
    await send()
    const arrived = await server.waitFor(mail.to)
    expect(arrived).toMatchObject({
      subject: mail.subject,
      from: { name: 'Müller & Partner', address: 'no-reply@agency.test' },
    })
    expect(arrived.text).toContain(mail.action.url)
    expect(arrived.html).toContain('background:#ffe600;color:#111827')
    expect(arrived.html).not.toContain('<b>not</b>')
    expect(await settled('Bericht')).toMatchObject({ state: 'sent', error: null })
  })

  test('a temporary refusal is tried again until the server takes it', async () => {
    server.refuse(451, 1)
    await send({ to: 'greylisted@example.test', subject: 'Greylisted' })
    expect((await server.waitFor('greylisted@example.test')).subject).toBe('Greylisted')
    expect(await settled('Greylisted')).toMatchObject({ state: 'sent', error: null })
  })

  test('a permanent refusal is final, and the mailbox says why', async () => {
    server.refuse(550, 1)
    await send({ to: 'gone@example.test', subject: 'Refused' })
    const failed = await settled('Refused')
    expect(failed.state).toBe('failed')
    expect(failed.error).toContain('refused by the test')
    expect((await server.received()).filter((each) => each.to?.[0]?.address === 'gone@example.test')).toEqual([])
  })

  test('what a confidential mail said is not kept once the server has it', async () => {
    await send({ to: 'secret@example.test', subject: 'Secret link', confidential: true })
    await server.waitFor('secret@example.test')
    const { id } = await settled('Secret link')
    expect(await app.run(getMail, { id }, app.as('owner', app.agency))).toMatchObject({
      content: null,
      withheld: 'not-kept',
    })
  })

  test('the health page and the doctor see whether the server takes mails', async () => {
    expect(await notificationsModule.health?.(app.runtime, app.context(app.as('viewer', app.agency)))).toMatchObject([
      { name: 'mail', state: 'ok' },
    ])
    await verifySmtp(server.url)
    await expect(verifySmtp('smtp://127.0.0.1:1')).rejects.toThrow(/ECONNREFUSED/)
  })
})
