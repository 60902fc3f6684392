import { newId, type Context, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { identityModule, memberships } from '@guildhall/modules/identity'
import { ledgerModule, type NewUsage } from '@guildhall/modules/ledger'
import { notificationsModule } from '@guildhall/modules/notifications'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLimitsModule } from './index.ts'
import { tellBudget } from './jobs/tell-budget.ts'
import { putBudget } from './operations/put-budget.ts'

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({
    modules: ({ authUrl }) => [
      notificationsModule,
      identityModule({ authUrl, secret: 'a secret for tests of more than 32 characters' }),
      ledgerModule,
      createLimitsModule({ countEveryMs: 10 }),
    ],
    worker: true,
  })
  await join(app.agency, 'boss', 'owner')
  await join(app.agency, 'staff', 'member')
  for (const client of app.clients) {
    await join(client, `admin-${client.slug}`, 'admin')
    await join(client, `viewer-${client.slug}`, 'viewer')
  }
  await join(app.otherAgency, 'stranger', 'owner')
})
afterAll(() => app.stop())

const address = (name: string) => `${name}@example.test`

async function join(tenant: Tenant, userId: string, role: 'owner' | 'admin' | 'member' | 'viewer'): Promise<void> {
  await app
    .context(app.as('owner', tenant))
    .transaction((tx) =>
      tx.db.insert(memberships).values({ tenantId: tenant.id, userId, name: userId, email: address(userId), role }),
    )
}

/** Spends money in one call, in the ledger too. */
async function spend(tenant: Tenant, costMicros: number, name = 'Ann'): Promise<void> {
  const ctx: Context = app.context(app.as('member', tenant, { id: name, name, email: address(name) }))
  const request = { requested: 'm', route: null, projectId: null, agentId: null }
  const admission = await ctx.services.limits.admit(ctx, { ...request, estimate: { tokens: 1, costMicros } })
  const usage: NewUsage = {
    id: newId(),
    runId: newId(),
    occurredAt: app.runtime.now(),
    kind: 'chat',
    outcome: 'ok',
    source: 'fresh',
    provider: 'openai',
    model: 'm',
    route: null,
    actor: ctx.actor,
    projectId: null,
    agentId: null,
    tokens: { input: 1, output: 1, cached: 0, cacheWrite: 0, reasoning: 0, estimated: false },
    costMicros,
    priceVersion: null,
  }
  await ctx.transaction((tx) => ctx.services.ledger.book(tx, [usage]))
  admission.settle({ tokens: 1, costMicros })
}

/** An operation of another module, by its name. */
async function run(name: string, input: object, tenant: Tenant): Promise<unknown> {
  const operation = app.runtime.catalogue.operations.get(name)
  if (!operation) throw new Error(`There is no operation ${name}`)
  return app.runtime.execute(operation, input, { caller: app.as('owner', tenant) })
}

/** Who was told what in a tenant, in order of address. */
async function mailsOf(tenant: Tenant): Promise<{ id: string; told: string }[]> {
  const { items } = (await run('mailbox.list', {}, tenant)) as { items: { id: string; to: string; subject: string }[] }
  return items
    .map(({ id, to, subject }) => ({ id, told: `${to}: ${subject}` }))
    .toSorted((a, b) => (a.told < b.told ? -1 : 1))
}
const toldIn = async (tenant: Tenant) => (await mailsOf(tenant)).map(({ told }) => told)
const soon = { timeout: 5_000 }

it('tells the agency’s and the client’s owners and admins once per threshold, with the figure, who caused it and the link', async () => {
  const [alpha] = app.clients
  const { id } = putBudget.output.parse(
    await app.run(putBudget, { scope: 'tenant', monthlyMicros: 100_000_000 }, app.as('owner', alpha)),
  )
  await spend(alpha, 45_000_000)
  await spend(alpha, 10_000_000, 'Ben')
  const half = '50 % of the budget of Alpha is spent'
  await expect.poll(() => toldIn(alpha), soon).toEqual([`${address('admin-alpha')}: ${half}`])
  expect(await toldIn(app.agency)).toEqual([`${address('boss')}: ${half}`])
  const [first] = await mailsOf(app.agency)
  const mail = await run('mailbox.get', { id: first?.id }, app.agency)
  expect(mail).toMatchObject({ content: { action: { url: expect.stringMatching(/^http.*\/clients\/alpha\/keys$/) } } })
  expect(JSON.stringify(mail)).toContain('55.00 USD of 100.00 USD')
  expect(JSON.stringify(mail)).toMatch(/Ann: 45\.00 USD.*Ben: 10\.00 USD/)

  // From 55 to 100: what lies between is not told beside it.
  await spend(alpha, 45_000_000)
  const all = 'The budget of Alpha is spent'
  await expect
    .poll(() => toldIn(alpha), soon)
    .toEqual([`${address('admin-alpha')}: ${half}`, `${address('admin-alpha')}: ${all}`])
  expect(await toldIn(app.agency)).toEqual([`${address('boss')}: ${half}`, `${address('boss')}: ${all}`])

  // A job that is run again after a crash tells nobody twice.
  const month = app.runtime.now().toISOString().slice(0, 7)
  const again = { budgetId: id, month, percent: 100, spentMicros: 100_000_000, monthlyMicros: 100_000_000 }
  await tellBudget.run(again, app.context(app.as('owner', alpha)))
  expect(await toldIn(alpha)).toHaveLength(2)
  expect(await toldIn(app.agency)).toHaveLength(2)
  expect(await toldIn(app.otherAgency)).toEqual([])
})

it('tells a client’s people of a budget that the agency has set, without its amounts', async () => {
  const [, beta] = app.clients
  const before = (await toldIn(app.agency)).length
  await app.run(
    putBudget,
    { scope: 'client', scopeId: beta.id, monthlyMicros: 10_000_000 },
    app.as('owner', app.agency),
  )
  await spend(beta, 8_500_000)
  const most = '80 % of the budget of Beta is spent'
  await expect.poll(() => toldIn(beta), soon).toEqual([`${address('admin-beta')}: ${most}`])
  expect(await toldIn(app.agency)).toHaveLength(before + 1)
  const [mail] = await mailsOf(beta)
  expect(JSON.stringify(await run('mailbox.get', { id: mail?.id }, beta))).not.toContain('USD')
})

it('tells nobody of a budget of nothing before something was spent', async () => {
  const before = (await toldIn(app.agency)).length
  await app.run(putBudget, { scope: 'tenant', monthlyMicros: 0 }, app.as('owner', app.agency))
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await toldIn(app.agency)).toHaveLength(before)
})
