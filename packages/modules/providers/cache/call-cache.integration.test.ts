import type { Caller, Context, Tenant } from '@guildhall/kernel'
import { startProcesses, type TestProcesses } from '@guildhall/kernel/testing'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expireCallCache } from '../jobs/expire-call-cache.ts'
import { clearProviderCache } from '../operations/clear-provider-cache.ts'
import { callCache } from '../schema.ts'
import { cacheHeader, type CacheableCall, type CacheLookup, type KeptAnswer } from './call-cache.ts'
import { createCallCache } from './create-call-cache.ts'

let at = new Date('2026-05-01T10:00:00Z')
let app: TestProcesses
/** One per process. */
let caches: ReturnType<typeof createCallCache>[] = []
beforeAll(async () => {
  app = await startProcesses({ now: () => at, modules: () => [[], []] })
  caches = app.processes.map(({ runtime }) => createCallCache(runtime, { waitMs: 300 }))
})
afterAll(async () => {
  await Promise.all(caches.map((cache) => cache.settled()))
  await app.stop()
})
let route = ''
let routes = 0
beforeEach(() => {
  route = `route-${routes++}`
})

const call = (more: Partial<CacheableCall> = {}): CacheableCall => ({
  form: 'parts',
  route,
  routeVersion: 1,
  projectId: null,
  asked: { prompt: [{ role: 'user', content: 'What is a guildhall?' }], temperature: 0 },
  seconds: 60,
  noCache: false,
  similar: null,
  signal: undefined,
  ...more,
})
const answer = (payload = 'A hall of a guild.'): KeptAnswer => ({
  payload,
  provider: 'openai',
  model: 'gpt',
  costMicros: 70,
})
const context = (tenant: Tenant = app.clients[0], process = 0, caller?: Caller): Context => {
  const found = app.processes[process]
  if (!found) throw new Error(`There is no process ${process}`)
  return found.context(caller ?? app.as('member', tenant))
}
const cacheOf = (process: number) => {
  const cache = caches[process]
  if (!cache) throw new Error(`There is no process ${process}`)
  return cache
}
const lookUp = async (asked: CacheableCall, tenant?: Tenant, process = 0): Promise<CacheLookup> =>
  cacheOf(process).lookup(context(tenant, process), asked)
const found = async (asked: CacheableCall, tenant?: Tenant, process = 0): Promise<string | null> => {
  const lookup = await lookUp(asked, tenant, process)
  if (lookup.state === 'hit') return lookup.answer.payload
  lookup.leave('not-kept')
  return null
}
async function keep(asked: CacheableCall, tenant?: Tenant, process = 0, given = answer()): Promise<void> {
  const lookup = await lookUp(asked, tenant, process)
  if (lookup.state === 'hit') throw new Error('It was kept already')
  lookup.keep(given)
  await cacheOf(process).settled()
}
/** Another process hears of it within some milliseconds. */
const soon = { interval: 5, timeout: 1_000 }

