import { newId, tenants, type Context, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { runsModule } from '@guildhall/modules/runs'
import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { amendEntry } from './amend-entry.ts'
import { closedMonth, closeMonth, verifyMonth, type ClosedMonth } from './close-month.ts'
import { bookUsage, ledgerModule, type NewUsage } from './index.ts'
import type { Journal } from './journal.ts'
import { mayClose, monthOf, nextMonth } from './months.ts'
import { usageEntries } from './schema.ts'

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({ modules: [ledgerModule, runsModule] })
})
afterAll(() => app.stop())

/** Says what the ledger says: here it is the ledger's own arithmetic that is tried. */
const agreeing: Journal = {
  journalTotals: ({ tenantId, from, to }) => sql`
    select run_id, count(*) as attempts, coalesce(sum(cost_micros), 0) as cost_micros,
      count(*) filter (where cost_micros is null) as unpriced, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out
    from usage_entries where tenant_id = ${tenantId} and entry = 'usage'
      and occurred_at >= ${from.toISOString()}::timestamptz and occurred_at < ${to.toISOString()}::timestamptz
    group by run_id`,
  unbooked: async () => [],
  agentNames: async () => new Map(),
}

type Act =
  | { type: 'book'; back: number; cost: number | null }
  | { type: 'again'; which: number }
  | { type: 'correct'; which: number; cost: number }
  | { type: 'reverse'; which: number }
  | { type: 'close'; back: number }
  | { type: 'pass'; days: number }
  /** All of these at once. */
  | { type: 'together'; acts: Act[] }

const cost = fc.integer({ min: 0, max: 5000 })
const which = fc.nat(50)
const single = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('book' as const), back: fc.nat(75), cost: fc.option(cost) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('again' as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('correct' as const), which, cost }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reverse' as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('close' as const), back: fc.nat(3) }) },
)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: single },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 25 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('together' as const),
      acts: fc.array(single, { minLength: 2, maxLength: 5 }),
    }),
  },
)

/** A tenant of its own, and what an honest bookkeeper would have on paper. */
async function play(acts: readonly Act[]): Promise<void> {
  const id = newId()
  const tenant: Tenant = { id, kind: 'client', slug: id.slice(-12), name: 'C', agencyId: app.agency.id }
  await app.runtime.database.within({ tenantId: app.agency.id }, (db) => db.insert(tenants).values(tenant))
  const ctx: Context = app.context(app.as('owner', tenant))
  let now = new Date('2026-01-05T12:00:00Z')
  ctx.now = () => now
  const booked: NewUsage[] = []
  /** What each entry has come to; a call without a price comes to 0 until somebody says otherwise. */
  const truth = new Map<string, number>()
  const closed = new Map<string, ClosedMonth>()

  const amend = (index: number, to: number | null) => async () => {
    const entry = booked[index % Math.max(1, booked.length)]
    if (!entry) return
    await ctx.transaction(async (tx) => {
      await amendEntry(tx, { entryId: entry.id, to: to === null ? null : { costMicros: to }, note: 'Test' })
      // Under the entry's lock until the commit: the last to come here is the last to count.
      truth.set(entry.id, to ?? 0)
    })
  }
  const workOf = (one: Exclude<Act, { type: 'together' }>): (() => Promise<void>) => {
    switch (one.type) {
      case 'book': {
        const entry = usage(new Date(now.getTime() - one.back * 86_400_000), one.cost)
        booked.push(entry)
        truth.set(entry.id, one.cost ?? 0)
        return () => ctx.transaction((tx) => bookUsage(tx, [entry]))
      }
      case 'again': {
        const entry = booked[one.which % Math.max(1, booked.length)]
        return async () => {
          if (entry) await ctx.transaction((tx) => bookUsage(tx, [entry]))
        }
      }
      case 'correct':
        return amend(one.which, one.cost)
      case 'reverse':
        return amend(one.which, null)
      case 'close':
        return async () => {
          let month = monthOf(now)
          for (let n = 0; n < one.back; n++) month = monthOf(new Date(Date.parse(`${month}-01T00:00:00Z`) - 1))
          if (!mayClose(month, now)) return
          closed.set(month, await ctx.transaction((tx) => closeMonth(tx, agreeing, month)))
        }
      case 'pass':
        return async () => void (now = new Date(now.getTime() + one.days * 86_400_000))
    }
  }
  for (const one of acts) {
    if (one.type !== 'together') await workOf(one)()
    else {
      const known = booked.length
      // A correction at the same time as the booking of its entry has nothing to correct yet.
      const together = one.acts.flatMap((each) =>
        each.type === 'together' || ('which' in each && known === 0)
          ? []
          : [workOf('which' in each ? { ...each, which: each.which % known } : each)],
      )
      await Promise.all(together.map((work) => work()))
    }
  }

  await ctx.transaction(async (tx) => {
    const rows = await tx.db.select().from(usageEntries).where(eq(usageEntries.tenantId, id))
    const sum = (list: typeof rows) => list.reduce((total, row) => total + (row.costMicros ?? 0), 0)
    const months = Map.groupBy(rows, (row) => row.month)
    const byMonth = [...months.values()].reduce((total, list) => total + sum(list), 0)
    expect(byMonth).toBe(sum(rows))
    expect(sum(rows)).toBe([...truth.values()].reduce((total, each) => total + each, 0))
    expect(rows.filter((row) => row.entry === 'usage')).toHaveLength(booked.length)
    for (const [month, before] of closed) {
      expect(await closedMonth(tx.db, id, month)).toEqual(before)
      expect(await verifyMonth(tx, before)).toMatchObject({ unchanged: true })
      expect(before.costMicros).toBe(sum(months.get(month) ?? []))
    }
    // Nothing counts before the month of its call, nor later than the first month after it that was left open.
    for (const row of rows) {
      let month = monthOf(row.occurredAt)
      while (month !== row.month) {
        expect(closed.has(month)).toBe(true)
        month = nextMonth(month)
      }
    }
  })
}

test('whatever is booked, corrected, taken back and closed in whatever order: the months add up to the whole, and closed ones stay', async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), play), {
    numRuns: 25,
    endOnFailure: true,
  })
}, 180_000)

function usage(occurredAt: Date, costMicros: number | null): NewUsage {
  return {
    id: newId(),
    runId: newId(),
    occurredAt,
    kind: 'chat',
    outcome: 'ok',
    source: 'fresh',
    provider: 'p',
    model: 'm',
    route: null,
    actor: { type: 'user', id: 'u', name: 'U' },
    projectId: null,
    agentId: null,
    tokens: { input: 1, output: 1, cached: 0, cacheWrite: 0, reasoning: 0, estimated: false },
    costMicros,
    priceVersion: null,
  }
}
