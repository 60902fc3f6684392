import type { Database } from '@guildhall/kernel'
import { and, eq, gte, inArray, lt, ne, sql, type AnyColumn, type SQL } from 'drizzle-orm'
import { runAttempts, runs } from './schema.ts'

export interface UsageQuery {
  groupBy: 'day' | 'agent' | 'model' | 'provider' | 'client'
  from: Date
  to: Date
  projectId?: string | undefined
  tenantIds: readonly string[]
}

export interface UsageGroup {
  key: string
  label: string
  runs: number
  failed: number
  tokensIn: number
  tokensOut: number
  tokensCached: number
  /** USD micro-units of what has a known price. */
  costMicros: number
  costComplete: boolean
}

/**
 * Usage of ended runs. By day, agent and client from the runs' own sums; by model and provider from their attempts,
 * since one run may have spent at several: both add up to the same total.
 */
export async function queryUsage(db: Database, query: UsageQuery): Promise<UsageGroup[]> {
  const where = and(
    inArray(runs.tenantId, [...query.tenantIds]),
    ne(runs.status, 'running'),
    gte(runs.startedAt, query.from),
    lt(runs.startedAt, query.to),
    query.projectId ? eq(runs.projectId, query.projectId) : undefined,
  )
  const rows =
    query.groupBy === 'model' || query.groupBy === 'provider'
      ? await byAttempts(db, query.groupBy, where)
      : await byRuns(db, query.groupBy, where)
  return rows.map((row) => ({ ...row, label: row.label ?? row.key }))
}

const runKeys: Record<'day' | 'agent' | 'client', { key: SQL<string>; label: SQL<string | null> }> = {
  day: { key: sql`to_char(${runs.startedAt} at time zone 'UTC', 'YYYY-MM-DD')`, label: sql`null` },
  agent: { key: sql`coalesce(${runs.agentId}::text, '')`, label: sql`max(${runs.agentName})` },
  client: { key: sql`${runs.tenantId}::text`, label: sql`null` },
}

function byRuns(db: Database, groupBy: 'day' | 'agent' | 'client', where: SQL | undefined) {
  const { key, label } = runKeys[groupBy]
  return db
    .select({
      key: sql<string>`${key}`.as('key'),
      label,
      runs: count(sql`true`),
      failed: count(sql`${runs.status} in ('failed', 'interrupted')`),
      tokensIn: sum(runs.tokensIn),
      tokensOut: sum(runs.tokensOut),
      tokensCached: sum(runs.tokensCached),
      costMicros: sum(runs.costMicros),
      costComplete: sql<boolean>`bool_and(${runs.costComplete})`,
    })
    .from(runs)
    .where(where)
    .groupBy(sql`1`)
    .orderBy(groupBy === 'day' ? sql`1` : sql`8 desc, 3 desc`)
}

function byAttempts(db: Database, groupBy: 'model' | 'provider', where: SQL | undefined) {
  const key =
    groupBy === 'provider'
      ? sql<string>`${runAttempts.provider}`
      : sql<string>`${runAttempts.provider} || '/' || ${runAttempts.model}`
  return db
    .select({
      key: key.as('key'),
      label: sql<string | null>`null`,
      runs: count(sql`true`),
      failed: count(sql`${runAttempts.outcome} in ('failed', 'interrupted')`),
      tokensIn: sum(runAttempts.tokensIn),
      tokensOut: sum(runAttempts.tokensOut),
      tokensCached: sum(runAttempts.tokensCached),
      costMicros: sum(runAttempts.costMicros),
      costComplete: sql<boolean>`bool_and(${runAttempts.costMicros} is not null and ${runs.status} <> 'interrupted')`,
    })
    .from(runAttempts)
    .innerJoin(runs, and(eq(runs.tenantId, runAttempts.tenantId), eq(runs.id, runAttempts.runId)))
    .where(where)
    .groupBy(sql`1`)
    .orderBy(sql`8 desc, 3 desc`)
}

const sum = (column: AnyColumn) => sql<number>`coalesce(sum(${column}), 0)::float8`
const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`

/** Days (UTC) that a period touches, `YYYY-MM-DD`. */
export function daysBetween(from: Date, to: Date): string[] {
  const days: string[] = []
  for (let day = Date.parse(from.toISOString().slice(0, 10)); day < to.getTime(); day += 86_400_000)
    days.push(new Date(day).toISOString().slice(0, 10))
  return days
}
