import { systemCaller, type Runtime, type Tenant, type TransactionContext } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import type { Budget } from './book.ts'
import { boundsOf, monthOf } from './month.ts'
import { createPool, type Fetched, type Pool, type Taken } from './pool.ts'
import { budgetMonths, budgets, budgetSlices } from './schema.ts'
import type { LimitParts } from './shared.ts'
import { tellThresholds } from './thresholds.ts'

export interface MoneyRefusal {
  /** USD micro-units, of the month so far. */
  spentMicros: number
  monthlyMicros: number
}

/** A process's slice of one budget in one month. All amounts are USD micro-units. */
export interface BudgetSlice {
  readonly budget: Budget
  readonly month: string
  usedAt: number
  /** Sets money aside. The last money is given to whoever asks first, even where it is less than asked for. */
  reserve(micros: number): Taken<MoneyRefusal> | Promise<Taken<MoneyRefusal>>
  /** Ends a reservation. @param cost what the call came to; null = unknown, counts nothing and is counted as such */
  settle(reserved: number, cost: number | null): void
  /** Counts what was spent and returns what lies idle. */
  giveBackIdle(): Promise<void>
  /** Counts what was spent, renews the lease. */
  flush(): Promise<void>
  /** Nothing is reserved, held or waiting to be counted. */
  readonly empty: boolean
  /** There is money that no call has reserved. */
  readonly hasIdle: boolean
}

interface SliceOptions {
  runtime: Runtime
  parts: LimitParts
  budget: Budget
  month: string
  /** Milliseconds between two transactions that count what was spent. */
  countEveryMs: number
  askOthers(): Promise<void>
}

/** Part of what is left that a process sets aside for itself: the slices shrink with the rest. */
const share = 1 / 16
/** Tries after others have been asked for idle money. */
const tries = 3

/** The context of work that nobody asked for, in the name of the tenant whose budget it is. */
function systemContext(runtime: Runtime, tenantId: string) {
  const tenant: Tenant = { id: tenantId, kind: 'agency', slug: '', name: '', agencyId: tenantId }
  return runtime.context(systemCaller(tenant, 'Limits'))
}

