import type { TransactionContext } from '@guildhall/kernel'
import type { NewUsage } from './ledger.ts'
import { ledgerMonths, usageEntries } from './schema.ts'

/**
 * Writes entries in the caller's transaction. An entry counts in the month of its call, or in the first open one after it when that month
 * is closed. One whose id is there already is left out: writing again after a crash is harmless.
 */
export async function bookUsage(
  tx: Pick<TransactionContext, 'db' | 'tenant'>,
  usage: readonly NewUsage[],
): Promise<void> {
  if (usage.length === 0) return
  const closed = new Set((await tx.db.select({ month: ledgerMonths.month }).from(ledgerMonths)).map((row) => row.month))
  await tx.db
    .insert(usageEntries)
    .values(usage.map((entry) => rowOf(tx.tenant.id, entry, closed)))
    .onConflictDoNothing({ target: usageEntries.id })
}

function rowOf(tenantId: string, entry: NewUsage, closed: ReadonlySet<string>): typeof usageEntries.$inferInsert {
  const { tokens, actor, ...rest } = entry
  return {
    ...rest,
    tenantId,
    month: openMonth(entry.occurredAt, closed),
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

/** `YYYY-MM` of a moment (UTC). */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

/** The month of a moment, or the first one after it that is not closed. */
export function openMonth(at: Date, closed: ReadonlySet<string>): string {
  let month = monthOf(at)
  while (closed.has(month)) month = monthOf(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1)))
  return month
}
