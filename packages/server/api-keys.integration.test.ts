import { systemCaller, type Caller, type Operation, type Tenant } from '@guildhall/kernel'
import { startProcesses, type TestProcesses } from '@guildhall/kernel/testing'
import { identityModule } from '@guildhall/modules/identity'
import { createLimitsModule } from '@guildhall/modules/limits'
import { ledgerModule } from '@guildhall/modules/ledger'
import { tenantsModule } from '@guildhall/modules/tenants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

/** The clock of both processes. */
let at = new Date()

let app: TestProcesses
beforeAll(async () => {
  app = await startProcesses({
    now: () => at,
    modules: ({ authUrl }) =>
      ['one:1:a', 'two:2:b'].map((processId) => [
        ledgerModule,
        createLimitsModule({ processId }),
        identityModule({ authUrl, secret: 'a secret for tests of more than 32 characters' }),
        tenantsModule({ erase: () => Promise.resolve() }),
      ]),
  })
})
afterAll(() => app.stop())

const processAt = (which: number) => {
  const found = app.processes[which]
  if (!found) throw new Error(`There is no process ${which}`)
  return found.runtime
}

/** Runs an operation by its name in the first process. */
async function run(name: string, input: Record<string, unknown>, caller: Caller): Promise<Record<string, unknown>> {
  const operation: Operation | undefined = processAt(0).catalogue.operations.get(name)
  if (!operation) throw new Error(`There is no operation ${name}`)
  return z.record(z.string(), z.unknown()).parse(await processAt(0).execute(operation, input, { caller }))
}

const inTenant = (tenant: Tenant) => systemCaller(tenant)
const Made = z.object({ id: z.string(), key: z.string() })
const newKey = async (tenant: Tenant, more: Record<string, unknown> = {}) =>
  Made.parse(await run('api-keys.create', { name: 'a key', ...more }, inTenant(tenant)))

/** What each process answers to the key: the role, or the status of the refusal. */
async function answers(key: string, headers: Record<string, string> = {}): Promise<unknown[]> {
  return Promise.all(
    app.processes.map(({ runtime }) =>
      runtime.services.authenticator
        .authenticate(new Headers({ authorization: `Bearer ${key}`, ...headers }))
        .then(({ role }) => role)
        .catch((error: unknown) => (error instanceof Error && 'status' in error ? error.status : error)),
    ),
  )
}

/** Milliseconds that a notice has to reach the other process. */
const soon = { interval: 5, timeout: 500 }

describe('an API key that every process remembers', () => {
  it('is refused everywhere once it is revoked', async () => {
    const { id, key } = await newKey(app.clients[0])
    expect(await answers(key)).toEqual(['member', 'member'])
    await run('api-keys.revoke', { id }, inTenant(app.clients[0]))
    await expect.poll(() => answers(key), soon).toEqual([401, 401])
  })

  it('is taken with both secrets for a while after its rotation, then with the new one', async () => {
    const { id, key } = await newKey(app.clients[0])
    await answers(key)
    const first = Made.parse(await run('api-keys.rotate', { id, overlapMinutes: 10 }, inTenant(app.clients[0])))
    expect(await answers(key)).toEqual(['member', 'member'])
    expect(await answers(first.key)).toEqual(['member', 'member'])
    const second = Made.parse(await run('api-keys.rotate', { id, overlapMinutes: 10 }, inTenant(app.clients[0])))
    await expect.poll(() => answers(key), soon).toEqual([401, 401])
    expect(await answers(first.key)).toEqual(['member', 'member'])
    at = new Date(at.getTime() + 10 * 60_000)
    expect(await answers(first.key)).toEqual([401, 401])
    expect(await answers(second.key)).toEqual(['member', 'member'])
    const last = Made.parse(await run('api-keys.rotate', { id, overlapMinutes: 0 }, inTenant(app.clients[0])))
    await expect.poll(() => answers(second.key), soon).toEqual([401, 401])
    expect(await answers(last.key)).toEqual(['member', 'member'])
  })

  it('has its new role and scopes at once', async () => {
    const { id, key } = await newKey(app.clients[0], { role: 'admin' })
    expect(await answers(key)).toEqual(['admin', 'admin'])
    await run('api-keys.update', { id, role: 'viewer' }, inTenant(app.clients[0]))
    await expect.poll(() => answers(key), soon).toEqual(['viewer', 'viewer'])
  })

  it('ends when it expires, remembered or not', async () => {
    const { id, key } = await newKey(app.clients[0], { expiresInDays: 1 })
    expect(await answers(key)).toEqual(['member', 'member'])
    at = new Date(at.getTime() + 86_400_000)
    expect(await answers(key)).toEqual([401, 401])
    await expect(run('api-keys.rotate', { id }, inTenant(app.clients[0]))).rejects.toMatchObject({ status: 409 })
  })

  it('is refused while its client is archived', async () => {
    const { key } = await newKey(app.clients[1])
    expect(await answers(key)).toEqual(['member', 'member'])
    await run('clients.archive', { slug: 'beta' }, inTenant(app.agency))
    await expect.poll(() => answers(key), soon).toEqual([401, 401])
    await run('clients.unarchive', { slug: 'beta' }, inTenant(app.agency))
    await expect.poll(() => answers(key), soon).toEqual(['member', 'member'])
  })

  it('of an agency is remembered for each client that it names, and for none that is not there', async () => {
    const { key } = await newKey(app.agency)
    const tenants = await Promise.all(
      ['alpha', 'beta', 'alpha'].map(async (slug) => {
        const headers = new Headers({ 'x-api-key': key, 'x-guildhall-client': slug })
        return (await processAt(1).services.authenticator.authenticate(headers)).tenant?.slug
      }),
    )
    expect(tenants).toEqual(['alpha', 'beta', 'alpha'])
    expect(await answers(key, { 'x-guildhall-client': 'gamma' })).toEqual([404, 404])
  })

  it('works at once although it was refused before it was made', async () => {
    const key = `gh_${'k'.repeat(43)}`
    expect(await answers(key)).toEqual([401, 401])
    const { id } = await newKey(app.clients[0])
    const { createHash } = await import('node:crypto')
    const keyHash = createHash('sha256').update(key).digest('hex')
    await processAt(0).database.within({ tenantId: app.clients[0].id }, (db) =>
      db.execute(`update api_keys set key_hash = '${keyHash}' where id = '${id}'`),
    )
    expect(await answers(key)).toEqual(['member', 'member'])
  })

  it('says when it was used last, without a write per request', async () => {
    const { id, key } = await newKey(app.clients[0])
    const used = async () => {
      const { items } = z
        .object({ items: z.array(z.object({ id: z.string(), lastUsedAt: z.string().nullable() })) })
        .parse(await run('api-keys.list', {}, inTenant(app.clients[0])))
      return items.find((item) => item.id === id)?.lastUsedAt
    }
    const first = at.toISOString()
    await answers(key)
    await expect.poll(used).toBe(first)
    at = new Date(at.getTime() + 30_000)
    await answers(key)
    at = new Date(at.getTime() + 31_000)
    await answers(key)
    await expect.poll(used).toBe(at.toISOString())
  })
})