export function createBudgetSlice(options: SliceOptions): BudgetSlice {
  const { runtime, parts, budget, month } = options
  const { tenantId, id: budgetId } = budget
  /** Set aside for calls that are under way. */
  let reserved = 0
  /** Spent, but not yet counted in the database. */
  let spent = 0
  let unpriced = 0
  /** What the slice's row holds, as far as this process knows. */
  let held = 0
  /** Below this much room more is fetched in passing. */
  let low = 0
  let last: Promise<unknown> = Promise.resolve()
  let countedAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }

  const ofMonth = and(
    eq(budgetMonths.tenantId, tenantId),
    eq(budgetMonths.budgetId, budgetId),
    eq(budgetMonths.month, month),
  )
  const slicesOfMonth = and(
    eq(budgetSlices.tenantId, tenantId),
    eq(budgetSlices.budgetId, budgetId),
    eq(budgetSlices.month, month),
  )

  /** The counter, locked until the transaction ends. Null = the budget is gone. */
  async function lockCounter({ db }: TransactionContext) {
    for (;;) {
      const [row] = await db
        .select({
          monthlyMicros: budgets.monthlyMicros,
          spentMicros: budgetMonths.spentMicros,
          heldMicros: budgetMonths.heldMicros,
          toldPercent: budgetMonths.toldPercent,
        })
        .from(budgetMonths)
        .innerJoin(budgets, and(eq(budgets.tenantId, budgetMonths.tenantId), eq(budgets.id, budgetMonths.budgetId)))
        .where(ofMonth)
        .for('update', { of: budgetMonths })
      if (row) return row
      const there = await db.$count(budgets, and(eq(budgets.tenantId, tenantId), eq(budgets.id, budgetId)))
      if (there === 0) return null
      await db.insert(budgetMonths).values({ tenantId, budgetId, month }).onConflictDoNothing()
    }
  }

  /** What slices of dead processes held comes back. @returns that, and what this process's row holds */
  async function readSlices({ db }: TransactionContext): Promise<{ mine: number; returned: number }> {
    const rows = await db
      .select({
        processId: budgetSlices.processId,
        heldMicros: budgetSlices.heldMicros,
        expired: sql<boolean>`${budgetSlices.leaseUntil} < now()`,
      })
      .from(budgetSlices)
      .where(slicesOfMonth)
    let mine = 0
    let returned = 0
    for (const row of rows) {
      if (row.processId === parts.processId) mine = row.heldMicros
      else if (row.expired || parts.isDead(row.processId)) {
        returned += row.heldMicros
        await db.delete(budgetSlices).where(and(slicesOfMonth, eq(budgetSlices.processId, row.processId)))
      }
    }
    return { mine, returned }
  }

  async function writeSlice({ db }: TransactionContext, heldMicros: number): Promise<void> {
    if (heldMicros === 0) {
      await db.delete(budgetSlices).where(and(slicesOfMonth, eq(budgetSlices.processId, parts.processId)))
      return
    }
    const values = { heldMicros, leaseUntil: sql`now() + make_interval(secs => ${parts.leaseMs / 1000}::float8)` }
    await db
      .insert(budgetSlices)
      .values({ tenantId, budgetId, month, processId: parts.processId, ...values })
      .onConflictDoUpdate({
        target: [budgetSlices.tenantId, budgetSlices.budgetId, budgetSlices.month, budgetSlices.processId],
        set: values,
      })
  }

  interface Synced extends MoneyRefusal {
    /** Fetched, what calls have cost beyond their reservation included. */
    got: number
    heldByOthers: number
  }

  /**
   * Counts what was spent and takes more, in one transaction. What the row holds is written as a whole, so that a
   * process whose slice was taken back while it slept puts it right.
   * @param wanted room that is needed beyond what there is; 0 = only count
   */
  async function sync(wanted: number): Promise<Synced> {
    countedAt = parts.now()
    const debt = Math.max(0, -pool.room)
    const keep = reserved + Math.max(0, pool.room)
    const counted = { spent, unpriced }
    const done = await systemContext(runtime, tenantId).transaction(async (tx): Promise<Synced | null> => {
      const row = await lockCounter(tx)
      if (!row) return null
      const { mine, returned } = await readSlices(tx)
      const spentMicros = row.spentMicros + counted.spent
      const others = Math.max(0, row.heldMicros - returned - mine)
      const rest = Math.max(0, row.monthlyMicros - spentMicros - others - keep)
      const taken = wanted > debt ? Math.min(rest, Math.max(wanted - debt, Math.floor(rest * share))) : 0
      await tx.db
        .update(budgetMonths)
        .set({
          spentMicros,
          heldMicros: others + keep + taken,
          unpricedCalls: sql`${budgetMonths.unpricedCalls} + ${counted.unpriced}`,
          toldPercent: tellThresholds(tx, budget, { ...row, month, spentMicros }),
        })
        .where(ofMonth)
      await writeSlice(tx, keep + taken)
      return { got: taken + debt, spentMicros, monthlyMicros: row.monthlyMicros, heldByOthers: others }
    })
    spent -= counted.spent
    unpriced -= counted.unpriced
    // A budget that is gone limits nothing.
    if (!done) return { got: Math.max(wanted, debt), spentMicros: 0, monthlyMicros: 0, heldByOthers: 0 }
    const taken = done.got - debt
    held = keep + taken
    if (wanted > 0) low = taken / 4
    return done
  }

  async function fetch(wanted: number, least: number): Promise<Fetched<MoneyRefusal>> {
    let got = 0
    for (let attempt = 1; ; attempt++) {
      const found = await inTurn(async () => {
        const synced = await sync(wanted - got)
        pool.add(synced.got)
        return synced
      })
      got += found.got
      if (got >= least) return { got: 0, refused: null }
      const { spentMicros, monthlyMicros, heldByOthers } = found
      if (heldByOthers === 0 || spentMicros >= monthlyMicros || attempt >= tries)
        return { got: 0, refused: { spentMicros, monthlyMicros } }
      await options.askOthers()
    }
  }

  const pool: Pool<MoneyRefusal> = createPool({ lastsMs: null, partly: true, now: parts.now, fetch })

  const flush = () =>
    inTurn(async () => {
      const { got } = await sync(pool.room < low ? low * 4 : 0)
      pool.add(got)
    })

  /** The first of a burst is counted at once, what follows in short intervals: little is lost when a process is killed. */
  function countSoon(): void {
    const wait = Math.max(0, options.countEveryMs - (parts.now() - countedAt))
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch((error: unknown) => {
        parts.onError(error)
        countSoon()
      })
    }, wait).unref()
  }

  function set(taken: Taken<MoneyRefusal>): Taken<MoneyRefusal> {
    if ('taken' in taken) {
      reserved += taken.taken
      if (pool.room < low) countSoon()
    }
    return taken
  }

  const slice: BudgetSlice = {
    budget,
    month,
    usedAt: parts.now(),
    reserve(micros) {
      slice.usedAt = parts.now()
      const taken = pool.take(micros)
      return taken instanceof Promise ? taken.then(set) : set(taken)
    },
    settle(amount, cost) {
      slice.usedAt = parts.now()
      reserved -= amount
      if (cost === null) unpriced++
      else spent += cost
      pool.giveBack(amount - (cost ?? 0))
      countSoon()
    },
    giveBackIdle: () =>
      inTurn(async () => {
        const idle = pool.drain(Number.POSITIVE_INFINITY)
        low = 0
        try {
          pool.add((await sync(0)).got)
        } catch (error) {
          pool.add(idle)
          throw error
        }
      }),
    flush,
    get empty() {
      return reserved === 0 && held === 0 && spent === 0 && unpriced === 0
    },
    get hasIdle() {
      return pool.room > 0
    },
  }
  return slice
}

/** The month that a reservation made now belongs to. */
export function currentMonth(runtime: Runtime): string {
  const at = runtime.now()
  const ms = at.getTime()
  if (ms < known.from || ms >= known.to) {
    const month = monthOf(at)
    const { from, to } = boundsOf(month)
    known = { month, from: from.getTime(), to: to.getTime() }
  }
  return known.month
}

/** Asked with each call, and the same for weeks. */
let known = { month: '', from: 0, to: 0 }
