import { newId, outboxEvents, type Caller, type Context, type Tenant } from '@guildhall/kernel'
import { startProcesses, type TestProcesses } from '@guildhall/kernel/testing'
import { ledgerModule, type NewUsage } from '@guildhall/modules/ledger'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLimitsModule } from './index.ts'
import { setKeyPolicy } from './key-policy.ts'
import type { Admission } from './limits.ts'
import { monthOf } from './month.ts'
import { deleteBudget } from './operations/delete-budget.ts'
import { listBudgets } from './operations/list-budgets.ts'
import { putBudget } from './operations/put-budget.ts'
import { budgetMonths, budgetSlices } from './schema.ts'

const each = 1_000
const leaseMs = 600

const of = (processId: string) => [ledgerModule, createLimitsModule({ processId, leaseMs, countEveryMs: 10 })]

let app: TestProcesses
beforeEach(async () => {
  app = await startProcesses({ modules: () => [of('one:1:a'), of('two:2:b')] })
})
afterEach(() => app.stop())

const process = (at: number) => {
  const found = app.processes[at]
  if (!found) throw new Error(`There is no process ${at}`)
  return found
}
const caller = (tenant: Tenant): Caller => app.as('admin', tenant)
const call = { requested: 'openai/gpt', route: null, projectId: null, agentId: null }
const admit = async (ctx: Context, costMicros: number | null = each): Promise<Admission> =>
  ctx.services.limits.admit(ctx, { ...call, estimate: { tokens: 10, costMicros } })
const contexts = (tenant = app.clients[0]) => app.processes.map(({ runtime }) => runtime.context(caller(tenant)))

async function put(monthlyMicros: number, more: Record<string, unknown> = {}, tenant = app.clients[0]) {
  const input = { scope: 'tenant', monthlyMicros, ...more }
  return putBudget.output.parse(await process(0).runtime.execute(putBudget, input, { caller: caller(tenant) }))
}

async function budgetsOf(tenant = app.clients[0], at = 0) {
  const found = await process(at).runtime.execute(listBudgets, {}, { caller: caller(tenant) })
  return listBudgets.output.parse(found).items
}

interface Counted {
  spent: number
  let: number
  refused: number
  /** Calls under way at the same time, at most. */
  most: number
}

/**
 * Admits, answers after a moment, settles at `cost`.
 * @param atOnce calls at the same time, half of them in each process; default: all
 */
async function manyCalls(calls: number, cost: () => number, atOnce = calls): Promise<Counted> {
  const counted: Counted = { spent: 0, let: 0, refused: 0, most: 0 }
  const [one, two] = contexts()
  if (!one || !two) throw new Error('Two processes are needed')
  let left = calls
  let now = 0
  const callers = Array.from({ length: atOnce }, async (_, at) => {
    while (left-- > 0) {
      let admission: Admission
      try {
        admission = await admit(at % 2 === 0 ? one : two)
      } catch (error) {
        expect(error).toMatchObject({ status: 402, type: 'budget-spent', extensions: { code: 'insufficient_quota' } })
        counted.refused++
        continue
      }
      counted.let++
      counted.most = Math.max(counted.most, ++now)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      now--
      const costMicros = cost()
      counted.spent += costMicros
      admission.settle({ tokens: 10, costMicros })
    }
  })
  await Promise.all(callers)
  return counted
}

async function spentEventually(expected: number, tenant = app.clients[0]): Promise<void> {
  await expect.poll(async () => (await budgetsOf(tenant))[0]?.spentMicros, { timeout: 5_000 }).toBe(expected)
}

const usage = (values: Pick<NewUsage, 'actor'> & Partial<NewUsage>): NewUsage => ({
  id: newId(),
  runId: newId(),
  occurredAt: new Date(),
  kind: 'chat',
  outcome: 'ok',
  source: 'fresh',
  provider: 'openai',
  model: 'gpt',
  route: null,
  projectId: null,
  agentId: null,
  tokens: { input: 1, output: 1, cached: 0, cacheWrite: 0, reasoning: 0, estimated: false },
  costMicros: 100,
  priceVersion: null,
  ...values,
})