describe('an exact answer', () => {
  it('is given again in every process, at once where it is in memory', async () => {
    await keep(call())
    const again = cacheOf(0).lookup(context(), call())
    expect(again).not.toBeInstanceOf(Promise)
    expect(again).toMatchObject({ state: 'hit', answer: { ...answer(), similarity: null } })
    await expect.poll(() => found(call(), app.clients[0], 1), soon).toBe(answer().payload)
  })

  it('is not looked for in the database where there certainly is none', async () => {
    await found(call({ asked: 'first of its route' }))
    await expect
      .poll(async () => {
        const lookup = cacheOf(0).lookup(context(), call({ asked: Math.random() }))
        const sync = !(lookup instanceof Promise)
        const missed = await lookup
        if (missed.state === 'miss') missed.leave('not-kept')
        return sync
      }, soon)
      .toBe(true)
  })

  it('does not depend on the order of parameters', async () => {
    await keep(call({ asked: { a: 1, b: { c: 2, d: [1, 2] } } }))
    expect(await found(call({ asked: { b: { d: [1, 2], c: 2 }, a: 1 } }))).not.toBeNull()
    expect(await found(call({ asked: { b: { d: [2, 1], c: 2 }, a: 1 } }))).toBeNull()
  })

  it('is nobody else’s: any difference in tenant, route, project, form or request is a miss', async () => {
    await keep(call({ projectId: 'one' }))
    expect(await found(call({ projectId: 'one' }))).not.toBeNull()
    for (const other of [
      call({ projectId: null }),
      call({ projectId: 'two' }),
      call({ projectId: 'one', route: `${route}-other` }),
      call({ projectId: 'one', form: 'openai-chat' }),
      call({
        projectId: 'one',
        asked: { prompt: [{ role: 'user', content: 'What is a guildhall?' }], temperature: 0.1 },
      }),
      call({
        projectId: 'one',
        asked: { prompt: [{ role: 'system', content: 'What is a guildhall?' }], temperature: 0 },
      }),
    ])
      expect(await found(other)).toBeNull()
    for (const tenant of [app.clients[1], app.agency, app.otherAgency])
      for (const process of [0, 1]) expect(await found(call({ projectId: 'one' }), tenant, process)).toBeNull()
  })

  it('of one tenant or key scope never reaches another, whatever is asked (property)', async () => {
    const tenants = [app.clients[0], app.clients[1], app.agency, app.otherAgency]
    const given = new Map<string, string>()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.constantFrom(null, 'one', 'two'),
        fc.constantFrom<unknown>('a', 'b', ['a'], { a: 'b' }, { sha256: 'a' }, new Uint8Array([1]), 'a|b', ''),
        fc.nat(1),
        async (which, projectId, asked, process) => {
          const tenant = tenants[which]
          if (!tenant) return
          const own = `${which}/${projectId}/${JSON.stringify(asked)}/${asked instanceof Uint8Array}`
          const lookup = await lookUp(call({ projectId, asked }), tenant, process)
          if (lookup.state === 'hit') expect(lookup.answer.payload).toBe(own)
          else lookup.keep(answer(own))
          given.set(own, own)
        },
      ),
      { numRuns: 150 },
    )
    await Promise.all(caches.map((cache) => cache.settled()))
  })

  it('is sealed: the table shows nothing of it, and a row that is moved to another tenant does not open', async () => {
    await keep(call(), app.clients[0], 0, answer('a secret of alpha'))
    const alpha = app.clients[0].id
    const beta = app.clients[1]
    const [row] = await context().transaction((tx) => tx.db.select().from(callCache).where(eq(callCache.route, route)))
    if (!row) throw new Error('Nothing was kept')
    expect(row.tenantId).toBe(alpha)
    expect(JSON.stringify(row)).not.toContain('secret of alpha')
    await context(beta).transaction((tx) => tx.db.insert(callCache).values({ ...row, tenantId: beta.id }))
    expect(await found(call(), beta, 1)).toBeNull()
  })

  it('ends after its time, also where the route’s time was shortened', async () => {
    await keep(call({ seconds: 60 }))
    at = new Date(at.getTime() + 30_000)
    expect(await found(call({ seconds: 60 }))).not.toBeNull()
    expect(await found(call({ seconds: 20 }))).toBeNull()
    at = new Date(at.getTime() + 31_000)
    expect(await found(call({ seconds: 60 }))).toBeNull()
    expect(await found(call({ seconds: 60 }), app.clients[0], 1)).toBeNull()
    const rows = () => context().transaction((tx) => tx.db.$count(callCache, eq(callCache.route, route)))
    expect(await rows()).toBe(1)
    await expireCallCache.run({}, context())
    expect(await rows()).toBe(0)
  })

  it('is not given to who asks for none, and what they get is kept', async () => {
    await keep(call(), app.clients[0], 0, answer('old'))
    const fresh = await lookUp(call({ noCache: true }))
    expect(fresh.state).toBe('miss')
    if (fresh.state === 'miss') fresh.keep(answer('new'))
    expect(await found(call())).toBe('new')
  })

  it('is forgotten everywhere when the cache is cleared', async () => {
    await keep(call())
    await expect.poll(() => found(call(), app.clients[0], 1), soon).not.toBeNull()
    await app.processes[0]?.runtime.execute(clearProviderCache, {}, { caller: app.as('admin', app.clients[0]) })
    expect(await found(call())).toBeNull()
    await expect.poll(() => found(call(), app.clients[0], 1), soon).toBeNull()
  })

  it('says how often it was given', async () => {
    await keep(call())
    await found(call())
    await found(call())
    await cacheOf(0).settled()
    const [row] = await context().transaction((tx) => tx.db.select().from(callCache).where(eq(callCache.route, route)))
    expect(row?.hits).toBe(2)
  })

  it('is not given any more once the route has changed, in whichever process', async () => {
    await keep(call())
    await expect.poll(() => found(call(), app.clients[0], 1), soon).not.toBeNull()
    expect(await found(call({ routeVersion: 2 }))).toBeNull()
    expect(await found(call({ routeVersion: 2 }), app.clients[0], 1)).toBeNull()
  })

  it('is a miss, not an error, when the table cannot be read', async () => {
    const broken: Context = Object.create(context(), {
      transaction: { value: () => Promise.reject(new Error('the database is away')) },
    })
    const lookup = await cacheOf(0).lookup(broken, call())
    expect(lookup.state).toBe('miss')
    if (lookup.state === 'miss') lookup.leave('failed')
  })
})

async function leader() {
  const lookup = await lookUp(call())
  if (lookup.state === 'hit') throw new Error('It was kept already')
  return lookup
}

