import type { Database } from '@guildhall/kernel'
import { and, eq, ne, sql } from 'drizzle-orm'
import { createPool, type Fetched, type Pool, type Taken } from './pool.ts'
import { concurrencySlices } from './schema.ts'
import type { LimitParts } from './shared.ts'

interface PlaceRefusal {
  /** Calls of all processes that are under way. */
  held: number
}

/** Places for calls at the same time, of one subject. */
export interface PlaceMeter {
  limit: number
  usedAt: number
  /** Calls of this process that are under way. */
  readonly inUse: number
  take(): Taken<PlaceRefusal> | Promise<Taken<PlaceRefusal>>
  leave(): void
  /** Returns places that nobody uses here. */
  giveBackIdle(): Promise<void>
  /** Says that this process is still there. */
  renew(): Promise<void>
}

/** Tries after others have been asked for idle places. */
const tries = 2

export function createPlaceMeter(
  parts: LimitParts,
  tenantId: string,
  subject: string,
  limit: number,
  askOthers: () => Promise<void>,
): PlaceMeter {
  const { database, processId } = parts
  /** What the row says. */
  let held = 0
  let inUse = 0
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: each writes what is held as a whole. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }

  const mine = and(
    eq(concurrencySlices.tenantId, tenantId),
    eq(concurrencySlices.subject, subject),
    eq(concurrencySlices.processId, processId),
  )

  async function write(db: Database, places: number): Promise<void> {
    if (places === 0) {
      await db.delete(concurrencySlices).where(mine)
      return
    }
    const values = { held: places, leaseUntil: sql`now() + make_interval(secs => ${parts.leaseMs / 1000}::float8)` }
    await db
      .insert(concurrencySlices)
      .values({ tenantId, subject, processId, ...values })
      .onConflictDoUpdate({
        target: [concurrencySlices.tenantId, concurrencySlices.subject, concurrencySlices.processId],
        set: values,
      })
  }

  /** Places that living processes hold; rows of dead ones go. Only one transaction at a time looks at a subject. */
  async function heldByOthers(db: Database): Promise<number> {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${tenantId}|${subject}`}, 0))`)
    const rows = await db
      .select({
        processId: concurrencySlices.processId,
        held: concurrencySlices.held,
        expired: sql<boolean>`${concurrencySlices.leaseUntil} < now()`,
      })
      .from(concurrencySlices)
      .where(
        and(
          eq(concurrencySlices.tenantId, tenantId),
          eq(concurrencySlices.subject, subject),
          ne(concurrencySlices.processId, processId),
        ),
      )
    let sum = 0
    for (const row of rows) {
      if (!row.expired && !parts.isDead(row.processId)) sum += row.held
      else
        await db
          .delete(concurrencySlices)
          .where(
            and(
              eq(concurrencySlices.tenantId, tenantId),
              eq(concurrencySlices.subject, subject),
              eq(concurrencySlices.processId, row.processId),
            ),
          )
    }
    return sum
  }

  const attempt = (wanted: number) =>
    inTurn(async () => {
      const { got, others } = await database.within({ tenantId }, async (db) => {
        const sum = await heldByOthers(db)
        const free = Math.max(0, meter.limit - sum - held)
        // A few ahead where many are allowed; one by one where few are.
        const taken = Math.min(free, wanted + Math.floor(meter.limit / 16))
        if (taken > 0) await write(db, held + taken)
        return { got: taken, others: sum }
      })
      held += got
      return { got, others }
    })

  async function fetch(wanted: number, least: number): Promise<Fetched<PlaceRefusal>> {
    for (let attempts = 1; ; attempts++) {
      const { got, others } = await attempt(wanted)
      if (got >= least) return { got, refused: null }
      if (others === 0 || attempts >= tries) return { got, refused: { held: others + inUse } }
      await askOthers()
    }
  }

  const pool: Pool<PlaceRefusal> = createPool({ lastsMs: null, partly: false, now: parts.now, fetch })

  const meter: PlaceMeter = {
    limit,
    usedAt: parts.now(),
    get inUse() {
      return inUse
    },
    take() {
      meter.usedAt = parts.now()
      // A limit that was lowered holds at once, whatever lies here.
      if (inUse >= meter.limit) return { refused: { held: inUse } }
      const taken = pool.take(1)
      if (taken instanceof Promise) return taken.then(entered)
      return entered(taken)
    },
    leave() {
      inUse--
      meter.usedAt = parts.now()
      pool.giveBack(1)
    },
    giveBackIdle() {
      // At once, so that nobody takes a place that is about to be returned.
      const idle = pool.drain(Number.POSITIVE_INFINITY)
      return inTurn(async () => {
        if (idle === 0) return
        try {
          await database.within({ tenantId }, (db) => write(db, held - idle))
          held -= idle
        } catch (error) {
          pool.add(idle)
          throw error
        }
      })
    },
    renew: () =>
      inTurn(async () => {
        if (held > 0) await database.within({ tenantId }, (db) => write(db, held))
      }),
  }

  function entered(taken: Taken<PlaceRefusal>): Taken<PlaceRefusal> {
    if ('taken' in taken) inUse++
    return taken
  }
  return meter
}
