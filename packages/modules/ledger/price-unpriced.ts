import { newId, type TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, gt, gte, isNull, lt, sql } from 'drizzle-orm'
import { countingMonths } from './book-usage.ts'
import type { PricedUsage } from './ledger.ts'
import { applies, overridePrice, type PriceOverride } from './override-price.ts'
import { notClosed } from './missing-prices.ts'
import { usageEntries } from './schema.ts'
import { isUnpriced } from './usage-by.ts'

export interface Repriced {
  /** Calls that have a price now. */
  corrected: number
  costMicros: number
  /** Calls of open months that the override applies to and still gives no price, for want of a member. */
  left: number
}

const pageSize = 500

/**
 * Books corrections for the calls of open months that had no price and that an override gives one. Calls of closed months
 * stay as they are: their books are finished.
 */
export async function priceUnpriced(
  tx: Pick<TransactionContext, 'db' | 'tenant' | 'now' | 'actor'>,
  override: PriceOverride,
  note: string,
): Promise<Repriced> {
  const { db, tenant, actor } = tx
  const e = usageEntries
  // Two who price the same calls at once would price them twice.
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`ledger-repricing:${tenant.id}`}, 0))`)
  const result: Repriced = { corrected: 0, costMicros: 0, left: 0 }
  for (let after: string | null = ''; after !== null;) {
    const page: (typeof e.$inferSelect)[] = await db
      .select()
      .from(e)
      .where(
        and(
          eq(e.tenantId, tenant.id),
          isNull(e.costMicros),
          isUnpriced({ from: new Date(0), to: new Date(0) }),
          gte(e.occurredAt, override.validFrom),
          override.validTo ? lt(e.occurredAt, override.validTo) : undefined,
          notClosed(e),
          after === '' ? undefined : gt(e.id, after),
        ),
      )
      .orderBy(asc(e.id))
      .limit(pageSize)
    after = page.length === pageSize ? (page.at(-1)?.id ?? null) : null
    const mine = page.filter((entry) => applies(override, { ...entry, at: entry.occurredAt }))
    const counting = await countingMonths(
      tx,
      mine.map((entry) => entry.occurredAt),
    )
    const corrections = mine.flatMap((entry): (typeof e.$inferInsert)[] => {
      const price = overridePrice(override, callOf(entry), usedBy(entry))
      if (price.costMicros === null) {
        result.left++
        return []
      }
      result.corrected++
      result.costMicros += price.costMicros
      return [
        {
          ...entry,
          id: newId(),
          entry: 'correction',
          refersTo: entry.id,
          month: counting(entry.occurredAt),
          recordedAt: tx.now(),
          tokensIn: 0,
          tokensOut: 0,
          tokensCached: 0,
          tokensCacheWrite: 0,
          tokensReasoning: 0,
          units: null,
          costMicros: price.costMicros,
          priceVersion: price.version,
          note,
          bookedBy: `${actor.type}:${actor.id}`,
          bookedByName: actor.name,
        },
      ]
    })
    if (corrections.length > 0) await db.insert(e).values(corrections)
  }
  return result
}

/** No list is asked for what it did not know at the time of the call. */
const callOf = (entry: typeof usageEntries.$inferSelect) => ({
  listedAs: null,
  baseUrl: null,
  provider: entry.provider,
  model: entry.model,
  at: entry.occurredAt,
})

function usedBy({
  tokensIn,
  tokensOut,
  tokensCached,
  tokensCacheWrite,
  units,
  kind,
}: typeof usageEntries.$inferSelect): PricedUsage {
  return {
    input: tokensIn,
    output: tokensOut,
    cached: tokensCached,
    cacheWrite: tokensCacheWrite,
    ...(kind === 'image' ? { outputIsImage: true } : {}),
    ...units,
  }
}
