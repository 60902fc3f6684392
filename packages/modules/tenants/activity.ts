import type { Database } from '@guildhall/kernel'
import { runs } from '@guildhall/modules/runs'
import { and, desc, gte, inArray, lt, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'

/** What runs of a period add up to. */
export const Activity = z.object({
  runs: z.int(),
  failed: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  costMicros: z.number().describe('USD micro-units of what has a known price'),
  costComplete: z.boolean().describe('False when some price is unknown: the cost is "at least" this'),
})
export type Activity = z.output<typeof Activity>

export const noActivity: Activity = { runs: 0, failed: 0, tokensIn: 0, tokensOut: 0, costMicros: 0, costComplete: true }

export interface Period {
  from: Date
  to: Date
}

const sums = {
  runs: sql<number>`count(*)::int`,
  failed: sql<number>`(count(*) filter (where ${runs.status} in ('failed', 'interrupted')))::int`,
  tokensIn: sql<number>`coalesce(sum(${runs.tokensIn}), 0)::float8`,
  tokensOut: sql<number>`coalesce(sum(${runs.tokensOut}), 0)::float8`,
  costMicros: sql<number>`coalesce(sum(${runs.costMicros}), 0)::float8`,
  costComplete: sql<boolean>`coalesce(bool_and(${runs.costComplete}), true)`,
}

/** Days are calendar days in UTC. */
const day = sql<string>`to_char(${runs.startedAt} at time zone 'UTC', 'YYYY-MM-DD')`

function within(tenantIds: readonly string[], { from, to }: Period): SQL | undefined {
  return and(inArray(runs.tenantId, [...tenantIds]), gte(runs.startedAt, from), lt(runs.startedAt, to))
}

export async function activityOf(db: Database, tenantIds: readonly string[], period: Period): Promise<Activity> {
  if (tenantIds.length === 0) return noActivity
  const [row] = await db.select(sums).from(runs).where(within(tenantIds, period))
  return row ?? noActivity
}

/** One entry per day of the period, also for days on which nothing happened. */
export async function activityByDay(
  db: Database,
  tenantIds: readonly string[],
  period: Period,
): Promise<({ day: string } & Activity)[]> {
  const rows =
    tenantIds.length === 0
      ? []
      : await db
          .select({ day, ...sums })
          .from(runs)
          .where(within(tenantIds, period))
          .groupBy(day)
  const known = new Map(rows.map((row) => [row.day, row]))
  return daysOf(period).map((each) => known.get(each) ?? { day: each, ...noActivity })
}

export async function activityByTenant(
  db: Database,
  tenantIds: readonly string[],
  period: Period,
): Promise<Map<string, Activity>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db
    .select({ tenantId: runs.tenantId, ...sums })
    .from(runs)
    .where(within(tenantIds, period))
    .groupBy(runs.tenantId)
  return new Map(rows.map(({ tenantId, ...activity }) => [tenantId, activity]))
}

/** When somebody last used each tenant; absent for one that nobody has used. */
export async function lastRuns(db: Database, tenantIds: readonly string[]): Promise<Map<string, Date>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db
    .select({ tenantId: runs.tenantId, at: sql<Date>`max(${runs.startedAt})`.mapWith(runs.startedAt) })
    .from(runs)
    .where(inArray(runs.tenantId, [...tenantIds]))
    .groupBy(runs.tenantId)
  return new Map(rows.map((row) => [row.tenantId, row.at]))
}

/** The groups with the most runs, for instance by agent or kind. */
export async function activityBy(
  db: Database,
  column: PgColumn,
  tenantIds: readonly string[],
  period: Period,
  limit: number,
): Promise<({ name: string } & Activity)[]> {
  if (tenantIds.length === 0) return []
  const rows = await db
    .select({ name: sql<string | null>`${column}`, ...sums })
    .from(runs)
    .where(and(within(tenantIds, period), sql`${column} is not null`))
    .groupBy(column)
    .orderBy(desc(sums.runs))
    .limit(limit)
  return rows.map((row) => ({ ...row, name: row.name ?? '' }))
}

const dayMs = 86_400_000

/** The last `days` days up to now, today included, from midnight UTC on. */
export function lastDays(now: Date, days: number): Period {
  const midnight = Math.floor(now.getTime() / dayMs) * dayMs
  return { from: new Date(midnight - (days - 1) * dayMs), to: new Date(midnight + dayMs) }
}

/** The period of the same length before. */
export function before({ from, to }: Period): Period {
  return { from: new Date(from.getTime() - (to.getTime() - from.getTime())), to: from }
}

function daysOf({ from, to }: Period): string[] {
  const days: string[] = []
  for (let at = from.getTime(); at < to.getTime(); at += dayMs) days.push(new Date(at).toISOString().slice(0, 10))
  return days
}
