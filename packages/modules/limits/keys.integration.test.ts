import process from 'node:process'
import { newId, type Caller, type Context, type Tenant } from '@guildhall/kernel'
import { startProcesses, type TestProcesses } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLimitsModule } from './index.ts'
import { requestRate } from './gcra.ts'
import type { Admission } from './limits.ts'
import { putBudget } from './operations/put-budget.ts'
import { setKeyPolicy, type NewKeyPolicy } from './key-policy.ts'
import { concurrencySlices } from './schema.ts'

const leaseMs = 600
/** The clock that rates go by, in milliseconds. */
let clockMs = 1_800_000_000_000

const of = (processId: string) => [ledgerModule, createLimitsModule({ processId, leaseMs, clock: () => clockMs })]

let app: TestProcesses
beforeAll(async () => {
  app = await startProcesses({ modules: () => [of('one:1:a'), of('two:2:b'), of('three:3:c')] })
})
afterAll(() => app.stop())

const processAt = (at: number) => {
  const found = app.processes[at]
  if (!found) throw new Error(`There is no process ${at}`)
  return found
}
const keyCaller = (keyId: string, tenant: Tenant = app.clients[0]): Caller => ({
  actor: { type: 'api-key', id: keyId, name: 'a key' },
  tenant,
  role: 'member',
  scopes: null,
  method: 'api-key',
})
const none: NewKeyPolicy = {
  projectId: null,
  agentId: null,
  userId: null,
  allowed: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrent: null,
}

/** @returns contexts of a new key, one per process, once each of them has heard of it */
async function newKey(policy: Partial<NewKeyPolicy>, tenant: Tenant = app.clients[0], home = tenant) {
  const keyId = newId()
  const projectId = newId()
  await setPolicy(keyId, { projectId, ...policy }, home)
  const contexts = app.processes.map(({ runtime }) => runtime.context(keyCaller(keyId, tenant)))
  for (const ctx of contexts)
    await expect
      .poll(() => ctx.services.limits.attribution(ctx, { projectId: null, agentId: null }), { interval: 1 })
      .toMatchObject({ projectId: policy.projectId ?? projectId })
  return { keyId, contexts }
}

async function setPolicy(keyId: string, policy: Partial<NewKeyPolicy>, home: Tenant = app.clients[0]): Promise<void> {
  await processAt(0)
    .context(app.as('admin', home))
    .transaction((tx) => setKeyPolicy(tx, keyId, { ...none, ...policy }))
}

const admit = async (
  ctx: Context | undefined,
  tokens = 1,
  requested: string | null = 'openai/gpt',
): Promise<Admission> => {
  if (!ctx) throw new Error('A context is needed')
  const estimate = { tokens, costMicros: 0 }
  return ctx.services.limits.admit(ctx, { requested, route: null, projectId: null, agentId: null, estimate })
}
const outcome = (admitted: Promise<Admission>) =>
  admitted.then(
    () => 'let in',
    () => 'refused',
  )
const free = (admission: Admission, tokens = 1) => admission.settle({ tokens, costMicros: 0 })

