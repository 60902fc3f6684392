import type { Database } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'

/**
 * Who books into a month holds its lock together with others; who closes it holds it alone. Advisory and until the end
 * of the transaction: entries are append-only, so there is no row to lock.
 */
export async function lockMonth(db: Database, tenantId: string, month: string, how: 'book' | 'close'): Promise<void> {
  const key = sql`hashtextextended(${`ledger-month:${tenantId}:${month}`}, 0)`
  await db.execute(
    how === 'book' ? sql`select pg_advisory_xact_lock_shared(${key})` : sql`select pg_advisory_xact_lock(${key})`,
  )
}

/** One correction of an entry at a time: each is computed from what the entry has come to. */
export async function lockEntry(db: Database, entryId: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`ledger-entry:${entryId}`}, 0))`)
}
