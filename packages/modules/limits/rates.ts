import type { TenantDatabase } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { lagMs, lagUnits, largestBatch, minuteMs, stateOf, type Rate } from './gcra.ts'
import { createPool, type Fetched, type Pool, type Taken } from './pool.ts'
import { rateStates } from './schema.ts'

interface RateRefusal {
  /** Milliseconds until it would fit; Infinity = never, it is more than the burst. */
  retryAfterMs: number
}

/** One rate as this process sees it. */
export interface RateMeter {
  rate: Rate
  /** Milliseconds of the local clock at which it was last used. */
  usedAt: number
  take(units: number): Taken<RateRefusal> | Promise<Taken<RateRefusal>>
  /** Returns what was taken for a call that was then not made. */
  giveBack(units: number): void
  /** Puts an estimate right: `taken` units were taken at `takenAt` (local clock), `used` were needed. */
  correct(taken: number, used: number, takenAt: number): void
  /** Units that are left now as far as this process knows, and milliseconds until all of them are again. */
  state(): { room: number; resetMs: number }
  /** Writes corrections now. */
  flush(): Promise<void>
}

export interface RateOptions {
  database: TenantDatabase
  /** The clock of all processes, in milliseconds; default: the database's. */
  clock?: (() => number) | undefined
  /** Milliseconds of this process. */
  now: () => number
  onError: (error: unknown) => void
}

const databaseClock = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`
/** Milliseconds that corrections are gathered. */
const gatherMs = 250

export function createRateMeter(options: RateOptions, tenantId: string, subject: string, first: Rate): RateMeter {
  const { database, now } = options
  let batch = 1
  let arrival = { aheadMs: 0, at: now() }
  let corrected = { excess: 0, returned: 0, at: now() }
  let timer: NodeJS.Timeout | undefined

  const meter: RateMeter = {
    rate: first,
    usedAt: now(),
    take(units) {
      meter.usedAt = now()
      if (units > meter.rate.burst - lagUnits(meter.rate.perMinute))
        return { refused: { retryAfterMs: Number.POSITIVE_INFINITY } }
      return pool.take(units)
    },
    giveBack: (units) => pool.giveBack(units),
    correct(taken, used, takenAt) {
      if (used === taken) return
      decay()
      // While the call was on its way the bucket has leaked; what has leaked cannot be returned a second time.
      if (used > taken) corrected.excess += used - taken
      else corrected.returned += Math.max(0, taken - used - leaked(now() - takenAt))
      timer ??= setTimeout(() => void meter.flush().catch(options.onError), gatherMs).unref()
    },
    state() {
      const aheadMs = Math.max(0, arrival.aheadMs - (now() - arrival.at))
      const { room } = stateOf(meter.rate, aheadMs, 0)
      return { room: Math.min(meter.rate.burst, room + Math.max(0, pool.room)), resetMs: aheadMs }
    },
    async flush() {
      clearTimeout(timer)
      timer = undefined
      decay()
      const { excess, returned } = corrected
      if (excess === 0 && returned === 0) return
      corrected = { excess: 0, returned: 0, at: now() }
      await put(excess, returned)
    },
  }

  const pool: Pool<RateRefusal> = createPool({ lastsMs: lagMs, partly: false, now, fetch })

  const leaked = (ms: number) => (ms * meter.rate.perMinute) / minuteMs
  const clock = () => (options.clock ? sql`${options.clock()}::float8` : databaseClock)

  function decay(): void {
    corrected.returned = Math.max(0, corrected.returned - leaked(now() - corrected.at))
    corrected.at = now()
  }

  /** Twice as many as last time if those were spent in time, half as many if they grew old. */
  async function fetch(wanted: number, least: number): Promise<Fetched<RateRefusal>> {
    const { perMinute, burst } = meter.rate
    const inTime = now() - arrival.at < lagMs
    batch = Math.min(largestBatch(perMinute), inTime ? batch * 2 : Math.max(1, batch / 2))
    await meter.flush()
    const found = await arrive(Math.max(wanted, Math.floor(batch)), least, burst - lagUnits(perMinute))
    const { granted, room, aheadMs } = found
    arrival = { aheadMs, at: now() }
    if (granted > 0) return { got: granted, refused: null }
    return { got: 0, refused: { retryAfterMs: Math.max(1, ((least - room) * minuteMs) / perMinute) } }
  }

  /** One UPDATE: lets in as many of `wanted` as fit, or none where `least` does not. */
  async function arrive(
    wanted: number,
    least: number,
    burst: number,
  ): Promise<{ granted: number; room: number; aheadMs: number }> {
    const interval = minuteMs / meter.rate.perMinute
    return database.within({ tenantId }, async (db) => {
      for (;;) {
        const { rows } = await db.execute<{ granted: number; room: number; ahead: number }>(sql`
          update rate_states s set arrival_ms = n.base + n.granted * ${interval}::float8, updated_at = now()
          from (
            select base, at, room, case when room < ${least}::float8 then 0 else least(room, ${wanted}::float8) end as granted
            from (
              select at, greatest(arrival_ms, at) as base,
                floor((at - greatest(arrival_ms, at)) / ${interval}::float8 + ${burst}::float8 + 1e-6) as room
              from (
                select arrival_ms, ${clock()} as at from rate_states
                where tenant_id = ${tenantId} and subject = ${subject} for update
              ) locked
            ) seen
          ) n
          where s.tenant_id = ${tenantId} and s.subject = ${subject}
          returning n.granted, n.room, s.arrival_ms - n.at as ahead`)
        const [row] = rows
        if (row) return { granted: row.granted, room: row.room, aheadMs: row.ahead }
        await db.insert(rateStates).values({ tenantId, subject, arrivalMs: 0 }).onConflictDoNothing()
      }
    })
  }

  async function put(excess: number, returned: number): Promise<void> {
    const interval = minuteMs / meter.rate.perMinute
    await database.within({ tenantId }, (db) =>
      db.execute(sql`
        update rate_states set updated_at = now(),
          arrival_ms = greatest(arrival_ms, ${clock()}) + ${(excess - returned) * interval}::float8
        where tenant_id = ${tenantId} and subject = ${subject}`),
    )
  }

  return meter
}