describe('requests per minute', () => {
  it('are never more than the limit and its burst in any minute, over all processes (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2_000 }),
        fc.array(fc.record({ calls: fc.integer({ min: 1, max: 120 }), pauseMs: fc.nat(20_000), at: fc.nat(1) }), {
          minLength: 3,
          maxLength: 14,
        }),
        async (perMinute, bunches) => {
          const { contexts } = await newKey({ requestsPerMinute: perMinute })
          const letIn: number[] = []
          for (const { calls, pauseMs, at } of bunches) {
            await Promise.all(
              Array.from({ length: calls }, async (_, call) => {
                const admission = await admit(contexts[(at + call) % 2]).catch(() => null)
                if (admission) letIn.push(clockMs)
              }),
            )
            clockMs += pauseMs
          }
          const { burst } = requestRate(perMinute)
          letIn.forEach((from, first) => {
            const within = letIn.slice(first).filter((time) => time < from + 60_000).length
            expect(within).toBeLessThanOrEqual(perMinute + burst)
          })
          expect(letIn.length).toBeGreaterThanOrEqual(1)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('come back one by one, and a refusal says when and whose limit it is', async () => {
    const { contexts } = await newKey({ requestsPerMinute: 6 })
    for (let call = 0; call < 6; call++) free(await admit(contexts[call % 2]))
    const refusal = {
      status: 429,
      type: 'rate-limited',
      extensions: { code: 'requests_per_minute', limitOf: 'guildhall' },
    }
    await expect(admit(contexts[0])).rejects.toMatchObject({
      ...refusal,
      headers: { 'retry-after': '10', 'x-ratelimit-limit-requests': '6', 'x-ratelimit-remaining-requests': '0' },
    })
    clockMs += 10_000
    free(await admit(contexts[1]))
    await expect(admit(contexts[0])).rejects.toMatchObject(refusal)
  })

  it('that are raised hold at once, whatever was used of the old limit', async () => {
    const { contexts, keyId } = await newKey({ requestsPerMinute: 6 })
    for (let call = 0; call < 6; call++) free(await admit(contexts[0]))
    await expect(admit(contexts[0])).rejects.toMatchObject({ type: 'rate-limited' })
    await setPolicy(keyId, { requestsPerMinute: 6_000 })
    await expect.poll(() => outcome(admit(contexts[0]))).toBe('let in')
    for (let call = 0; call < 100; call++) free(await admit(contexts[1]))
  })

  it('that are lowered hold at once too, and nobody pays for what the old limit allowed', async () => {
    const { contexts, keyId } = await newKey({ requestsPerMinute: 6_000 })
    for (let call = 0; call < 1_000; call++) free(await admit(contexts[0]))
    await setPolicy(keyId, { requestsPerMinute: 6 })
    let letIn = 0
    for (let call = 0; call < 40; call++) if ((await outcome(admit(contexts[1]))) === 'let in') letIn++
    // What other processes hold of the old limit lasts a second.
    expect(letIn).toBeLessThanOrEqual(12)
    clockMs += 60_000
    await expect.poll(() => outcome(admit(contexts[0]))).toBe('let in')
  })

  it('are told with each call', async () => {
    const { contexts } = await newKey({ requestsPerMinute: 6, tokensPerMinute: 1_000 })
    const { headers } = await admit(contexts[0], 100)
    expect(headers).toMatchObject({
      'x-ratelimit-limit-requests': '6',
      'x-ratelimit-remaining-requests': '5',
      'x-ratelimit-limit-tokens': '1000',
    })
    expect(headers['x-ratelimit-reset-requests']).toMatch(/^(10|9(\.\d)?)s$/)
  })

  it('are fetched several at a time where many are allowed, and do not wait then', async () => {
    const { contexts } = await newKey({ requestsPerMinute: 60_000 })
    let waited = 0
    for (let call = 0; call < 2_000; call++) {
      const [ctx] = contexts
      if (!ctx) break
      const estimate = { tokens: 1, costMicros: 0 }
      const admitted = ctx.services.limits.admit(ctx, {
        requested: 'm',
        route: null,
        projectId: null,
        agentId: null,
        estimate,
      })
      if (admitted instanceof Promise) waited++
      free(await admitted)
    }
    expect(waited).toBeLessThan(40)
  })
})

describe('tokens per minute', () => {
  it('reserve the estimate and give back what was not used', async () => {
    const { contexts } = await newKey({ tokensPerMinute: 10_000 })
    const big = await admit(contexts[0], 9_000)
    await expect(admit(contexts[1], 9_000)).rejects.toMatchObject({ extensions: { code: 'tokens_per_minute' } })
    free(big, 100)
    await expect
      .poll(() =>
        admit(contexts[1], 9_000).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
  })

  it('are used up by a call that took more than was thought', async () => {
    const { contexts } = await newKey({ tokensPerMinute: 10_000 })
    free(await admit(contexts[0], 10), 30_000)
    await expect
      .poll(() =>
        admit(contexts[1], 10).then(
          () => 'let in',
          () => 'refused',
        ),
      )
      .toBe('refused')
    clockMs += 60_000
    await expect(admit(contexts[1], 10)).rejects.toMatchObject({ status: 429 })
    clockMs += 120_000
    await admit(contexts[1], 10)
  })

  it('a call larger than all of them is told so, and not to try again', async () => {
    const { contexts } = await newKey({ tokensPerMinute: 1_000 })
    await expect(admit(contexts[0], 5_000)).rejects.toMatchObject({
      status: 413,
      type: 'call-too-large',
      headers: { 'x-should-retry': 'false' },
    })
  })
})

describe('calls at the same time', () => {
  it('are never more than the limit over all processes, and a place that is left is taken again', async () => {
    const { contexts } = await newKey({ concurrent: 20 })
    let now = 0
    let most = 0
    let letIn = 0
    await Promise.all(
      Array.from({ length: 300 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 200))
        const admission = await admit(contexts[at % 3]).catch(() => null)
        if (!admission) return
        letIn++
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
        now--
        free(admission)
      }),
    )
    expect(most).toBeLessThanOrEqual(20)
    expect(letIn).toBeGreaterThan(20)
  })

  it('are all there for one process when the others use none', async () => {
    const { contexts } = await newKey({ concurrent: 32 })
    for (const ctx of contexts) free(await admit(ctx))
    for (let call = 0; call < 32; call++) await admit(contexts[2])
    await expect(admit(contexts[2])).rejects.toMatchObject({
      status: 429,
      type: 'too-many-calls',
      extensions: { code: 'concurrent_calls' },
    })
  })

  it('are as few as a lowered limit says, also where several processes hold places of the old one', async () => {
    const { contexts, keyId } = await newKey({ concurrent: 64 })
    // Each process has fetched some ahead.
    for (const ctx of contexts) free(await admit(ctx))
    await setPolicy(keyId, { concurrent: 2 })
    for (const ctx of contexts)
      await expect
        .poll(async () => {
          const admission = await admit(ctx)
          free(admission)
          const state = await ctx.services.limits.attribution(ctx, { projectId: null, agentId: null })
          return state.projectId
        })
        .toBeNull()
    const admitted = await Promise.allSettled(contexts.flatMap((ctx) => [admit(ctx), admit(ctx)]))
    expect(admitted.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2)
  })

  it('of a killed process come back', async () => {
    const { contexts, keyId } = await newKey({ concurrent: 2 })
    await processAt(0).runtime.database.within({ tenantId: app.clients[0].id }, (db) =>
      db.insert(concurrencySlices).values({
        tenantId: app.clients[0].id,
        subject: `key:${keyId}:calls`,
        processId: 'gone:1:x',
        held: 2,
        leaseUntil: new Date(Date.now() + 400),
      }),
    )
    await expect(admit(contexts[0])).rejects.toMatchObject({ type: 'too-many-calls' })
    await new Promise((resolve) => setTimeout(resolve, 450))
    await admit(contexts[0])
    await admit(contexts[1])
  })

  it('a refused call leaves its place', async () => {
    const { contexts } = await newKey({ concurrent: 1, requestsPerMinute: 1 })
    free(await admit(contexts[0]))
    await expect(admit(contexts[0])).rejects.toMatchObject({ type: 'rate-limited' })
    await expect(admit(contexts[1])).rejects.toMatchObject({ type: 'rate-limited' })
  })
})

describe('what a key may ask', () => {
  it('is its list, where a trailing * stands for what follows', async () => {
    const { contexts } = await newKey({ allowed: ['fast', 'openai/gpt-*'] })
    const [ctx] = contexts
    await admit(ctx, 1, 'fast')
    await admit(ctx, 1, 'openai/gpt-5')
    for (const other of ['faster', 'openai/o3', 'gpt-5', ''])
      await expect(admit(ctx, 1, other)).rejects.toMatchObject({ status: 403, type: 'model-not-allowed' })
    // The vector of a question that may be asked is nobody's wish.
    await admit(ctx, 1, null)
    expect(await ctx?.services.limits.mayName(ctx, 'fast')).toBe(true)
    expect(await ctx?.services.limits.mayName(ctx, 'best')).toBe(false)
  })

  it('is anything without a list, and nothing with an empty one', async () => {
    const all = await newKey({})
    await admit(all.contexts[0], 1, 'anything')
    const nothing = await newKey({ allowed: [] })
    await expect(admit(nothing.contexts[0])).rejects.toMatchObject({ status: 403 })
  })

  it('changes at once in every process', async () => {
    const { contexts, keyId } = await newKey({})
    for (const ctx of contexts) await admit(ctx)
    await setPolicy(keyId, { allowed: ['fast'] })
    await expect(admit(contexts[0])).rejects.toMatchObject({ status: 403 })
    await expect
      .poll(() =>
        admit(contexts[1]).then(
          () => 200,
          () => 403,
        ),
      )
      .toBe(403)
  })

  it('of an agency’s key holds at its clients too', async () => {
    const { contexts } = await newKey({ allowed: ['fast'], requestsPerMinute: 1 }, app.clients[1], app.agency)
    free(await admit(contexts[0], 1, 'fast'))
    await expect(admit(contexts[0], 1, 'best')).rejects.toMatchObject({ status: 403 })
    await expect(admit(contexts[1], 1, 'fast')).rejects.toMatchObject({ status: 429 })
  })

  it('of another tenant’s key with the same id is not read', async () => {
    const { keyId } = await newKey({ allowed: [] }, app.otherAgency)
    const ctx = processAt(0).context(keyCaller(keyId))
    expect(await ctx.services.limits.mayName(ctx, 'anything')).toBe(true)
  })
})

describe('the hot path', () => {
  it('admits and settles from memory', async () => {
    const projectId = newId()
    const { contexts } = await newKey({
      allowed: ['fast', 'openai/*'],
      requestsPerMinute: 60_000_000,
      tokensPerMinute: 2_000_000_000,
      concurrent: 1_000,
      projectId,
    })
    const [ctx] = contexts
    if (!ctx) throw new Error('A context is needed')
    for (const scope of ['tenant', 'project'] as const)
      await processAt(0).runtime.execute(
        putBudget,
        { scope, scopeId: scope === 'project' ? projectId : '', monthlyMicros: 1e12 },
        { caller: app.as('admin', app.clients[0]) },
      )
    const request = {
      requested: 'openai/gpt',
      route: null,
      projectId: null,
      agentId: null,
      estimate: { tokens: 900, costMicros: 500 },
    }
    const one = async () => (await ctx.services.limits.admit(ctx, request)).settle({ tokens: 700, costMicros: 400 })
    for (let call = 0; call < 5_000; call++) await one()
    const times: number[] = []
    let waited = 0
    for (let call = 0; call < 20_000; call++) {
      const started = performance.now()
      const admission = ctx.services.limits.admit(ctx, request)
      if (admission instanceof Promise) {
        waited++
        free(await admission)
        continue
      }
      admission.settle({ tokens: 700, costMicros: 400 })
      times.push(performance.now() - started)
      if (call % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    times.sort((a, b) => a - b)
    const at = (share: number) => ((times[Math.floor(times.length * share)] ?? 0) * 1000).toFixed(1)
    process.stdout.write(
      `admit and settle, all limits and two budgets: p50 ${at(0.5)} µs, p99 ${at(0.99)} µs; ${waited} of 20000 waited\n`,
    )
    expect(times.length).toBeGreaterThan(19_000)
  })
})

// The last one: there is a process less after it.
describe('a process that is killed', () => {
  it('leaves the places of its streams to others after its lease, and not before', async () => {
    const { contexts } = await newKey({ concurrent: 2 })
    await admit(contexts[2])
    await admit(contexts[2])
    await processAt(2).kill()
    await expect(admit(contexts[0])).rejects.toMatchObject({ type: 'too-many-calls' })
    await new Promise((resolve) => setTimeout(resolve, leaseMs + 100))
    await admit(contexts[0])
    await admit(contexts[1])
    await expect(admit(contexts[0])).rejects.toMatchObject({ type: 'too-many-calls' })
  })
})
