import type { Context, Database } from '@guildhall/kernel'
import { usageBy, type UsageQuery as LedgerQuery } from '@guildhall/modules/ledger'
import { and, eq, gte, inArray, lt, ne, sql, type SQL } from 'drizzle-orm'
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

/** Of the runs of a group: what the ledger cannot know. */
interface RunGroup {
  key: string
  runs: number
  failed: number
  /** A call was cut off by the end of the process: what it cost is not known. */
  interrupted: boolean
}

/**
 * Tokens and cost from the ledger, with the number of runs from the journal; by model and provider the number of calls,
 * since one run may have asked several. Whatever it is grouped by, the groups add up to the same tokens and cost.
 */
export async function queryUsage(
  services: Pick<Context['services'], 'journal'>,
  db: Database,
  query: UsageQuery,
): Promise<UsageGroup[]> {
  const { groupBy, from, to, projectId, tenantIds } = query
  const ledgerQuery: LedgerQuery = { groupBy, period: { from, to }, tenantIds, projectId }
  const byCall = groupBy === 'model' || groupBy === 'provider'
  const [used, counted] = await Promise.all([
    usageBy(db, ledgerQuery),
    byCall ? interruptedCalls(db, groupBy, whereRuns(query)) : countRuns(db, groupBy, whereRuns(query)),
  ])
  const usage = new Map(used.map((group) => [group.key, group]))
  const ofRuns = new Map(counted.map((group) => [group.key, group]))
  const keys = [...new Set([...usage.keys(), ...ofRuns.keys()])]
  const names = groupBy === 'agent' ? await services.journal.agentNames(db, keys.filter(Boolean)) : undefined
  const groups = keys.map((key): UsageGroup => {
    const group = usage.get(key)
    const run = ofRuns.get(key)
    return {
      key,
      label: names?.get(key) ?? key,
      runs: (byCall ? group?.calls : run?.runs) ?? 0,
      failed: (byCall ? group?.failed : run?.failed) ?? 0,
      tokensIn: group?.tokensIn ?? 0,
      tokensOut: group?.tokensOut ?? 0,
      tokensCached: group?.tokensCached ?? 0,
      costMicros: group?.costMicros ?? 0,
      costComplete: (group?.unpriced ?? 0) === 0 && !run?.interrupted,
    }
  })
  return groupBy === 'day'
    ? groups.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    : groups.toSorted((a, b) => b.costMicros - a.costMicros || b.runs - a.runs)
}

function whereRuns({ tenantIds, from, to, projectId }: UsageQuery): SQL | undefined {
  return and(
    inArray(runs.tenantId, [...tenantIds]),
    ne(runs.status, 'running'),
    gte(runs.startedAt, from),
    lt(runs.startedAt, to),
    projectId ? eq(runs.projectId, projectId) : undefined,
  )
}

const runKeys: Record<'day' | 'agent' | 'client', SQL> = {
  day: sql`to_char(${runs.startedAt} at time zone 'UTC', 'YYYY-MM-DD')`,
  agent: sql`coalesce(${runs.agentId}::text, '')`,
  client: sql`${runs.tenantId}::text`,
}

function countRuns(db: Database, groupBy: 'day' | 'agent' | 'client', where: SQL | undefined): Promise<RunGroup[]> {
  return db
    .select({
      key: sql<string>`${runKeys[groupBy]}`.as('key'),
      runs: sql<number>`count(*)::int`,
      failed: sql<number>`(count(*) filter (where ${runs.status} in ('failed', 'interrupted')))::int`,
      interrupted: sql<boolean>`bool_or(${runs.status} = 'interrupted')`,
    })
    .from(runs)
    .where(where)
    .groupBy(sql`1`)
}

/** Models and providers that were asked in runs whose process died: a call more may be under way than was written down. */
function interruptedCalls(db: Database, groupBy: 'model' | 'provider', where: SQL | undefined): Promise<RunGroup[]> {
  const key =
    groupBy === 'provider'
      ? sql<string>`${runAttempts.provider}`
      : sql<string>`${runAttempts.provider} || '/' || ${runAttempts.model}`
  return db
    .select({ key: key.as('key'), runs: sql<number>`0`, failed: sql<number>`0`, interrupted: sql<boolean>`true` })
    .from(runAttempts)
    .innerJoin(runs, and(eq(runs.tenantId, runAttempts.tenantId), eq(runs.id, runAttempts.runId)))
    .where(and(where, eq(runs.status, 'interrupted')))
    .groupBy(sql`1`)
}

/** Days (UTC) that a period touches, `YYYY-MM-DD`. */
export function daysBetween(from: Date, to: Date): string[] {
  const days: string[] = []
  for (let day = Date.parse(from.toISOString().slice(0, 10)); day < to.getTime(); day += 86_400_000)
    days.push(new Date(day).toISOString().slice(0, 10))
  return days
}