describe('a budget', () => {
  it('lets in what it covers of two thousand parallel calls in two processes, and counts each micro-unit', async () => {
    await put(1_000 * each)
    const counted = await manyCalls(2_000, () => each)
    expect(counted).toMatchObject({ spent: 1_000 * each, let: 1_000, refused: 1_000 })
    await spentEventually(counted.spent)
  })

  it('overspends by no more than the calls in flight when they cost more than was thought', async () => {
    await put(1_000 * each)
    const counted = await manyCalls(2_000, () => 3 * each, 40)
    expect(counted.let).toBeLessThanOrEqual(1_000)
    expect(counted.most).toBeLessThanOrEqual(40)
    expect(counted.spent).toBeGreaterThanOrEqual(1_000 * each)
    // Each call that was under way may have cost what nobody had set aside for it.
    expect(counted.spent).toBeLessThanOrEqual(1_000 * each + counted.most * 3 * each)
    await spentEventually(counted.spent)
    await expect(admit(process(1).context(caller(app.clients[0])))).rejects.toMatchObject({ status: 402 })
  })

  it('is used up although the calls cost less than was set aside for them', async () => {
    await put(100 * each)
    let spent = 0
    for (let at = 0; ; at++) {
      const ctx = contexts()[at % 2]
      if (!ctx) break
      const admission = await admit(ctx, 7 * each).catch(() => null)
      if (!admission) break
      admission.settle({ tokens: 1, costMicros: each })
      spent += each
    }
    expect(spent).toBe(100 * each)
  })

  it('keeps its sum whatever calls cost, and in whichever process (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ estimate: fc.nat(5_000), cost: fc.nat(6_000), at: fc.nat(1) }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 60_000 }),
        async (calls, monthlyMicros) => {
          const { id } = await put(monthlyMicros)
          let spent = 0
          let over = 0
          await Promise.all(
            calls.map(async ({ estimate, cost, at }) => {
              const ctx = process(at).context(caller(app.clients[0]))
              const admission = await admit(ctx, estimate).catch(() => null)
              if (!admission) return
              spent += cost
              over += Math.max(0, cost - estimate)
              admission.settle({ tokens: 0, costMicros: cost })
            }),
          )
          await spentEventually(spent)
          // The last money of each process goes to one call that may need more.
          expect(spent).toBeLessThanOrEqual(monthlyMicros + over + 2 * 5_000)
          await process(0).runtime.execute(deleteBudget, { id }, { caller: caller(app.clients[0]) })
        },
      ),
      { numRuns: 15 },
    )
  })

  it('that is raised holds at once in every process', async () => {
    await put(2 * each)
    for (const ctx of contexts()) (await admit(ctx)).settle({ tokens: 1, costMicros: each })
    for (const ctx of contexts()) await expect(admit(ctx)).rejects.toMatchObject({ status: 402 })
    await put(4 * each)
    for (const ctx of contexts()) (await admit(ctx)).settle({ tokens: 1, costMicros: each })
  })

  it('that is lowered takes back what lies idle', async () => {
    await put(1_000 * each)
    for (const ctx of contexts()) (await admit(ctx)).settle({ tokens: 1, costMicros: each })
    await spentEventually(2 * each)
    await put(3 * each)
    await expect.poll(async () => (await budgetsOf())[0]?.heldMicros).toBe(0)
    const [one, two] = contexts()
    if (!one || !two) throw new Error('Two processes are needed')
    await admit(one)
    await expect(admit(two)).rejects.toMatchObject({ status: 402 })
  })

  it('gets back what a killed process had set aside', async () => {
    await put(10 * each)
    const [one, two] = contexts()
    if (!one || !two) throw new Error('Two processes are needed')
    for (let at = 0; at < 4; at++) await admit(one)
    const settled = await admit(one)
    settled.settle({ tokens: 1, costMicros: each })
    await spentEventually(each)
    await process(0).kill()
    await new Promise((resolve) => setTimeout(resolve, leaseMs + 100))
    for (let at = 0; at < 9; at++) await admit(two)
    await expect(admit(two)).rejects.toMatchObject({ status: 402 })
  })

  it('has room in all budgets that fit a call, or refuses and holds none of them', async () => {
    const projectId = newId()
    await put(100 * each)
    await put(each, { scope: 'project', scopeId: projectId })
    const [ctx] = contexts()
    if (!ctx) throw new Error('A process is needed')
    const inProject = () =>
      ctx.services.limits.admit(ctx, { ...call, projectId, estimate: { tokens: 1, costMicros: each } })
    const first = await inProject()
    await expect(Promise.resolve().then(inProject)).rejects.toMatchObject({
      status: 402,
      extensions: { scope: 'project' },
    })
    first.settle({ tokens: 1, costMicros: each })
    await admit(ctx)
  })

  it('tells each of 50, 80 and 100 percent once, however many processes count', async () => {
    await put(100 * each)
    await manyCalls(300, () => each)
    await spentEventually(100 * each)
    const { runtime } = process(0)
    const events = await runtime.database.within({ tenantId: app.clients[0].id }, (db) =>
      db.select().from(outboxEvents).where(eq(outboxEvents.name, 'budget.reached')),
    )
    expect(events.map(({ payload }) => payload['percent']).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      50, 80, 100,
    ])
  })

  it('asks the cheaper route once it is spent, where it says so', async () => {
    await put(each, { whenSpent: 'downgrade', downgradeTo: 'cheap' })
    const [ctx] = contexts()
    if (!ctx) throw new Error('A process is needed')
    const first = await admit(ctx)
    expect(first.downgradeTo).toBeNull()
    first.settle({ tokens: 1, costMicros: each })
    const second = await admit(ctx)
    expect(second.downgradeTo).toBe('cheap')
    second.settle({ tokens: 1, costMicros: 5 })
    await spentEventually(each + 5)
  })

  it('refuses no call whose price is unknown, and shows that such calls count nothing', async () => {
    await put(each)
    const [ctx] = contexts()
    if (!ctx) throw new Error('A process is needed')
    ;(await admit(ctx)).settle({ tokens: 1, costMicros: each })
    ;(await admit(ctx, null)).settle({ tokens: 1, costMicros: null })
    await expect.poll(async () => (await budgetsOf())[0]).toMatchObject({ spentMicros: each, unpricedCalls: 1 })
  })

  it('counts the estimate where the cost stays unknown', async () => {
    await put(10 * each)
    const [ctx] = contexts()
    if (!ctx) throw new Error('A process is needed')
    ;(await admit(ctx)).settle({ tokens: 1, costMicros: null })
    await expect.poll(async () => (await budgetsOf())[0]).toMatchObject({ spentMicros: each, unpricedCalls: 0 })
  })

  it('that the agency set for a client refuses the client, who can neither see nor raise it', async () => {
    const [alpha, beta] = app.clients
    await put(each, { scope: 'client', scopeId: alpha.id }, app.agency)
    const ctx = process(0).context(caller(alpha))
    ;(await admit(ctx)).settle({ tokens: 1, costMicros: each })
    await expect(admit(ctx)).rejects.toMatchObject({ extensions: { scope: 'client' } })
    expect(await budgetsOf(alpha)).toEqual([])
    await admit(process(0).context(caller(beta)))
    await expect(put(1, { scope: 'client', scopeId: beta.id }, alpha)).rejects.toMatchObject({ status: 400 })
  })

  it('of another tenant is nobody else’s', async () => {
    await put(0, {}, app.otherAgency)
    await put(0, {}, app.clients[1])
    expect((await admit(process(0).context(caller(app.clients[0])))).downgradeTo).toBeNull()
  })

  it('that is set in the middle of a month covers what its scope has spent before', async () => {
    const projectId = newId()
    const ctx = process(0).context(caller(app.clients[0]))
    const entry = (projectOfCall: string | null, costMicros: number | null) =>
      usage({ actor: ctx.actor, projectId: projectOfCall, costMicros })
    await ctx.transaction((tx) =>
      ctx.services.ledger.book(tx, [entry(projectId, 700), entry(projectId, null), entry(null, 50)]),
    )
    expect(await put(1_000, { scope: 'project', scopeId: projectId })).toMatchObject({
      spentMicros: 700,
      percent: 70,
      unpricedCalls: 1,
    })
    expect(await put(1_000)).toMatchObject({ spentMicros: 750 })
    expect(await put(1_000, { scope: 'client', scopeId: app.clients[0].id }, app.agency)).toMatchObject({
      spentMicros: 750,
    })
  })

  it('of a person covers what the keys made for them have spent, before it was set too', async () => {
    const ctx = process(0).context(caller(app.clients[0]))
    const keyId = newId()
    const none = { agentId: null, allowed: null, requestsPerMinute: null, tokensPerMinute: null, concurrent: null }
    await ctx.transaction((tx) => setKeyPolicy(tx, keyId, { ...none, projectId: null, userId: 'ann' }))
    await ctx.transaction((tx) =>
      ctx.services.ledger.book(tx, [
        usage({ actor: { type: 'user', id: 'ann', name: 'Ann' } }),
        usage({ actor: { type: 'api-key', id: keyId, name: 'Ann’s key' } }),
        usage({ actor: { type: 'api-key', id: newId(), name: 'Another key' } }),
        usage({ actor: { type: 'user', id: 'ben', name: 'Ben' } }),
      ]),
    )
    expect(await put(1_000, { scope: 'user', scopeId: 'ann' })).toMatchObject({ spentMicros: 200 })
    const key: Caller = { ...caller(app.clients[0]), actor: { type: 'api-key', id: keyId, name: 'Ann’s key' } }
    const byKey = process(0).context({ ...key, method: 'api-key' })
    ;(await admit(byKey, 300)).settle({ tokens: 1, costMicros: 300 })
    await spentEventually(500)
  })

  it('begins anew with the month', async () => {
    let at = new Date('2026-03-31T23:59:59Z')
    const own = await startProcesses({
      now: () => at,
      modules: () => [[ledgerModule, createLimitsModule({ countEveryMs: 10 })]],
    })
    try {
      const [only] = own.processes
      if (!only) throw new Error('A process is needed')
      const who = own.as('admin', own.clients[0])
      await only.runtime.execute(putBudget, { scope: 'tenant', monthlyMicros: each }, { caller: who })
      const ctx = only.context(who)
      const late = await admit(ctx)
      await expect(admit(ctx)).rejects.toMatchObject({ status: 402 })
      at = new Date('2026-04-01T00:00:01Z')
      await admit(ctx)
      late.settle({ tokens: 1, costMicros: each })
      await expect
        .poll(() =>
          only.runtime.database.within({ tenantId: own.clients[0].id }, (db) =>
            db
              .select({ month: budgetMonths.month, spent: budgetMonths.spentMicros })
              .from(budgetMonths)
              .orderBy(budgetMonths.month),
          ),
        )
        .toEqual([
          { month: '2026-03', spent: each },
          { month: '2026-04', spent: 0 },
        ])
    } finally {
      await own.stop()
    }
  })

  it('gives everything back when a process stops', async () => {
    await put(100 * each)
    const [ctx] = contexts()
    if (!ctx) throw new Error('A process is needed')
    ;(await admit(ctx)).settle({ tokens: 1, costMicros: each })
    const tenantId = app.clients[0].id
    const rows = () => process(1).runtime.database.within({ tenantId }, (db) => db.select().from(budgetSlices))
    expect(await rows()).toHaveLength(1)
    // Two seconds unused are enough.
    await expect.poll(rows, { timeout: 6_000 }).toEqual([])
    expect((await budgetsOf())[0]).toMatchObject({
      month: monthOf(new Date()),
      spentMicros: each,
      heldMicros: 0,
      percent: 1,
    })
  })
})
