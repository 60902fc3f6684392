import { randomBytes } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@guildhall/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, startServer, type RunningServer } from './testing/start-server.ts'

/** `DATABASE_URL` instead of the embedded database: the same product, and two processes on one store. */
let database: TestDatabase
let first: RunningServer
let second: RunningServer
const secrets = {
  GUILDHALL_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  GUILDHALL_AUTH_SECRET: randomBytes(32).toString('hex'),
}
const env = () => ({
  DATABASE_URL: database.appUrl,
  DATABASE_DIRECT_URL: database.adminUrl,
  GUILDHALL_INIT_API_KEY: apiKey,
  ...secrets,
})
const apiKey = 'gh_external_0123456789012345678901234567890'

beforeAll(async () => {
  database = await createTestDatabase()
  first = await startServer({ env: env() })
  second = await startServer({ env: env() })
})
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()])
  await database.drop()
})

describe('an external database', () => {
  it('is named at start and in the health report, and no embedded one is started', async () => {
    expect(first.output()).toMatch(/Database\s+external\s+external PostgreSQL \d+/)
    const health = await json<{ dependencies: { name: string; detail: string; state: string }[] }>(
      await first.request('/api/health'),
    )
    expect(health.dependencies.find((dependency) => dependency.name === 'database')).toMatchObject({
      state: 'ok',
      detail: 'External PostgreSQL answers.',
    })
  })

  it('is shared by two processes: what one writes, the other reads', async () => {
    const made = await first.request('/api/clients', {
      method: 'POST',
      body: JSON.stringify({ name: 'Alpha', slug: 'alpha' }),
    })
    expect(made.status).toBe(201)
    const seen = await json<{ items: { slug: string }[] }>(await second.request('/api/clients'))
    expect(seen.items.map((client) => client.slug)).toEqual(['alpha'])
  })

  it('answers the same idempotency key the same, whichever process is asked', async () => {
    const create = (server: RunningServer) =>
      server.request('/api/clients', {
        method: 'POST',
        body: JSON.stringify({ name: 'Beta', slug: 'beta' }),
        headers: { 'idempotency-key': 'once' },
      })
    const [a, b] = await Promise.all([create(first), create(second)])
    const bodies = [await json<{ id?: string }>(a), await json<{ id?: string }>(b)]
    expect([a.status, b.status]).toEqual([201, 201])
    expect(bodies[0]?.id).toBe(bodies[1]?.id)
  })

  it('is not joined by a process with another key-encryption key', async () => {
    const other = startServer({ env: { ...env(), GUILDHALL_ENCRYPTION_KEY: randomBytes(32).toString('base64') } })
    await expect(other).rejects.toThrow('sealed with another key-encryption key')
  })
})
