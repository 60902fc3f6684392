import { insertRows } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import type { BookingContext, NewUsage } from './ledger.ts'
import { lockMonth } from './lock-month.ts'
import { endOf, monthOf, nextMonth } from './months.ts'
import { ledgerMonths, usageEntries } from './schema.ts'

/**
 * Writes entries in the caller's transaction. An entry counts in the month of its call, or in the first open one after it
 * when that is closed. One whose id is there already is left out: writing again after a crash is harmless.
 */
export async function bookUsage(tx: BookingContext, usage: readonly NewUsage[]): Promise<void> {
  if (usage.length === 0) return
  const months = await countingMonths(
    tx,
    usage.map((entry) => entry.occurredAt),
  )
  await insertRows(
    tx.db,
    usageEntries,
    usage.map((entry) => rowOf(tx.tenant.id, entry, months(entry.occurredAt))),
    sql`(id) do nothing`,
  )
}

function rowOf(tenantId: string, entry: NewUsage, month: string): typeof usageEntries.$inferInsert {
  const { tokens, actor, ...rest } = entry
  return {
    ...rest,
    tenantId,
    month,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    tokensIn: tokens.input,
    tokensOut: tokens.output,
    tokensCached: tokens.cached,
    tokensCacheWrite: tokens.cacheWrite,
    tokensReasoning: tokens.reasoning,
    estimated: tokens.estimated,
  }
}

/**
 * In which month what occurred at some moments counts, for as long as the transaction lasts: none of these months can be
 * closed before it ends. A month that is not over needs no lock, since none is closed before its end and the grace after it.
 * Locks are taken in the order of the months, so that two transactions never wait for each other.
 */
export async function countingMonths(tx: BookingContext, moments: readonly Date[]): Promise<(at: Date) => string> {
  const now = tx.now?.() ?? new Date()
  const counting = new Map<string, string>()
  const pending = new Set(moments.map(monthOf))
  for (let month = earliest(pending); month !== null && endOf(month) <= now; month = earliest(pending)) {
    pending.delete(month)
    await lockMonth(tx.db, tx.tenant.id, month, 'book')
    // Asked after the lock was granted: a closing that was waited for is seen.
    const isClosed = await tx.db.$count(
      ledgerMonths,
      and(eq(ledgerMonths.tenantId, tx.tenant.id), eq(ledgerMonths.month, month)),
    )
    counting.set(month, isClosed ? nextMonth(month) : month)
    if (isClosed) pending.add(nextMonth(month))
  }
  return (at) => {
    let month = monthOf(at)
    for (let next = counting.get(month); next !== undefined && next !== month; next = counting.get(month)) month = next
    return month
  }
}

function earliest(months: ReadonlySet<string>): string | null {
  return [...months].toSorted()[0] ?? null
}