describe('identical calls at the same time', () => {
  it('are one: the others get its answer', async () => {
    const first = await leader()
    const others = Array.from({ length: 50 }, () => lookUp(call()))
    first.keep(answer('for all'))
    for (const lookup of await Promise.all(others))
      expect(lookup).toMatchObject({ state: 'hit', answer: { payload: 'for all', similarity: null } })
  })

  it('that fail fail alone: the others ask for themselves', async () => {
    const first = await leader()
    const others = [lookUp(call()), lookUp(call())]
    first.leave('failed')
    expect((await Promise.all(others)).map(({ state }) => state)).toEqual(['miss', 'miss'])
    first.keep(answer('too late'))
    const again = await lookUp(call())
    if (again.state === 'miss') again.leave('not-kept')
  })

  it('go on when the one who asked leaves: the next one asks, and the rest waits for that one', async () => {
    const first = await leader()
    const second = lookUp(call())
    const third = lookUp(call())
    first.leave('left')
    const next = await second
    expect(next.state).toBe('miss')
    if (next.state === 'miss') next.keep(answer('of the second'))
    expect(await third).toMatchObject({ state: 'hit', answer: { payload: 'of the second' } })
  })

  it('do not keep anybody who leaves', async () => {
    const first = await leader()
    const leaving = new AbortController()
    const other = lookUp(call({ signal: leaving.signal }))
    leaving.abort(new Error('gone'))
    await expect(other).rejects.toThrow('gone')
    first.leave('not-kept')
  })

  it('do not wait for ever for one that is lost', async () => {
    const lost = await leader()
    const other = await lookUp(call())
    expect(other.state).toBe('miss')
    lost.leave('not-kept')
  })

  it('of two tenants are two', async () => {
    const first = await leader()
    const other = await lookUp(call(), app.clients[1])
    expect(other.state).toBe('miss')
    if (other.state === 'miss') other.leave('not-kept')
    first.leave('not-kept')
  })
})

describe('a like question', () => {
  /** Vectors in the plane: the angle says how like two questions are. */
  const angles: Record<string, number> = { 'opening hours?': 0, 'when are you open?': 0.2, 'who are you?': 1.5 }
  const similarTo = (
    question: string,
    more: Partial<NonNullable<CacheableCall['similar']>> = {},
  ): CacheableCall['similar'] => ({
    least: 0.95,
    question,
    context: { prompt: [], temperature: 0 },
    embed: async (text) => {
      const angle = angles[text] ?? 3
      return { vector: Float32Array.from([Math.cos(angle), Math.sin(angle)]), model: 'embedder' }
    },
    ...more,
  })
  const ask = (question: string, more: Parameters<typeof similarTo>[1] = {}, other: Partial<CacheableCall> = {}) =>
    call({
      asked: { question, ...(more?.context ? { context: more.context } : {}) },
      similar: similarTo(question, more),
      ...other,
    })

  it('gets the answer, with the similarity shown', async () => {
    await keep(ask('opening hours?'), app.clients[0], 0, answer('9 to 5'))
    const lookup = await lookUp(ask('when are you open?'))
    expect(lookup).toMatchObject({ state: 'hit', answer: { payload: '9 to 5' } })
    expect(cacheHeader(lookup)).toBe('similar;0.98')
    expect(cacheHeader(await lookUp(ask('opening hours?')))).toBe('hit')
    expect(await found(ask('who are you?'))).toBeNull()
    expect(await found(ask('when are you open?', { least: 0.99 }))).toBeNull()
  })

  it('of another tenant, route, project or context gets nothing', async () => {
    await keep(ask('opening hours?', {}, { projectId: 'one' }), app.clients[0], 0, answer('9 to 5'))
    expect(await found(ask('when are you open?', {}, { projectId: 'one' }))).toBe('9 to 5')
    expect(await found(ask('when are you open?', {}, { projectId: 'two' }))).toBeNull()
    expect(await found(ask('when are you open?'))).toBeNull()
    expect(await found(ask('when are you open?', {}, { projectId: 'one', route: `${route}-other` }))).toBeNull()
    expect(
      await found(ask('when are you open?', { context: { prompt: ['be rude'] } }, { projectId: 'one' })),
    ).toBeNull()
    for (const tenant of [app.clients[1], app.agency, app.otherAgency])
      expect(await found(ask('when are you open?', {}, { projectId: 'one' }), tenant)).toBeNull()
  })

  it('is compared only with vectors of the same model', async () => {
    await keep(ask('opening hours?'))
    const other = { embed: async () => ({ vector: Float32Array.from([1, 0]), model: 'another' }) }
    expect(await found(ask('when are you open?', other))).toBeNull()
  })

  it('is simply asked when nobody embeds, or embedding fails', async () => {
    await keep(ask('opening hours?'))
    expect(await found(ask('when are you open?', { embed: async () => null }))).toBeNull()
    const fails = { embed: () => Promise.reject(new Error('no such model')) }
    expect(await found(ask('when are you open?', fails))).toBeNull()
  })
})
