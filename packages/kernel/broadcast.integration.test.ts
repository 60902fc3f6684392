import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBroadcast, silentBroadcast, type Broadcast } from './broadcast.ts'
import { remember } from './remembered.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

let test: TestDatabase
const open: Broadcast[] = []
beforeAll(async () => {
  test = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((broadcast) => broadcast.close()))
})
afterAll(() => test.drop())

async function listen(): Promise<Broadcast> {
  const broadcast = await openBroadcast({ url: test.ownerUrl, onError: () => undefined, reconnectMs: 20 })
  open.push(broadcast)
  return broadcast
}

async function cutAllListeners(): Promise<void> {
  const client = new pg.Client({ connectionString: test.ownerUrl })
  await client.connect()
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'guildhall listen' and datname = current_database()`,
  )
  await client.end()
}

describe('notices between processes', () => {
  it('arrive at every process, the sender included, at receivers of their topic only', async () => {
    const [a, b] = [await listen(), await listen()]
    const heard: string[] = []
    a.subscribe('routes', (subject) => heard.push(`a ${subject}`))
    b.subscribe('routes', (subject) => heard.push(`b ${subject}`))
    b.subscribe('keys', (subject) => heard.push(`keys ${subject}`))
    await a.publish({ topic: 'routes', subject: 'fast "quoted" ü' })
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(['a fast "quoted" ü', 'b fast "quoted" ü']))
  })

  it('are heard again after the connection broke, and the break is counted', async () => {
    const [a, b] = [await listen(), await listen()]
    const before = b.epoch
    await cutAllListeners()
    await vi.waitFor(() => expect([a.live, b.live, b.epoch > before]).toEqual([true, true, true]), 5000)
    const heard = vi.fn()
    b.subscribe('keys', heard)
    await a.publish({ topic: 'keys', subject: '1' })
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('1'))
  })

  it('refuse what PostgreSQL would refuse', async () => {
    const a = await listen()
    await expect(a.publish({ topic: 'keys', subject: 'x'.repeat(8000) })).rejects.toThrow('longer than')
  })
})

describe('what is remembered', () => {
  const options = { topic: 'values', maxAgeMs: 60_000, maxEntries: 3 }

  it('is loaded once, and again after a notice for its key or for all', async () => {
    const broadcast = await listen()
    const load = vi.fn((key: string) => Promise.resolve(`${key}${load.mock.calls.length}`))
    const values = remember({ ...options, broadcast, load })
    expect([await values.get('a'), await values.get('a'), await values.get('b')]).toEqual(['a1', 'a1', 'b2'])
    broadcast.receive({ topic: 'values', subject: 'a' })
    expect([await values.get('a'), await values.get('b')]).toEqual(['a3', 'b2'])
    broadcast.receive({ topic: 'values', subject: '' })
    expect([await values.get('a'), await values.get('b')]).toEqual(['a4', 'b5'])
  })

  it('is not what was being loaded when the notice came', async () => {
    const broadcast = await listen()
    const first = Promise.withResolvers<string>()
    const answers = [first.promise, Promise.resolve('new')]
    const values = remember({ ...options, broadcast, load: () => answers.shift() ?? Promise.resolve('later') })
    const stale = values.get('a')
    broadcast.receive({ topic: 'values', subject: 'a' })
    first.resolve('old')
    await stale
    expect(await values.get('a')).toBe('new')
  })

  it('is nothing while notices do not arrive, nor after a break', async () => {
    const silent = remember({ ...options, broadcast: silentBroadcast(), load: () => Promise.resolve(Math.random()) })
    expect(await silent.get('a')).not.toBe(await silent.get('a'))
    const broadcast = await listen()
    const values = remember({ ...options, broadcast, load: () => Promise.resolve(Math.random()) })
    const before = await values.get('a')
    const epoch = broadcast.epoch
    await cutAllListeners()
    await vi.waitFor(() => expect(broadcast.live && broadcast.epoch > epoch).toBe(true), 5000)
    expect(await values.get('a')).not.toBe(before)
  })

  it('ages, and is bounded', async () => {
    const broadcast = await listen()
    let clock = 0
    const load = vi.fn((key: string) => Promise.resolve(key))
    const values = remember({ ...options, broadcast, load, now: () => clock })
    await values.get('a')
    clock = 60_001
    expect(values.peek('a')).toBeUndefined()
    for (const key of ['a', 'b', 'c', 'a', 'd']) await values.get(key)
    expect(['a', 'b', 'c', 'd'].map((key) => values.peek(key))).toEqual(['a', undefined, 'c', 'd'])
  })

  it('does not keep a failure', async () => {
    const broadcast = await listen()
    let fail = true
    const load = () => (fail ? Promise.reject(new Error('down')) : Promise.resolve('up'))
    const values = remember({ ...options, broadcast, load })
    await expect(values.get('a')).rejects.toThrow('down')
    fail = false
    expect(await values.get('a')).toBe('up')
  })
})