describe('the policy of an API key', () => {
  const policy = { allowed: ['fast'], requestsPerMinute: 60, concurrent: 4, monthlyBudgetMicros: 5_000_000 }

  it('comes with the key, is shown, replaced and taken away', async () => {
    const caller = inTenant(app.clients[0])
    const { id } = await newKey(app.clients[0], { policy })
    expect(await run('key-limits.get', { id }, caller)).toMatchObject({
      policy: { ...policy, tokensPerMinute: null },
      requests: { perMinute: 60, burst: 15, remaining: 15 },
      tokens: null,
      concurrent: { limit: 4, held: 0 },
      budget: { scope: 'key', scopeId: id, monthlyMicros: 5_000_000, spentMicros: 0 },
    })
    expect(await run('api-keys.update', { id, policy: { tokensPerMinute: 9 } }, caller)).toMatchObject({
      policy: { tokensPerMinute: 9, allowed: null, monthlyBudgetMicros: null },
    })
    expect(await run('api-keys.update', { id, name: 'renamed' }, caller)).toMatchObject({
      name: 'renamed',
      policy: { tokensPerMinute: 9 },
    })
    await run('api-keys.update', { id, policy: null }, caller)
    expect(await run('key-limits.get', { id }, caller)).toEqual({
      policy: null,
      requests: null,
      tokens: null,
      concurrent: null,
      budget: null,
    })
  })

  it('keeps a limited key from making itself one without limits', async () => {
    const { id, key } = await newKey(app.clients[0], { role: 'admin', policy: { requestsPerMinute: 100 } })
    const caller = await processAt(0).services.authenticator.authenticate(new Headers({ 'x-api-key': key }))
    await expect(run('api-keys.create', { name: 'free' }, caller)).rejects.toMatchObject({ status: 403 })
    await expect(run('api-keys.update', { id, policy: null }, caller)).rejects.toMatchObject({ status: 403 })
    await expect(run('api-keys.rotate', { id }, caller)).rejects.toMatchObject({ status: 403 })
  })

  it('is not seen, and not changed, from another tenant', async () => {
    const { id } = await newKey(app.clients[0], { policy })
    const neighbour = inTenant(app.clients[1])
    expect(await run('key-limits.get', { id }, neighbour)).toMatchObject({ policy: null, budget: null })
    await expect(run('api-keys.update', { id, policy: null }, neighbour)).rejects.toMatchObject({ status: 404 })
    await expect(run('api-keys.rotate', { id }, neighbour)).rejects.toMatchObject({ status: 404 })
  })
})
