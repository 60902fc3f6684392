import type { Context, Database } from '@guildhall/kernel'
import { and, desc, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm'
import { usageEntries } from './schema.ts'

export const usageGroupings = [
  'day',
  'client',
  'project',
  'agent',
  'model',
  'provider',
  'route',
  'kind',
  'actor',
] as const
type UsageGrouping = (typeof usageGroupings)[number]

export interface UsageQuery {
  groupBy: UsageGrouping
  /** A month of the books, or the calls that were made in a period. */
  period: { month: string } | { from: Date; to: Date }
  tenantIds: readonly string[]
  projectId?: string | undefined
  agentId?: string | undefined
}

export interface UsageFigures {
  calls: number
  /** Calls that failed or were cut off; one that its caller cancelled is no failure. */
  failed: number
  /** Calls that no provider answered: from the cache, or quoted. */
  free: number
  tokensIn: number
  tokensOut: number
  tokensCached: number
  /** USD micro-units of what has a known price. */
  costMicros: number
  /** Calls without a known price: above 0 the cost is "at least". */
  unpriced: number
  /** Calls whose tokens were counted here, because the provider did not say. */
  estimated: number
}

export interface UsageGroup extends UsageFigures {
  /** Day (`YYYY-MM-DD`), id, name, or `type:id` of an actor; empty = none. */
  key: string
  label: string
}

const e = usageEntries

const keys: Record<UsageGrouping, { key: SQL; label: SQL<string | null> }> = {
  day: { key: sql`to_char(${e.occurredAt} at time zone 'UTC', 'YYYY-MM-DD')`, label: sql`null` },
  client: { key: sql`${e.tenantId}::text`, label: sql`null` },
  project: { key: sql`coalesce(${e.projectId}::text, '')`, label: sql`null` },
  agent: { key: sql`coalesce(${e.agentId}::text, '')`, label: sql`null` },
  model: { key: sql`${e.provider} || '/' || ${e.model}`, label: sql`null` },
  provider: { key: sql`${e.provider}`, label: sql`null` },
  route: { key: sql`coalesce(${e.route}, '')`, label: sql`null` },
  kind: { key: sql`${e.kind}`, label: sql`null` },
  actor: { key: sql`${e.actorType} || ':' || ${e.actorId}`, label: sql`max(${e.actorName})` },
}

/**
 * Usage by one dimension; corrections count where the call counts, so the sums of the groups are the same total whatever
 * they are grouped by. An unpriced call that was given a price later counts as priced; in the books of a month only if the
 * correction counts in that month too.
 */
export async function usageBy(db: Database, query: UsageQuery): Promise<UsageGroup[]> {
  const { key, label } = keys[query.groupBy]
  const rows = await db
    .select({ key: sql<string>`${key}`.as('key'), label: label.as('label'), ...figures(query.period) })
    .from(usageEntries)
    .where(whereUsage(query))
    .groupBy(sql`1`)
    .orderBy(query.groupBy === 'day' ? sql`1` : desc(sql`9`), sql`1`)
  return rows.map(({ costMicros, tokensIn, tokensOut, tokensCached, label: name, ...row }) => ({
    ...row,
    label: name ?? row.key,
    tokensIn: Number(tokensIn),
    tokensOut: Number(tokensOut),
    tokensCached: Number(tokensCached),
    costMicros: Number(costMicros),
  }))
}

function whereUsage(query: Omit<UsageQuery, 'groupBy'>): SQL | undefined {
  const { period } = query
  return and(
    inArray(e.tenantId, [...query.tenantIds]),
    'month' in period ? eq(e.month, period.month) : and(gte(e.occurredAt, period.from), lt(e.occurredAt, period.to)),
    query.projectId ? eq(e.projectId, query.projectId) : undefined,
    query.agentId ? eq(e.agentId, query.agentId) : undefined,
  )
}

/** An entry of a call without a price, and no correction has given it one. */
export function isUnpriced(period: UsageQuery['period']): SQL {
  const inBooks = 'month' in period ? sql` and c.month = ${e}.month` : sql``
  return sql`(${e.costMicros} is null and ${e.entry} = 'usage' and not exists (
    select 1 from usage_entries c
    where c.tenant_id = ${e}.tenant_id and c.refers_to = ${e}.id and c.cost_micros is not null${inBooks}))`
}

const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`
const sum = (column: SQL) => sql<string>`coalesce(sum(${column}), 0)::text`

function figures(period: UsageQuery['period']) {
  const isCall = sql`${e.entry} = 'usage'`
  return {
    calls: count(isCall),
    failed: count(sql`${isCall} and ${e.outcome} in ('failed', 'interrupted')`),
    free: count(sql`${isCall} and ${e.source} <> 'fresh'`),
    tokensIn: sum(sql`${e.tokensIn}`),
    tokensOut: sum(sql`${e.tokensOut}`),
    tokensCached: sum(sql`${e.tokensCached}`),
    costMicros: sql<string>`coalesce(sum(${e.costMicros}), 0)`,
    unpriced: count(isUnpriced(period)),
    estimated: count(sql`${isCall} and ${e.estimated}`),
  }
}

export const noUsage: UsageFigures = {
  calls: 0,
  failed: 0,
  free: 0,
  tokensIn: 0,
  tokensOut: 0,
  tokensCached: 0,
  costMicros: 0,
  unpriced: 0,
  estimated: 0,
}

export function addUsage(groups: readonly UsageFigures[]): UsageFigures {
  const total = (name: keyof UsageFigures) => groups.reduce((soFar, group) => soFar + group[name], 0)
  return {
    calls: total('calls'),
    failed: total('failed'),
    free: total('free'),
    tokensIn: total('tokensIn'),
    tokensOut: total('tokensOut'),
    tokensCached: total('tokensCached'),
    costMicros: total('costMicros'),
    unpriced: total('unpriced'),
    estimated: total('estimated'),
  }
}

/** Names of agents, projects and clients in place of their ids. */
export async function nameGroups(
  ctx: Pick<Context, 'services'>,
  db: Database,
  { groupBy }: Pick<UsageQuery, 'groupBy'>,
  groups: readonly UsageGroup[],
  tenants: readonly { id: string; name: string }[],
): Promise<UsageGroup[]> {
  const ids = groups.map((group) => group.key).filter((key) => key !== '')
  const names =
    groupBy === 'client'
      ? new Map(tenants.map((tenant) => [tenant.id, tenant.name]))
      : groupBy === 'agent'
        ? await ctx.services.journal.agentNames(db, ids)
        : groupBy === 'project'
          ? await ctx.services.projectNames?.of(db, ids)
          : undefined
  return groups.map((group) => ({ ...group, label: names?.get(group.key) ?? group.label }))
}
