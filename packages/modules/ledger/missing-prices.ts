import type { Database } from '@guildhall/kernel'
import { and, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { isUnpriced } from './usage-by.ts'
import { ledgerMonths, usageEntries } from './schema.ts'

/** A model that was used and that nobody knows the price of. */
export interface MissingPrice {
  provider: string
  model: string
  kind: (typeof usageEntries.$inferSelect)['kind']
  calls: number
  tokensIn: number
  tokensOut: number
  tokensCached: number
  images: number
  audioSeconds: number
  characters: number
  searches: number
  firstAt: Date
  lastAt: Date
  tenantIds: string[]
}

/** Calls of whatever time: an unknown price is news until somebody enters it. */
const ever = { from: new Date(0), to: new Date(0) }

/** The month in which an entry counts is open. */
export function notClosed(entry: typeof usageEntries): SQL {
  return sql`not exists (select 1 from ${ledgerMonths} m where m.tenant_id = ${entry}.tenant_id and m.month = ${entry}.month)`
}

const sum = (value: SQL) => sql<string>`coalesce(sum(${value}), 0)::text`

/** Of calls that count in open months: the books of a closed one are finished. */
export async function missingPrices(db: Database, tenantIds: readonly string[]): Promise<MissingPrice[]> {
  const e = usageEntries
  const rows = await db
    .select({
      provider: e.provider,
      model: e.model,
      kind: e.kind,
      calls: sql<number>`count(*)::int`,
      tokensIn: sum(sql`${e.tokensIn}`),
      tokensOut: sum(sql`${e.tokensOut}`),
      tokensCached: sum(sql`${e.tokensCached}`),
      images: sum(sql`(${e.units} ->> 'images')::numeric`),
      audioSeconds: sum(sql`(${e.units} ->> 'audioSeconds')::numeric`),
      characters: sum(sql`(${e.units} ->> 'characters')::numeric`),
      searches: sum(sql`(${e.units} ->> 'searches')::numeric`),
      firstAt: sql<Date>`min(${e.occurredAt})`.mapWith(e.occurredAt),
      lastAt: sql<Date>`max(${e.occurredAt})`.mapWith(e.occurredAt),
      tenantIds: sql<string[]>`array_agg(distinct ${e.tenantId}::text)`,
    })
    .from(e)
    .where(and(inArray(e.tenantId, [...tenantIds]), isNull(e.costMicros), isUnpriced(ever), notClosed(e)))
    .groupBy(e.provider, e.model, e.kind)
    .orderBy(sql`count(*) desc`, e.provider, e.model)
  return rows.map((row) => ({
    ...row,
    tokensIn: Number(row.tokensIn),
    tokensOut: Number(row.tokensOut),
    tokensCached: Number(row.tokensCached),
    images: Number(row.images),
    audioSeconds: Number(row.audioSeconds),
    characters: Number(row.characters),
    searches: Number(row.searches),
  }))
}
