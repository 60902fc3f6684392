import type { Database } from '@guildhall/kernel'
import { unusualErrors, unusualSpend } from './anomalies.ts'
import { missingPrices } from './missing-prices.ts'
import type { ReachableTenant } from './reach.ts'
import { usageEntries } from './schema.ts'
import { and, gte, inArray, lte, sql, type SQL } from 'drizzle-orm'

export interface Anomaly {
  kind: 'spend-jump' | 'price-missing' | 'provider-errors'
  severity: 'warning' | 'error'
  title: string
  /** What happened, and what to do. */
  text: string
  /** Page of the console where one can look or act. */
  link: string
  /** Slug of the client it is about. */
  client: string | null
}

const dayMs = 86_400_000
const historyDays = 28

/** What is unusual about yesterday and today, in words. */
export async function findAnomalies(db: Database, tenants: readonly ReachableTenant[], now: Date): Promise<Anomaly[]> {
  const tenantIds = tenants.map((tenant) => tenant.id)
  const today = Date.parse(now.toISOString().slice(0, 10))
  const [days, missing, providers] = await Promise.all([
    dailySpend(db, tenantIds, new Date(today - (historyDays + 1) * dayMs), now),
    missingPrices(db, tenantIds),
    providerErrors(db, tenantIds, now),
  ])
  return [...jumps(tenants, days, today), ...providers, ...missing.map(priceMissing)]
}

const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`
const percent = (share: number) => `${String(Math.round(share * 100))} %`
const usd = (micros: number) => `${(micros / 1_000_000).toFixed(2)} USD`

function jumps(
  tenants: readonly ReachableTenant[],
  days: ReadonlyMap<string, ReadonlyMap<string, number>>,
  today: number,
): Anomaly[] {
  return tenants.flatMap((tenant): Anomaly[] => {
    const spent = (day: number) => days.get(tenant.id)?.get(new Date(day).toISOString().slice(0, 10)) ?? 0
    for (const [day, word] of [
      [today, 'today'],
      [today - dayMs, 'yesterday'],
    ] as const) {
      const history = Array.from({ length: historyDays }, (_, back) => spent(day - (back + 1) * dayMs))
      const found = unusualSpend(history, spent(day))
      if (!found) continue
      const name = tenant.kind === 'client' ? tenant.name : 'The agency itself'
      const times = found.median > 0 ? `, ${(spent(day) / found.median).toFixed(1)} times` : ''
      const date = new Date(day).toISOString().slice(0, 10)
      const page = tenant.kind === 'client' ? `/clients/${tenant.slug}/runs` : '/runs'
      return [
        {
          kind: 'spend-jump',
          severity: 'warning',
          title: `${name} spent far more than usual ${word}`,
          text: `${usd(spent(day))} ${word}${times} the ${usd(found.median)} of a usual day. Look at its runs; a budget would stop it.`,
          link: `${page}?from=${date}T00:00:00.000Z`,
          client: tenant.kind === 'client' ? tenant.slug : null,
        },
      ]
    }
    return []
  })
}

function priceMissing({
  provider,
  model,
  calls,
  tokensIn,
  tokensOut,
}: {
  provider: string
  model: string
  calls: number
  tokensIn: number
  tokensOut: number
}): Anomaly {
  return {
    kind: 'price-missing',
    severity: 'warning',
    title: `Nobody knows the price of ${provider}/${model}`,
    text: `${String(calls)} ${calls === 1 ? 'call' : 'calls'} with ${String(tokensIn + tokensOut)} tokens count as “at least”. Enter what the provider charges.`,
    link: '/money#missing-prices',
    client: null,
  }
}

async function dailySpend(
  db: Database,
  tenantIds: readonly string[],
  from: Date,
  to: Date,
): Promise<Map<string, Map<string, number>>> {
  const rows = await db
    .select({
      tenantId: usageEntries.tenantId,
      day: sql<string>`to_char(${usageEntries.occurredAt} at time zone 'UTC', 'YYYY-MM-DD')`,
      cost: sql<string>`coalesce(sum(${usageEntries.costMicros}), 0)::text`,
    })
    .from(usageEntries)
    .where(
      and(
        inArray(usageEntries.tenantId, [...tenantIds]),
        gte(usageEntries.occurredAt, from),
        lte(usageEntries.occurredAt, to),
      ),
    )
    .groupBy(sql`1`, sql`2`)
  const days = new Map<string, Map<string, number>>()
  for (const row of rows) {
    const own = days.get(row.tenantId) ?? new Map<string, number>()
    days.set(row.tenantId, own.set(row.day, Number(row.cost)))
  }
  return days
}

/** The last 24 hours against the 28 days before. A call that its own caller cancelled is nobody's error. */
async function providerErrors(db: Database, tenantIds: readonly string[], now: Date): Promise<Anomaly[]> {
  const since = new Date(now.getTime() - dayMs)
  const recent = sql`${usageEntries.occurredAt} >= ${since.toISOString()}::timestamptz`
  const failed = sql`${usageEntries.outcome} in ('failed', 'interrupted')`
  const rows = await db
    .select({
      provider: usageEntries.provider,
      calls: count(sql`not ${recent}`),
      failed: count(sql`not ${recent} and ${failed}`),
      callsNow: count(recent),
      failedNow: count(sql`${recent} and ${failed}`),
    })
    .from(usageEntries)
    .where(
      and(
        inArray(usageEntries.tenantId, [...tenantIds]),
        sql`${usageEntries.entry} = 'usage' and ${usageEntries.source} = 'fresh'`,
        gte(usageEntries.occurredAt, new Date(since.getTime() - historyDays * dayMs)),
        lte(usageEntries.occurredAt, now),
      ),
    )
    .groupBy(usageEntries.provider)
    .orderBy(usageEntries.provider)
  return rows.flatMap((row): Anomaly[] => {
    const found = unusualErrors(row, { calls: row.callsNow, failed: row.failedNow })
    if (!found) return []
    return [
      {
        kind: 'provider-errors',
        severity: 'error',
        title: `${row.provider} fails far more often than usual`,
        text: `${percent(found.share)} of ${String(row.callsNow)} calls in the last 24 hours failed; usually it is ${percent(found.usualShare)}. Other providers answer where a route names them.`,
        link: '/providers',
        client: null,
      },
    ]
  })
}
